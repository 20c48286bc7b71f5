#pragma once

/// A store in a test's hand: the command table, one or several shards, clients and a clock that
/// only the test moves, without actors or sockets. Tests talk to it and compare what it says:
///
///   test_store store{3};                                   // shards
///   CHECK(store.run("SET", "k", "v", "PX", 100) == ok());
///   store.advance(100ms);
///   CHECK(store.run("GET", "k") == null());
///
/// A request goes the way that its row names, as in the server: looked up, judged by its arity, cut
/// by shard and merged again (split, everywhere), run over all the shards of its keys (borrow) or
/// by the shard that the cursor names (SCAN). So every test that runs with 1 and with 3 shards also
/// shows that its command does not care. What the commands told is kept in `effects()` and
/// `replays()`.

#include "commands/script_stage.hpp"
#include "commands/statistics.hpp"
#include "keyspace/command_context.hpp"
#include "keyspace/shard.hpp"
#include "pubsub/exchange.hpp"
#include "tests/unit/commands/reply_values.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::tests {

using namespace std::chrono_literals;

struct seen_effect {
  keyspace::event_class cls;
  std::string event;
  int database;
  std::string key;

  friend bool operator==(const seen_effect&, const seen_effect&) = default;
};

class test_store : keyspace::effect_sink {
public:
  static constexpr std::size_t database_count = 16;

  /// `protocol`: what the first client speaks.
  explicit test_store(std::size_t shard_count = 1, int protocol = 2);
  ~test_store() override;
  test_store(const test_store&) = delete;
  test_store& operator=(const test_store&) = delete;

  // -- requests ---------------------------------------------------------------------------------
  /// Words may be strings and integers.
  template <class... Words>
  resp_value run(const Words&... words) {
    return run_words({word(words)...});
  }
  resp_value run_words(const std::vector<std::string>& words);
  /// The reply's bytes, for the shape on the wire.
  template <class... Words>
  std::string wire(const Words&... words) {
    return wire_words({word(words)...});
  }
  std::string wire_words(const std::vector<std::string>& words);
  /// What OBJECT ENCODING says.
  std::string encoding(std::string_view key) {
    return run("OBJECT", "ENCODING", key).text;
  }
  /// All elements of a list.
  resp_value list(std::string_view key) {
    return run("LRANGE", key, 0, -1);
  }

  // -- clients ----------------------------------------------------------------------------------
  /// The client that speaks now. The first is number 0.
  protocol::session& client() {
    return clients_[speaking_];
  }
  /// A further client speaks from now on; returns its number.
  std::size_t connect(int protocol = 2);
  void speak_as(std::size_t client) {
    speaking_ = client;
  }

  /// What the client that speaks now has been sent of channels: frames in RESP3.
  std::vector<std::string> take_pushes() {
    return std::exchange(subscribers_[speaking_].frames, {});
  }

  // -- time -------------------------------------------------------------------------------------
  void advance(std::chrono::microseconds by);
  std::int64_t now_ms() const {
    return now_.ms;
  }

  // -- what the commands told -------------------------------------------------------------------
  const std::vector<seen_effect>& effects() const {
    return effects_;
  }
  /// "set k" for an effect in database 0, "set k@1" in database 1.
  std::vector<std::string> events() const;
  /// Commands to run again, their words separated by a space; those of other databases begin with
  /// "@1 ".
  const std::vector<std::string>& replays() const {
    return replays_;
  }
  void forget() {
    effects_.clear();
    replays_.clear();
  }
  /// Runs a request and returns what it told (`events`, `replays`), and that alone.
  template <class... Words>
  std::vector<std::string> events_of(const Words&... words) {
    forget();
    run(words...);
    return events();
  }
  template <class... Words>
  std::vector<std::string> replays_of(const Words&... words) {
    forget();
    run(words...);
    return replays_;
  }

  // -- inside -----------------------------------------------------------------------------------
  std::size_t shard_count() const {
    return shards_.size();
  }
  keyspace::shard& shard(std::size_t index) {
    return *shards_[index];
  }
  keyspace::shard& home(std::string_view key);
  keyspace::database& db(std::string_view key, int index = 0) {
    return home(key).databases[static_cast<std::size_t>(index)];
  }
  keyspace::access_settings& access() {
    return access_;
  }
  commands::command_statistics& statistics() {
    return *statistics_;
  }
  /// Handed to commands whose way is `administrator`.
  commands::server_state* server = nullptr;
  /// How many requests took so long that they moved (command_context::moves_for); each is run again
  /// at once, as its worker would.
  std::size_t moved() const {
    return moved_;
  }
  /// Puts an empty value of another type under `key`, to meet WRONGTYPE.
  void plant(std::string_view key, keyspace::value_type type);

private:
  using views = std::vector<std::string_view>;

  struct mailbox final : pubsub::subscriber {
    void push(const std::shared_ptr<const pubsub::delivery>& from,
              const pubsub::delivery::run& which) override {
      for (auto i = which.first; i < which.end; ++i)
        frames.emplace_back((*from)[i].frame);
    }
    void flush_pushes() override {
    }
    bool send_ahead_of(base::byte_buffer&, std::size_t) noexcept override {
      return true;
    }

    std::vector<std::string> frames;
  };

  static std::string word(std::string_view text) {
    return std::string{text};
  }
  static std::string word(std::integral auto number) {
    return std::to_string(number);
  }

  void on_effect(const keyspace::effect& what) override;
  void on_replay(int database, protocol::arguments command) override;

  std::string dispatch(protocol::arguments request);
  std::string run_on(const std::vector<std::size_t>& shards, const protocol::command_spec& spec,
                     protocol::arguments request, bool leads = true);
  std::string split(const protocol::command_spec& spec, protocol::arguments request);
  std::string everywhere(const protocol::command_spec& spec, protocol::arguments request);
  std::string by_cursor(const protocol::command_spec& spec, protocol::arguments request);
  std::vector<std::size_t> shards_of_keys(const protocol::command_spec& spec,
                                          protocol::arguments request) const;
  std::vector<std::size_t> all_shards() const;
  std::size_t index_of(std::string_view key) const;
  commands::script_stage& stage();

  keyspace::access_settings access_;
  commands::execution_settings settings_;
  commands::server_gates gates_;
  commands::running_scripts running_{1, gates_};
  commands::script_hints hints_;
  commands::library_figures library_figures_;
  commands::script_library scripts_{library_figures_, hints_};
  commands::function_library functions_{library_figures_, hints_};
  commands::script_settings script_settings_;
  /// Made for the first script.
  std::unique_ptr<commands::script_stage> stage_;
  std::vector<std::unique_ptr<keyspace::shard>> shards_;
  std::unique_ptr<commands::command_statistics> statistics_;
  std::deque<protocol::session> clients_;
  std::deque<mailbox> subscribers_;
  pubsub::subscriber_table subscriptions_;
  pubsub::exchange exchange_{1};
  std::size_t speaking_ = 0;
  std::size_t moved_ = 0;
  keyspace::instant now_{1'700'000'000'000, 1'700'000'000'000'000};
  std::vector<seen_effect> effects_;
  std::vector<std::string> replays_;
};

} // namespace thespis::tests
