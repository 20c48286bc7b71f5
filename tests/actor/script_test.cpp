/// Scripts one step at a time: which partitions they need. See actors/batch_builder.hpp and
/// commands/script_hints.hpp.

#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis;
using namespace thespis::tests;

namespace {

constexpr const char* declared = "#!lua flags=declared-keys\n"
                                 "return redis.call('INCR', KEYS[1])";

} // namespace

TEST_CASE_METHOD(stepped_pair, "a script needs all partitions", "[script]") {
  stepped_client other{world};
  client.send({"EVAL", "return redis.call('SET', ARGV[1], 1)", "0", b});
  world.run_partition(0);
  other.send({"SET", a, "1"});
  world.run_partition(0);
  CHECK(world.keys_in(0) == 0);
  world.run();
  CHECK(client.take() == "+OK\r\n");
  CHECK(other.take() == "+OK\r\n");
  CHECK(world.keys_in(1) == 1);
}

TEST_CASE("a script that declares its keys needs their partitions from its second run on",
          "[script]") {
  stepped_core world{3};
  stepped_client client{world};
  const auto a = key_in_partition(1, 3);
  const auto b = key_in_partition(2, 3);
  client.send({"EVAL", declared, "1", a});
  world.run_partition(1);
  CHECK(world.keys_in(1) == 0);
  world.run();
  CHECK(client.take() == ":1\r\n");
  client.send({"EVAL", declared, "1", a});
  world.run_partition(1);
  world.run();
  CHECK(client.take() == ":2\r\n");
  client.send({"EVAL", "#!lua flags=declared-keys\nreturn redis.call('GET', '" + b + "')", "1", a});
  world.run();
  CHECK(client.take() == "$-1\r\n");
  client.send(
    {"EVAL", "#!lua flags=declared-keys\nreturn redis.pcall('GET', '" + b + "')", "1", a});
  world.run();
  CHECK(client.take() == "$-1\r\n");
}

TEST_CASE_METHOD(stepped_pair, "a script that is known to declare its keys may not use others",
                 "[script]") {
  const auto source = "#!lua flags=declared-keys\nlocal r = redis.call('GET', ARGV[1])\nreturn r";
  CHECK(client.say({{"EVAL", source, "1", a, b}}) == "$-1\r\n");
  CHECK(client.say({{"EVAL", source, "1", a, b}})
          .starts_with("-ERR Script attempted to access a key that it had not declared"));
  CHECK(client.say({{"EVAL", source, "1", b, b}}) == "$-1\r\n");
}
