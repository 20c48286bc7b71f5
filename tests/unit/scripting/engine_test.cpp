#include "tests/unit/scripting/stub_host.hpp"

#include <catch2/catch.hpp>

using namespace thespis::scripting;

TEST_CASE("A script's result is its reply", "[scripting]") {
  playground p;
  CHECK(p.eval("return 1") == ":1\r\n");
  CHECK(p.eval("return 'x'") == "$1\r\nx\r\n");
  CHECK(p.eval("return") == "$-1\r\n");
}

TEST_CASE("A script sees its keys and arguments", "[scripting]") {
  playground p;
  CHECK(p.eval("return {KEYS[1], KEYS[2], ARGV[1], #ARGV}", {"a", "b"}, {"c"})
        == "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n:1\r\n");
  CHECK(p.eval("return #KEYS + #ARGV") == ":0\r\n");
}

TEST_CASE("redis.call runs commands and gives their replies", "[scripting]") {
  playground p;
  CHECK(p.eval("return redis.call('set', KEYS[1], ARGV[1])", {"k"}, {"v"}) == "+OK\r\n");
  CHECK(p.eval("return redis.call('get', KEYS[1])", {"k"}) == "$1\r\nv\r\n");
  CHECK(p.eval("return redis.call('get', 'none')") == "$-1\r\n");
}
