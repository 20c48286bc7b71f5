/// Keys that clients watch, one step at a time: which changes EXEC sees, and what is left of a
/// watch that has ended. See protocol/watch.hpp.

#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"
#include "tests/actor/test_clock.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis;
using namespace thespis::tests;

namespace {

bool somebody_watches(stepped_core& world) {
  auto found = false;
  for (auto& shard : world.home().shards)
    found = found || !shard.changes.watched().empty();
  return found;
}

} // namespace

TEST_CASE("a watch of the same pipeline is seen by its transaction", "[transaction]") {
  for (const auto partitions : {1u, 2u}) {
    stepped_core world{partitions};
    stepped_client client{world};
    const auto a = key_in_partition(0, partitions);
    const auto b = key_in_partition(partitions - 1, partitions, 1);
    CHECK(client.say({{"WATCH", b},
                      {"SET", b, "1"},
                      {"MULTI"},
                      {"SET", a, "must not"},
                      {"EXEC"},
                      {"MULTI"},
                      {"GET", a},
                      {"EXEC"},
                      {"WATCH", a, b},
                      {"MULTI"},
                      {"SET", a, "may"},
                      {"EXEC"}})
          == "+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n+OK\r\n+QUEUED\r\n*1\r\n$-1\r\n"
             "+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n");
    world.run();
    CHECK_FALSE(somebody_watches(world));
    CHECK_FALSE(client.record().has_flag(commands::client_dirty));
    client.say({{"WATCH", b}});
    stepped_client{world}.say({{"SET", b, "2"}});
    CHECK(client.say({{"MULTI"}, {"SET", a, "must not"}, {"EXEC"}, {"GET", a}})
          == "+OK\r\n+QUEUED\r\n*-1\r\n$3\r\nmay\r\n");
    world.run();
    CHECK_FALSE(somebody_watches(world));
  }
}

TEST_CASE_METHOD(stepped_pair, "a key of another partition that is watched breaks the transaction",
                 "[transaction]") {
  stepped_client other{world};
  for (const auto changes : {false, true}) {
    CHECK(client.say({{"WATCH", a, b}, {"MULTI"}, {"SET", a, "1"}}) == "+OK\r\n+OK\r\n+QUEUED\r\n");
    CHECK(somebody_watches(world));
    if (changes)
      other.say({{"SET", b, "2"}});
    CHECK(client.say({{"EXEC"}}) == (changes ? "*-1\r\n" : "*1\r\n+OK\r\n"));
    CHECK(world.keys_in(0) == (changes ? 0 : 1));
    other.say({{"DEL", a}});
    world.run();
    CHECK_FALSE(somebody_watches(world));
  }
}

TEST_CASE("a watched key that expired between the time of EXEC's batch and EXEC breaks it",
          "[transaction]") {
  clock_ms = start_ms;
  stepped_core world{1, test_time};
  stepped_client client{world};
  stepped_client other{world};
  CHECK(client.say({{"SET", "k", "v", "PX", "10"}, {"WATCH", "k"}, {"GET", "k"}, {"MULTI"}})
        == "+OK\r\n+OK\r\n$1\r\nv\r\n+OK\r\n");
  client.say({{"GET", "k"}});
  // Of the two batches the one with the later time arrives first.
  clock_ms = start_ms + 11;
  other.send({"GET", "k"});
  clock_ms = start_ms;
  client.send({"EXEC"});
  clock_ms = start_ms + 11;
  world.run();
  CHECK(other.take() == "$-1\r\n");
  CHECK(client.take() == "*-1\r\n");
  CHECK_FALSE(somebody_watches(world));
}

TEST_CASE("no request runs earlier than a transaction before it", "[transaction]") {
  for (const auto partitions : {1u, 2u}) {
    clock_ms = start_ms;
    stepped_core world{partitions, [] {
                         clock_ms += 1000;
                         return test_time();
                       }};
    world.home().meeting_ticks_max = 0;
    stepped_client client{world};
    const auto a = key_in_partition(0, partitions);
    const auto b = key_in_partition(partitions - 1, partitions, 1);
    const auto c = key_in_partition(0, partitions, 2);
    const auto got = client.say({{"WATCH", a, b},
                                 {"MULTI"},
                                 {"SET", a, "v", "EX", "9"},
                                 {"SET", b, "v", "EX", "9"},
                                 {"EXEC"},
                                 {"SET", c, "v", "EX", "9"},
                                 {"PEXPIRETIME", a},
                                 {"PEXPIRETIME", c}});
    const auto last = got.rfind(':');
    const auto times = got.rfind(':', last - 1);
    CHECK(got.substr(times, last - times) == got.substr(last));
  }
}

TEST_CASE_METHOD(stepped_pair,
                 "a write over two partitions breaks a watch of either before EXEC sees the other",
                 "[transaction]") {
  stepped_client other{world};
  client.say({{"WATCH", b}, {"MULTI"}, {"GET", a}});
  other.send({"MSET", a, "new", b, "new"});
  world.run_partition(0);
  CHECK(world.keys_in(0) == 1);
  client.send({"EXEC"});
  world.run_partition(0);
  world.run();
  CHECK(client.take() == "*-1\r\n");
  CHECK(other.take() == "+OK\r\n");
}

TEST_CASE("two WATCH of one pipeline do not run at the same time", "[transaction]") {
  stepped_core world{2};
  stepped_client client{world};
  CHECK(client.say({{"WATCH", key_in_partition(0, 2)}, {"WATCH", key_in_partition(1, 2)}})
        == "+OK\r\n+OK\r\n");
  CHECK(client.batches == 2);
}

TEST_CASE("nothing is watched any more after EXEC, DISCARD, UNWATCH, RESET and the end",
          "[transaction]") {
  stepped_core world{2};
  const auto a = key_in_partition(0, 2);
  const auto b = key_in_partition(1, 2);
  const std::vector<std::vector<stepped_client::words>> ends{{{"MULTI"}, {"EXEC"}},
                                                             {{"MULTI"}, {"DISCARD"}},
                                                             {{"MULTI"}, {"UNWATCH"}, {"EXEC"}},
                                                             {{"UNWATCH"}},
                                                             {{"RESET"}},
                                                             {{"EXEC"}},
                                                             {}};
  for (const auto& end : ends) {
    {
      stepped_client client{world};
      client.say({{"WATCH", a}, {"WATCH", a, b}});
      REQUIRE(somebody_watches(world));
      client.say(end);
      world.run();
      const auto goes_on = end.size() == 1 && end.front().front() == "EXEC";
      CHECK(somebody_watches(world) == (goes_on || end.empty()));
    }
    world.run();
    CHECK_FALSE(somebody_watches(world));
  }
}

TEST_CASE("a watch that ends while a partition is parked leaves nothing behind", "[transaction]") {
  stepped_core world{2};
  stepped_client mover{world};
  const auto a = key_in_partition(0, 2);
  const auto b = key_in_partition(1, 2);
  stepped_client client{world};
  client.say({{"WATCH", a}});
  mover.send({"RENAME", a, b});
  world.run_partition(0);
  client.say({{"UNWATCH"}});
  world.run_partition(0);
  CHECK(somebody_watches(world));
  world.run();
  CHECK(mover.take() == "-ERR no such key\r\n");
  CHECK_FALSE(somebody_watches(world));
}
