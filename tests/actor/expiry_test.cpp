/// Time in a store is a parameter: tests set it forward. See actors/scheduler.hpp.

#include "actors/happens_before.hpp"
#include "actors/messages.hpp"
#include "actors/scheduler.hpp"
#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"
#include "tests/actor/test_clock.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

using namespace thespis;
using namespace thespis::tests;

TEST_CASE("the scheduler wakes a partition when its time has come, and not before", "[expiry]") {
  using namespace actors;
  clock_ms = start_ms;
  base::options settings;
  core home{settings, 1, 2, test_time};
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor partition_0{system};
  caf::scoped_actor partition_1{system};
  caf::scoped_actor administrator{system};
  home.partitions = {caf::actor{partition_0}, caf::actor{partition_1}};
  home.administrator = caf::actor{administrator};
  loop_group loops{system, 1};
  loops.start();
  {
    const auto one = spawn_pinned<scheduler>(system, loops.at(0), std::ref(home));
    post(one, nullptr, wake_partition_at{1, start_ms + 9000});
    post(one, nullptr, wake_partition_at{0, start_ms + 5000});
    post(one, nullptr, begin_ticking{});
    const auto woken = [](caf::scoped_actor& partition) {
      partition->receive(
        [](const partition_task& task) { CHECK(task.what == partition_task::kind::expire); });
    };
    const auto nothing_came = [](caf::scoped_actor& partition) {
      auto came = false;
      partition->receive([&](const partition_task&) { came = true; },
                         caf::after(std::chrono::seconds{0}) >> [] {});
      return !came;
    };
    const auto sampled = [&] { administrator->receive([](const sample_now&) {}); };
    sampled();
    CHECK(nothing_came(partition_0));
    clock_ms = start_ms + 5000;
    woken(partition_0);
    // The sample that is due at the same tick comes after it.
    sampled();
    CHECK(nothing_came(partition_1));
    clock_ms = start_ms + 9000;
    woken(partition_1);
    CHECK(nothing_came(partition_0));
    administrator->monitor(one);
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    auto ended = false;
    administrator->receive_while([&] { return !ended; })(
      [&](const caf::down_msg&) { ended = true; }, [](const sample_now&) {});
  }
  loops.stop();
}

