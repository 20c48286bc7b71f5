/// Requests go into a batch, replies of its parts come out: without actors, the test plays the
/// partitions. See actors/batch.hpp.

#include "actors/batch.hpp"
#include "actors/batch_builder.hpp"
#include "commands/rows.hpp"
#include "protocol/reply_writer.hpp"
#include "tests/actor/running_store.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <set>
#include <string>
#include <vector>

using namespace thespis;
using namespace thespis::actors;
using thespis::tests::key_in_partition;

namespace {

/// A batch whose requests stay put, and whoever answers it.
class exchange {
public:
  explicit exchange(std::size_t partitions) : work(partitions), builder_(partitions, hints_) {
    work.output = &output_;
  }

  placement place(const std::vector<std::string>& words) {
    kept_.push_back(words);
    work.words.insert(work.words.end(), kept_.back().begin(), kept_.back().end());
    const auto found = commands::all_commands().resolve(
      protocol::arguments{work.words}.last(words.size()));
    REQUIRE(found.outcome == protocol::resolution::ok);
    return builder_.place(work, *found.spec, static_cast<std::uint32_t>(words.size()));
  }

  std::string words_in(partition_index where) const {
    std::string text;
    for (const auto& item : work.parts[where].items) {
      for (auto word : work.words_of(item, work.parts[where]))
        text.append(word) += ' ';
      text += "| ";
    }
    return text;
  }

  /// Every partition answers its items by what `write` makes of their words.
  template <class Write>
  std::string answer(Write write) {
    for (partition_index i = 0; i < work.parts.size(); ++i) {
      auto& part = work.parts[i];
      for (auto& item : part.items) {
        protocol::reply_writer reply{part.replies, 2};
        write(reply, i, work.words_of(item, part));
        item.reply_end = part.replies.size();
      }
    }
    output_.clear();
    work.merge_replies();
    return std::string{output_.view()};
  }

  const std::vector<partition_index>& meeting() const {
    return builder_.meeting_partitions();
  }

  batch work;

private:
  commands::script_hints hints_;
  batch_builder builder_;
  std::deque<std::vector<std::string>> kept_;
  base::byte_buffer output_;
};

/// Replies an array with an element for each key: the key itself.
void echo_keys(protocol::reply_writer& reply, partition_index, protocol::arguments words) {
  reply.array(words.size() - 1);
  for (auto key : words.subspan(1))
    reply.bulk(key);
}

std::string array_of(const std::vector<std::string>& texts) {
  base::byte_buffer bytes;
  protocol::reply_writer reply{bytes, 2};
  reply.array(texts.size());
  for (const auto& one : texts)
    reply.bulk(one);
  return std::string{bytes.view()};
}

} // namespace

TEST_CASE("MGET's values come in the order of its keys, however they are spread", "[batch]") {
  for (unsigned partitions = 2; partitions <= 4; ++partitions) {
    exchange one{partitions};
    std::vector<std::string> request{"MGET"};
    for (unsigned i = 0; i < 40; ++i)
      request.push_back("key:" + std::to_string(i * 7919));
    request.push_back(request[1]);
    REQUIRE(one.place(request) == placement::batched);
    CHECK(one.work.touched.size() == partitions);
    CHECK_FALSE(one.work.direct());
    CHECK(one.answer(echo_keys) == array_of({request.begin() + 1, request.end()}));
  }
}

TEST_CASE("a share has the command's name and its own keys alone", "[batch]") {
  exchange one{2};
  const auto a = key_in_partition(0, 2, 0);
  const auto b = key_in_partition(1, 2, 0);
  const auto c = key_in_partition(0, 2, 1);
  REQUIRE(one.place({"mset", a, "1", b, "2", c, "3"}) == placement::batched);
  CHECK(one.words_in(0) == "mset " + a + " 1 " + c + " 3 | ");
  CHECK(one.words_in(1) == "mset " + b + " 2 | ");
  const auto ok = [](protocol::reply_writer& reply, auto, auto) { reply.ok(); };
  CHECK(one.answer(ok) == "+OK\r\n");
}

TEST_CASE("shares stand between other requests and are answered in order", "[batch]") {
  exchange one{2};
  const auto a = key_in_partition(0, 2);
  const auto b = key_in_partition(1, 2);
  one.place({"MGET", a});
  one.place({"DEL", b, a, b});
  one.place({"MGET", b, a});
  one.place({"MGET", b});
  CHECK(one.words_in(0) == "MGET " + a + " | DEL " + a + " | MGET " + a + " | ");
  CHECK(one.words_in(1) == "DEL " + b + " " + b + " | MGET " + b + " | MGET " + b + " | ");
  const auto reply = [](protocol::reply_writer& out, partition_index from,
                        protocol::arguments words) {
    if (words[0] == "DEL")
      out.integer(static_cast<std::int64_t>(words.size() - 1));
    else
      echo_keys(out, from, words);
  };
  CHECK(one.answer(reply) == array_of({a}) + ":3\r\n" + array_of({b, a}) + array_of({b}));
}

