#pragma once

/// Each command with every one of its allocations failing in turn: the reply is the usual one, or
/// the error for lack of memory, and with the error nothing has changed.

#include "actors/memory_reserve.hpp"
#include "commands/execute.hpp"
#include "commands/rows.hpp"
#include "keyspace/command_context.hpp"
#include "keyspace/shard.hpp"
#include "protocol/command_table.hpp"
#include "protocol/errors.hpp"
#include "tests/allocation/failing_allocation.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::tests {

using words = std::vector<std::string>;
using content = std::map<std::string, std::string>;

inline const std::string out_of_memory = "-" + std::string{protocol::errors::out_of_memory}
                                         + "\r\n";

/// Shards and one client. Requests run in one shard as in a partition, in several as in a meeting
/// of all of them.
class small_store {
public:
  explicit small_store(std::size_t shard_count) {
    for (std::size_t i = 0; i < shard_count; ++i)
      borrowed_.push_back(&shards_.emplace_back(16, 7, access_));
    client_.database_count = 16;
  }

  /// The reply; empty if there was no memory even for an error.
  std::string run(const words& request, std::size_t number = ~std::size_t{0},
                  failing how = failing::once) {
    const std::vector<std::string_view> views{request.begin(), request.end()};
    const auto found = commands::all_commands().resolve(views);
    REQUIRE(found.outcome == protocol::resolution::ok);
    const auto map = borrowed_.size() == 1 ? keyspace::shard_map{*borrowed_.front()}
                                           : keyspace::shard_map{borrowed_};
    base::byte_buffer out;
    protocol::reply_writer reply{out, 2};
    keyspace::command_context ctx{reply, client_, map, now_};
    statistics_.start();
    {
      const failing_allocation fail{number, how};
      const actors::memory_reserve::client_work may_fail;
      if (commands::make_room(out))
        commands::execute(ctx, *found.spec, views, statistics_, borrowed_);
      failed_ = fail.happened();
    }
    return std::string{out.view()};
  }
  /// Whether an allocation of the last request failed.
  bool failed() const {
    return failed_;
  }

  /// Keys, values and times of expiry in all databases; of streams also all that XINFO tells.
  content all() {
    const auto failed = failed_;
    content out;
    for (auto& one : shards_)
      for (std::size_t number = 0; number < one.databases.size(); ++number)
        one.databases[number].for_each([&](keyspace::entry& each) {
          if (each.expired_at(now_.ms))
            return;
          char scratch[24];
          std::string text;
          if (each.is_string())
            text = each.text(scratch);
          else if (number == 0)
            text = run({"XINFO", "STREAM", std::string{each.key()}, "FULL", "COUNT", "0"})
                   + run({"DUMP", std::string{each.key()}});
          if (each.has_expiry())
            text += " until " + std::to_string(each.expire_at_ms());
          out[std::to_string(number) + ' ' + std::string{each.key()}] = text;
        });
    failed_ = failed;
    return out;
  }

  void advance(std::int64_t ms) {
    now_.ms += ms;
    now_.us += ms * 1000;
  }

private:
  keyspace::access_settings access_;
  std::deque<keyspace::shard> shards_;
  std::vector<keyspace::shard*> borrowed_;
  commands::execution_settings settings_;
  commands::command_statistics statistics_{commands::all_commands().rows(), settings_};
  protocol::session client_;
  keyspace::instant now_{.ms = 1'700'000'000'000, .us = 1'700'000'000'000'000};
  bool failed_ = false;
};

inline const std::string long_text(3000, 'x');
inline const std::string huge_text(200'000, 'y');

/// What there is before the request under test.
inline void fill(small_store& store) {
  store.run({"SET", "number", "41"});
  store.run({"SET", "float", "10.5"});
  store.run({"SET", "short", "short text"});
  store.run({"SET", "long", long_text});
  store.run({"SET", "huge", huge_text});
  store.run({"SET", "dying", "soon", "PX", "1000"});
  store.run({"SET", "dying later", "later", "PX", "5000"});
  for (int i = 0; i < 60; ++i)
    store.run({"SET", "other " + std::to_string(i), "v"});
  store.run({"SET", "gone", "x", "PX", "10"});
  store.run({"SET", "gone too", "x", "PX", "10"});
  store.advance(20);
}

/// Eight entries; the second was deleted. Of a group with two consumers the first three are pending
/// for one of them.
inline void fill_stream(small_store& store) {
  for (int i = 1; i <= 8; ++i)
    store.run({"XADD", "s", std::to_string(i), "field", "value"});
  store.run({"XGROUP", "CREATE", "s", "g", "0"});
  store.run({"XREADGROUP", "GROUP", "g", "alice", "COUNT", "3", "STREAMS", "s", ">"});
  store.run({"XDEL", "s", "2"});
  store.advance(1000);
  for (const auto* const name : {"alice", "bob"})
    store.run({"XREADGROUP", "GROUP", "g", name, "STREAMS", "s", "9"});
}

using filler = void (*)(small_store&);

/// Runs the request over and over, with another allocation failing each time, until none fails.
inline void check(const words& request, std::size_t shards, failing how, filler fill_all = fill) {
  small_store reference{shards};
  fill_all(reference);
  const auto before = reference.all();
  const auto expected = reference.run(request);
  const auto after = reference.all();
  std::string text;
  for (const auto& word : request)
    text += word.substr(0, 30) + ' ';
  CAPTURE(text, shards, how == failing::once);
  for (std::size_t number = 1;; ++number) {
    REQUIRE(number < 1000);
    small_store store{shards};
    fill_all(store);
    const auto reply = store.run(request, number, how);
    CAPTURE(number);
    // Not compared by the macro itself, which would print hundreds of keys.
    if (reply == expected) {
      REQUIRE((store.all() == after));
    } else {
      REQUIRE((reply.empty() || reply == out_of_memory));
      REQUIRE((store.all() == before));
    }
    if (!store.failed()) {
      REQUIRE(reply == expected);
      break;
    }
    if (reply != expected) {
      // As if nothing had been.
      REQUIRE(store.run(request) == expected);
      REQUIRE((store.all() == after));
    }
  }
}

inline void check(const words& request, filler fill_all = fill) {
  for (const auto shards : {1u, 3u})
    for (const auto how : {failing::once, failing::from_then_on})
      check(request, shards, how, fill_all);
}

inline void check_stream(const words& request) {
  check(request, fill_stream);
}

} // namespace thespis::tests