TEST_CASE("a partition that is woken when it asks deletes each key when it is due", "[expiry]") {
  clock_ms = start_ms;
  stepped_core world{1, test_time};
  stepped_client client{world};
  const std::vector<std::int64_t> dues_ms{100, 5000, 5001, 7000, 100'000, 100'000'000};
  for (auto due : dues_ms)
    client.say({{"SET", "key:" + std::to_string(due), "v", "PX", std::to_string(due)}});
  int wakes = 0;
  std::size_t alive = dues_ms.size();
  while (alive > 0) {
    REQUIRE(world.next_wish_ms() != INT64_MAX);
    REQUIRE(++wakes < 100);
    clock_ms = std::max(clock_ms.load(), world.next_wish_ms());
    world.wake_partitions();
    const auto now_ms = clock_ms - start_ms;
    alive = static_cast<std::size_t>(
      std::count_if(dues_ms.begin(), dues_ms.end(), [&](auto due) { return due > now_ms; }));
    CHECK(client.say({{"DBSIZE"}}) == ":" + std::to_string(alive) + "\r\n");
  }
  CHECK(clock_ms == start_ms + dues_ms.back());
}

TEST_CASE("many keys that expire at once go a few at a time, over all databases", "[expiry]") {
  clock_ms = start_ms;
  stepped_core world{2, test_time};
  stepped_client client{world};
  std::vector<stepped_client::words> pipeline;
  for (int i = 0; i < 2000; ++i)
    pipeline.push_back({"SET", "key:" + std::to_string(i), "v", "PX", "1000"});
  client.say(pipeline);
  client.say({{"SET", "stays", "v"}, {"SELECT", "1"}, {"SET", "other", "v", "PX", "500"}});
  const auto let_expire = [&] {
    int wakes = 0;
    while (world.next_wish_ms() <= clock_ms + 1) {
      clock_ms = std::max(clock_ms.load(), world.next_wish_ms());
      world.wake_partitions();
      CHECK(world.wishes() <= 2);
      ++wakes;
    }
    return wakes;
  };
  clock_ms = start_ms + 490;
  let_expire();
  CHECK(client.say({{"DBSIZE"}, {"SELECT", "0"}, {"DBSIZE"}}) == ":1\r\n+OK\r\n:2001\r\n");
  clock_ms = start_ms + 1000;
  CHECK(let_expire() > 1);
  CHECK(client.say({{"DBSIZE"}, {"SELECT", "1"}, {"DBSIZE"}}) == ":1\r\n+OK\r\n:0\r\n");
  CHECK(world.next_wish_ms() == INT64_MAX);
}

TEST_CASE("an earlier wish to be woken takes the place of a later one", "[expiry]") {
  clock_ms = start_ms;
  stepped_core world{1, test_time};
  stepped_client client{world};
  const auto let_all_expire = [&] {
    for (; world.next_wish_ms() != INT64_MAX; world.wake_partitions())
      clock_ms = std::max(clock_ms.load(), world.next_wish_ms());
  };
  // Brings the wheel to the present, where it is exact.
  client.say({{"SET", "first", "v", "PX", "1"}});
  let_all_expire();
  for (int i = 100; i > 0; --i)
    client.say({{"SET", "key:" + std::to_string(i), "v", "PX", std::to_string(i)}});
  CHECK(world.wishes() == 1);
  CHECK(world.next_wish_ms() <= clock_ms + 1);
  const auto begin_ms = clock_ms.load();
  let_all_expire();
  CHECK(clock_ms == begin_ms + 100);
  CHECK(client.say({{"DBSIZE"}}) == ":0\r\n");
}

TEST_CASE("DEBUG SET-ACTIVE-EXPIRE 0 leaves expired keys to whoever asks for them", "[expiry]") {
  clock_ms = start_ms;
  stepped_core world{1, test_time};
  world.home().server.access.active_expiry = false;
  stepped_client client{world};
  client.say({{"SET", "k", "v", "PX", "10"}});
  clock_ms = start_ms + 1000;
  world.wake_partitions();
  CHECK(world.next_wish_ms() == start_ms + 1100);
  CHECK(client.say({{"DBSIZE"}, {"GET", "k"}, {"DBSIZE"}}) == ":1\r\n$-1\r\n:0\r\n");
}

TEST_CASE("while clients are paused expired keys are out of sight, and stay", "[expiry]") {
  clock_ms = start_ms;
  stepped_core world{1, test_time};
  stepped_client client{world};
  client.say({{"SET", "k", "v", "PX", "10"}, {"CLIENT", "PAUSE", "5000", "WRITE"}});
  clock_ms = start_ms + 1000;
  world.wake_partitions();
  CHECK(client.say({{"GET", "k"}, {"TTL", "k"}, {"DBSIZE"}}) == "$-1\r\n:-2\r\n:1\r\n");
  client.say({{"CLIENT", "UNPAUSE"}});
  world.wake_partitions();
  CHECK(client.say({{"DBSIZE"}}) == ":0\r\n");
}

TEST_CASE("time stands still within a batch", "[expiry]") {
  clock_ms = start_ms;
  stepped_core world{1, [] {
                       // Every look at the clock is a minute later.
                       clock_ms += 60'000;
                       return test_time();
                     }};
  stepped_client client{world};
  CHECK(client.say({{"SET", "k", "v", "PX", "1"}, {"PTTL", "k"}, {"GET", "k"}})
        == "+OK\r\n:1\r\n$1\r\nv\r\n");
  CHECK(client.say({{"GET", "k"}}) == "$-1\r\n");
}

TEST_CASE("keys of a running store expire when the clock says so", "[expiry]") {
  clock_ms = start_ms;
  running_store store{4, 2, scheduling::event_loops, test_time};
  auto talk = store.talk();
  for (int i = 0; i < 100; ++i)
    (*talk)("SET", "key:" + std::to_string(i), "v", "PX", "60000");
  CHECK((*talk)("DBSIZE") == "100");
  clock_ms = start_ms + 59'000;
  CHECK((*talk)("EXISTS", "key:0", "key:50", "key:99") == "3");
  clock_ms = start_ms + 120'000;
  CHECK((*talk)("EXISTS", "key:0", "key:50", "key:99") == "0");
  // The others go without being asked for: the scheduler notices within one interval.
  while ((*talk)("DBSIZE") != "0") {
  }
  SUCCEED("all keys are gone");
}