TEST_CASE("keys of one partition need no shares", "[batch]") {
  for (unsigned partitions = 1; partitions <= 4; ++partitions) {
    exchange one{partitions};
    REQUIRE(one.place({"MGET", "{tag}a", "{tag}b", "{tag}c"}) == placement::batched);
    REQUIRE(one.place({"RENAME", "{tag}a", "{tag}b"}) == placement::batched);
    CHECK(one.work.direct());
    CHECK(one.work.touched.size() == 1);
    CHECK(one.words_in(one.work.touched[0])
          == "MGET {tag}a {tag}b {tag}c | RENAME {tag}a {tag}b | ");
  }
}

TEST_CASE("what belongs to all partitions goes to all and is added up", "[batch]") {
  for (unsigned partitions = 2; partitions <= 4; ++partitions) {
    exchange one{partitions};
    one.place({"DBSIZE"});
    one.place({"KEYS", "*"});
    one.place({"FLUSHALL"});
    CHECK(one.work.touched.size() == partitions);
    const auto reply = [](protocol::reply_writer& out, partition_index from,
                          protocol::arguments words) {
      if (words[0] == "DBSIZE")
        return out.integer(std::int64_t{1} << from);
      if (words[0] == "FLUSHALL")
        return out.ok();
      out.array(from);
      for (partition_index i = 0; i < from; ++i)
        out.bulk(std::to_string(from));
    };
    std::vector<std::string> keys;
    for (unsigned from = 0; from < partitions; ++from)
      keys.insert(keys.end(), from, std::to_string(from));
    CHECK(one.answer(reply)
          == ":" + std::to_string((1 << partitions) - 1) + "\r\n" + array_of(keys) + "+OK\r\n");
  }
}

TEST_CASE("an error of one share is the reply of the whole request", "[batch]") {
  exchange one{2};
  one.place({"MGET", key_in_partition(0, 2), key_in_partition(1, 2)});
  const auto reply = [](protocol::reply_writer& out, partition_index from,
                        protocol::arguments words) {
    if (from == 1)
      out.error("OOM no");
    else
      echo_keys(out, from, words);
  };
  CHECK(one.answer(reply) == "-OOM no\r\n");
}

TEST_CASE("what cannot be split makes the batch a meeting of the partitions of its keys",
          "[batch]") {
  exchange one{4};
  const auto a = key_in_partition(3, 4);
  const auto b = key_in_partition(1, 4);
  CHECK(one.place({"GET", a}) == placement::batched);
  CHECK_FALSE(one.work.joined());
  CHECK(one.place({"RENAME", a, b}) == placement::batched);
  CHECK(one.work.joined());
  CHECK(one.work.meeting_partitions() == std::vector<partition_index>{1, 3});
  CHECK(one.place({"MSETNX", a, "1", b, "2", key_in_partition(3, 4, 1), "3"})
        == placement::batched);
  CHECK(one.work.meeting_partitions() == std::vector<partition_index>{1, 3});
  CHECK(one.work.request_count == 3);
  exchange all{4};
  CHECK(all.place({"RANDOMKEY"}) == placement::meeting);
  CHECK(all.meeting() == std::vector<partition_index>{0, 1, 2, 3});
  CHECK(all.work.empty());
}

TEST_CASE("a meeting takes requests that its thread can run", "[batch]") {
  exchange one{4};
  const auto a = key_in_partition(3, 4);
  const auto b = key_in_partition(1, 4);
  CHECK(one.place({"RENAME", a, b}) == placement::batched);
  CHECK(one.place({"SET", key_in_partition(0, 4), "v"}) == placement::batched);
  CHECK(one.work.meeting_partitions() == std::vector<partition_index>{0, 1, 3});
  CHECK(one.place({"MGET", a, b}) == placement::batched);
  CHECK(one.work.parts[1].items.empty());
  CHECK_FALSE(one.work.needs_merge);
  CHECK(one.place({"DBSIZE"}) == placement::meeting);
  CHECK(one.place({"SCAN", "0"}) == placement::meeting);
  CHECK(one.place({"SORT", a, "BY", "w_*"}) == placement::meeting);
  CHECK(one.place({"EVAL", "return 1", "1", a}) == placement::meeting);
  CHECK(one.place({"BLPOP", a, "0"}) == placement::meeting);
  CHECK(one.place({"WATCH", a}) == placement::meeting);
  CHECK(one.work.request_count == 3);
}

