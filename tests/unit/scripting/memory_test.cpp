#include "tests/unit/scripting/stub_host.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace thespis::scripting;

namespace {

constexpr std::size_t cap = std::size_t{4} << 20;

} // namespace

TEST_CASE("A script that wants too much memory fails, and the next one does not", "[memory]") {
  playground p;
  p.lua.set_script_bytes_max(cap);
  for (
    const char* greedy :
    {"local s = 'x' while true do s = s .. s end", "return string.rep('x', 100000000)",
     "local t = {} for i = 1, 1e9 do t[i] = i end", "local t = {} for i = 1, 1e9 do t[i] = {i} end",
     "local t = {} for i = 1, 1e9 do t[i] = 'k' .. i end",
     "local t = {} for i = 1, 1e9 do t[i] = coroutine.create(function() end) end",
     "local t = {} for i = 1, 1e6 do t[i] = string.rep('x', 1000) .. i end return table.concat(t)",
     "local t = {} for i = 1, 1e9 do t[i] = loadstring('return ' .. i) end",
     "return redis.call('set', 'k', string.rep('x', 100000000))"}) {
    INFO(greedy);
    const auto reply = p.eval(greedy);
    CHECK(reply.rfind("-ERR not enough memory", 0) == 0);
    CHECK(p.eval("return redis.call('set', KEYS[1], 'v')", {"k"}) == "+OK\r\n");
    CHECK(p.lua.memory() <= 3 * cap);
  }
}

TEST_CASE("A script may go on after an error of memory that it caught", "[memory]") {
  playground p;
  p.lua.set_script_bytes_max(cap);
  CHECK(p.eval("local ok, e = pcall(string.rep, 'x', 1e8) return {tostring(ok), e}")
        == "*2\r\n$5\r\nfalse\r\n$17\r\nnot enough memory\r\n");
}

TEST_CASE("A script's source and arguments count as its memory", "[memory]") {
  playground p;
  p.lua.set_script_bytes_max(std::size_t{64} << 10);
  const std::string large(std::size_t{1} << 20, 'x');
  CHECK(p.eval("return #ARGV[1]", {}, {large}) == "-ERR not enough memory\r\n");
  CHECK(p.eval("return '" + large + "'").rfind("-ERR ", 0) == 0);
  CHECK(p.eval("return #ARGV[1]", {}, {"abc"}) == ":3\r\n");
}

TEST_CASE("Every allocation of a run may fail", "[memory]") {
  const char* source
    = "local t = {} for i = 1, 20 do t[i] = redis.call('get', 'k' .. i) or {i} end "
      "t.n = coroutine.wrap(function(x) return {x, tostring(x)} end)(5) "
      "table.sort(t, function(a, b) return tostring(a) < tostring(b) end) "
      "return {ok = string.rep('x', 100) .. cjson_missing_or(t)}";
  const std::string working = std::string{source}.replace(
    std::string{source}.find("cjson_missing_or(t)"), 19, "#t");
  std::string last;
  for (std::size_t bytes = 0; bytes < 40'000 && last.rfind("+xxx", 0) != 0; bytes += 97) {
    playground p;
    p.lua.set_script_bytes_max(bytes);
    last = p.eval(working);
    if (last.front() == '-')
      CHECK(last.find("not enough memory") != std::string::npos);
    p.lua.set_script_bytes_max(cap);
    REQUIRE(p.eval("return 1") == ":1\r\n");
  }
  CHECK(last.rfind("+xxx", 0) == 0);
}

TEST_CASE("What scripts leave is collected", "[memory]") {
  playground p;
  p.eval("local t = {} for i = 1, 300000 do t[i] = {} end");
  CHECK(p.lua.memory() < (std::size_t{8} << 20));
  const auto before = p.lua.memory();
  for (int i = 0; i < 20'000; ++i)
    p.eval("return {KEYS[1] .. ARGV[1]}", {"key"}, {"argument"});
  CHECK(p.lua.memory() < before + (std::size_t{1} << 20));
}

TEST_CASE("What is kept is not walked after each run, however much it is", "[memory]") {
  playground p;
  const std::string large(std::size_t{1} << 20, 'x');
  for (int i = 0; i < 12; ++i)
    p.eval("return #'" + large + std::to_string(i) + "'");
  const auto before = p.lua.memory();
  REQUIRE(before > (std::size_t{12} << 20));
  p.eval("local s = ('y'):rep(100000)");
  p.eval("return 1");
  CHECK(p.lua.memory() > before + 50'000);
  for (int i = 0; i < 500; ++i)
    p.eval("local s = ('y'):rep(100000) .. KEYS[1]", {std::to_string(i)});
  CHECK(p.lua.memory() < 3 * before);
}

TEST_CASE("Forgotten scripts give their memory back", "[memory]") {
  playground p;
  p.eval("return 0");
  p.lua.forget_all();
  const auto before = p.lua.memory();
  for (int i = 0; i < 500; ++i)
    p.eval("return " + std::to_string(i));
  CHECK(p.lua.memory() > before + 50'000);
  p.lua.forget_all();
  CHECK(p.lua.memory() < before + 20'000);
  CHECK(p.eval("return 7") == ":7\r\n");
}
