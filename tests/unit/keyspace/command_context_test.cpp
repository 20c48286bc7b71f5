#include "keyspace/command_context.hpp"

#include "base/byte_buffer.hpp"
#include "keyspace/access_clock.hpp"
#include "keyspace/slots.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace thespis::keyspace;
using namespace thespis;

namespace {

/// Writes down what a sink is told.
class recorder : public effect_sink {
public:
  void on_effect(const effect& what) override {
    if (what.cls == event_class::key_miss)
      return void(missed.emplace_back(what.key));
    said.push_back(std::string(what.event) + " " + std::to_string(what.database) + " "
                   + std::string(what.key));
  }
  void on_replay(int database, protocol::arguments command) override {
    std::string text = std::to_string(database);
    for (auto word : command)
      text += " " + std::string(word);
    replays.push_back(text);
  }
  std::vector<std::string> said;
  std::vector<std::string> missed;
  std::vector<std::string> replays;
};

struct stage {
  stage() {
    data.changes.set_sink(&sink);
  }
  database::slot set(std::string_view key, std::string_view value) {
    auto at = ctx.find_to_write(key);
    ctx.db(key).set_string(at, value);
    return at;
  }

  access_settings settings;
  shard data{16, 99, settings};
  recorder sink;
  base::byte_buffer out;
  protocol::reply_writer reply{out, 2};
  protocol::session client;
  shard_map keys{data};
  command_context ctx{reply, client, keys, instant{5'000'000, 5'000'000'000}};
};

} // namespace

TEST_CASE("reading counts hits and misses, writing and peeking do not", "[command_context]") {
  stage s;
  s.set("k", "v");
  CHECK(s.ctx.find_to_read("k"));
  CHECK(s.ctx.find_to_read("k"));
  CHECK_FALSE(s.ctx.find_to_read("none"));
  CHECK(s.ctx.find_to_write("k"));
  CHECK(s.ctx.peek("k"));
  CHECK_FALSE(s.ctx.peek("none"));
  CHECK(s.data.hits.get() == 2);
  CHECK(s.data.misses.get() == 1);
  CHECK(s.sink.said.empty());
}

TEST_CASE("a miss is told by who reads or asks, once, and not by OBJECT", "[command_context]") {
  stage s;
  s.ctx.find_to_write("w");
  s.ctx.peek("p");
  CHECK_FALSE(s.ctx.inspect_untold("o"));
  CHECK(s.data.misses.get() == 1);
  CHECK(s.sink.missed.empty());
  s.ctx.find_to_read("r");
  s.ctx.inspect("i");
  CHECK(s.sink.missed == std::vector<std::string>{"r", "i"});
  s.ctx.has_moved = true;
  s.ctx.find_to_read("r");
  CHECK(s.data.misses.get() == 3);
  CHECK(s.sink.missed.size() == 2);
}

TEST_CASE("an expired entry is gone for whoever looks, and the change is told",
          "[command_context]") {
  stage s;
  auto at = s.set("k", "v");
  s.ctx.db("k").set_expiry(at, s.ctx.now.ms + 1);
  CHECK(s.ctx.find_to_read("k"));
  at = s.ctx.find_to_write("k");
  s.ctx.db("k").set_expiry(at, s.ctx.now.ms);
  CHECK_FALSE(s.ctx.find_to_read("k"));
  CHECK(s.data.expired.get() == 1);
  CHECK(s.data.misses.get() == 1);
  CHECK(s.sink.said == std::vector<std::string>{"expired 0 k"});
  CHECK(s.sink.replays == std::vector<std::string>{"0 DEL k"});
  CHECK(s.data.databases[0].size() == 0);
}

TEST_CASE("an entry may be looked up by its own key even when it expires", "[command_context]") {
  stage s;
  auto at = s.set("some long key that is in the heap for sure", "v");
  s.ctx.db(at.key()).set_expiry(at, 1);
  CHECK_FALSE(s.ctx.peek(at->key()));
  CHECK(s.sink.said
        == std::vector<std::string>{"expired 0 some long key that is in the heap for sure"});
}

TEST_CASE("databases are apart", "[command_context]") {
  stage s;
  s.set("k", "zero");
  s.client.database = 3;
  CHECK_FALSE(s.ctx.find_to_read("k"));
  auto at = s.set("k", "three");
  s.ctx.db("k").set_expiry(at, 7);
  CHECK(s.ctx.peek("k", 0));
  CHECK_FALSE(s.ctx.peek("k", 3));
  CHECK(s.sink.said == std::vector<std::string>{"expired 3 k"});
  CHECK(s.sink.replays == std::vector<std::string>{"3 DEL k"});
}

TEST_CASE("looking touches the access clock unless it is a peek or the client asked not to",
          "[command_context]") {
  stage s;
  auto at = s.set("k", "v");
  CHECK(at->access() == lru_clock(s.ctx.now.ms));
  at->set_access(1);
  s.ctx.peek("k");
  CHECK(at->access() == 1);
  s.client.no_touch = true;
  s.ctx.find_to_read("k");
  CHECK(at->access() == 1);
  s.client.no_touch = false;
  s.ctx.find_to_read("k");
  CHECK(at->access() == lru_clock(s.ctx.now.ms));
}

TEST_CASE("with an LFU policy the access clock counts", "[command_context]") {
  stage s;
  s.settings.lfu = true;
  auto at = s.set("k", "v");
  CHECK(at->access() == lfu_clock(s.ctx.now.ms, lfu_counter_initial));
  // The first step above the initial counter is certain.
  s.ctx.find_to_read("k");
  CHECK(lfu_counter(at->access(), s.ctx.now.ms, 1) == lfu_counter_initial + 1);
  for (int i = 0; i < 2000; ++i)
    s.ctx.find_to_read("k");
  const auto counter = lfu_counter(at->access(), s.ctx.now.ms, 1);
  CHECK(counter > 10);
  CHECK(counter < 60);
  s.ctx.now.ms += 5 * 60'000;
  s.settings.lfu_log_factor = 1'000'000;
  s.ctx.find_to_read("k");
  CHECK(lfu_counter(at->access(), s.ctx.now.ms, 1) == counter - 5);
}

TEST_CASE("with several shards each key is in its own", "[command_context]") {
  access_settings settings;
  shard a(16, 1, settings);
  shard b(16, 1, settings);
  shard d(16, 1, settings);
  shard_map keys(std::vector<shard*>{&a, &b, nullptr, &d});
  CHECK(keys.all() == std::vector<shard*>{&a, &b, &d});
  shard* by_index[] = {&a, &b, nullptr, &d};
  int tried = 0;
  for (int i = 0; i < 200; ++i) {
    const auto key = "key" + std::to_string(i);
    if (partition_of_key(key, 4) == 2)
      continue;
    ++tried;
    CHECK(&keys.at(key) == by_index[partition_of_key(key, 4)]);
  }
  CHECK(tried > 100);
  shard_map one(a);
  CHECK(&one.at("anything") == &a);
  CHECK(one.all() == std::vector<shard*>{&a});
}
