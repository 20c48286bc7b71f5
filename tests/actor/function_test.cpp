/// Functions one step at a time: which partitions they need, and which engine runs them. See
/// partition::first_stage and commands/script_hints.hpp.

#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis;
using namespace thespis::tests;

namespace {

std::string counting(const std::string& flags) {
  return "#!lua name=counting\nlocal n = 0\n"
         "redis.register_function{function_name='count', flags={"
         + flags + "}, callback=function() n = n + 1 return n end}";
}

} // namespace

TEST_CASE("functions that may use all keys share what they keep, whoever runs them", "[function]") {
  stepped_core world{3};
  stepped_client client{world};
  REQUIRE(client.say({{"FUNCTION", "LOAD", counting("")}}) == "$8\r\ncounting\r\n");
  int count = 0;
  for (const auto last : {2u, 0u, 1u, 2u, 0u}) {
    client.send({"FCALL", "count", "1", key_in_partition(last, 3)});
    for (unsigned i = 0; i < 3; ++i)
      if (i != last)
        world.run_partition(i);
    world.run_partition(last);
    world.run();
    CHECK(client.take() == ":" + std::to_string(++count) + "\r\n");
  }
}

TEST_CASE("a function that declares its keys needs their partitions alone", "[function]") {
  stepped_core world{3};
  stepped_client client{world};
  REQUIRE(client.say({{"FUNCTION", "LOAD", counting("'declared-keys'")}}) == "$8\r\ncounting\r\n");
  const auto call = [&](unsigned partition) {
    client.send({"FCALL", "count", "1", key_in_partition(partition, 3)});
    world.run_partition(partition);
    world.run();
    return client.take();
  };
  CHECK(call(1) == ":1\r\n");
  CHECK(call(1) == ":2\r\n");
  CHECK(call(2) == ":1\r\n");
  CHECK(client.say({{"FCALL", "count", "2", key_in_partition(2, 3), key_in_partition(1, 3)}})
        == ":3\r\n");
  CHECK(client.say({{"FUNCTION", "LOAD", "REPLACE", counting("'declared-keys'")}})
        == "$8\r\ncounting\r\n");
  CHECK(call(1) == ":1\r\n");
}