TEST_CASE("what has been cut is not part of a meeting", "[batch]") {
  exchange one{4};
  const auto a = key_in_partition(3, 4);
  const auto b = key_in_partition(1, 4);
  CHECK(one.place({"MGET", a, b}) == placement::batched);
  CHECK(one.place({"RENAME", a, b}) == placement::meeting);
}

TEST_CASE("a script over several partitions is a meeting by itself", "[batch]") {
  exchange one{4};
  const auto a = key_in_partition(3, 4);
  const auto b = key_in_partition(1, 4);
  const std::string text = "#!lua flags=allow-cross-slot-keys\nreturn 1";
  CHECK(one.place({"EVAL", text, "2", a, b}) == placement::meeting);
  CHECK(one.work.empty());
}

TEST_CASE("many partitions meet for one request alone", "[batch]") {
  const auto rename = [](unsigned from, unsigned to) -> std::vector<std::string> {
    return {"RENAME", key_in_partition(from, 8), key_in_partition(to, 8)};
  };
  exchange one{8};
  CHECK(one.place(rename(0, 1)) == placement::batched);
  CHECK(one.place(rename(2, 3)) == placement::batched);
  CHECK(one.place(rename(0, 3)) == placement::batched);
  CHECK(one.place(rename(4, 0)) == placement::meeting);
  CHECK(one.place({"GET", key_in_partition(4, 8)}) == placement::meeting);
  CHECK(one.place({"GET", key_in_partition(3, 8)}) == placement::batched);
  exchange spread{8};
  for (unsigned i = 0; i < 5; ++i)
    CHECK(spread.place({"GET", key_in_partition(i, 8)}) == placement::batched);
  CHECK(spread.place(rename(0, 1)) == placement::meeting);
}

TEST_CASE("SORT meets all partitions if it reads keys that it does not name", "[batch]") {
  exchange one{4};
  const auto a = key_in_partition(3, 4);
  const auto b = key_in_partition(1, 4);
  CHECK(one.place({"SORT", a, "BY", "w_*"}) == placement::meeting);
  CHECK(one.meeting() == std::vector<partition_index>{0, 1, 2, 3});
  CHECK(one.place({"SORT_RO", a, "GET", "w_*"}) == placement::meeting);
  CHECK(one.meeting() == std::vector<partition_index>{0, 1, 2, 3});
  CHECK(one.work.empty());
  CHECK(one.place({"SORT", a, "STORE", b}) == placement::batched);
  CHECK(one.work.meeting_partitions() == std::vector<partition_index>{1, 3});
  CHECK(one.place({"SORT", a, "BY", "nosort", "GET", "#"}) == placement::batched);
  exchange alone{1};
  CHECK(alone.place({"SORT", a, "BY", "w_*"}) == placement::batched);
}

TEST_CASE("commands of others are not for partitions", "[batch]") {
  for (unsigned partitions : {1u, 4u}) {
    exchange one{partitions};
    CHECK(one.place({"PING"}) == placement::session);
    CHECK(one.place({"CONFIG", "GET", "port"}) == placement::administrator);
    CHECK(one.work.empty());
  }
}

TEST_CASE("a batch that is cleared takes requests as a new one does", "[batch]") {
  exchange one{2};
  for (int round = 0; round < 3; ++round) {
    one.place({"MGET", key_in_partition(0, 2), key_in_partition(1, 2)});
    one.place({"GET", "k"});
    one.answer([](protocol::reply_writer& out, partition_index from, protocol::arguments words) {
      words[0] == "GET" ? out.null() : echo_keys(out, from, words);
    });
    one.work.clear();
    CHECK(one.work.empty());
    CHECK(one.work.touched.empty());
    CHECK(one.words_in(0).empty());
    CHECK(one.words_in(1).empty());
  }
}

TEST_CASE("SCAN returns every key once a key stays, over any number of partitions", "[batch]") {
  for (unsigned partitions = 1; partitions <= 4; ++partitions) {
    tests::running_store store{partitions};
    auto talk = store.talk();
    std::set<std::string> expected;
    for (int i = 0; i < 200; ++i) {
      const auto key = "key:" + std::to_string(i);
      REQUIRE((*talk)("SET", key, "v") == "OK");
      expected.insert('"' + key + '"');
    }
    std::set<std::string> seen;
    std::string cursor = "0";
    do {
      // ["cursor", ["key", "key" …]]
      const auto reply = (*talk)("SCAN", cursor, "COUNT", "7");
      REQUIRE(reply.starts_with("[\""));
      cursor = reply.substr(2, reply.find('"', 2) - 2);
      auto rest = std::string_view{reply}.substr(reply.find('[', 1) + 1);
      rest.remove_suffix(2);
      while (!rest.empty()) {
        const auto end = rest.find(", ");
        seen.emplace(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 2);
      }
    } while (cursor != "0");
    CHECK(seen == expected);
    CHECK((*talk)("SCAN", "1x") == "-ERR invalid cursor");
  }
}
