#include "scripting/source_text.hpp"

#include "tests/unit/scripting/stub_host.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace thespis::scripting;

namespace {

std::string changed(std::string_view source) {
  return read_source(source, text_kind::script).changed;
}

} // namespace

TEST_CASE("A text without need of changes stays as it is", "[source text]") {
  for (const char* source : {"return 1", "return KEYS[1]", "local x = {} x.redis = 1 return x", "",
                             "return f(x)", "return t.call(1)"})
    CHECK(changed(source).empty());
}

TEST_CASE("Globals that are used often become locals", "[source text]") {
  CHECK(changed("return KEYS[1] .. KEYS[2]") == "local KEYS=KEYS return KEYS[1] .. KEYS[2]");
  CHECK(changed("for i = 1, 2 do f(KEYS[i]) end")
        == "local KEYS=KEYS for i = 1, 2 do f(KEYS[i]) end");
  CHECK(changed("local v = redis.call('a') redis.pcall('b')")
        == "local redis_call_,redis_pcall_=redis.call,redis.pcall local v = redis_call_('a') "
           "redis_pcall_('b')");
}

TEST_CASE("Globals that the text may change stay globals", "[source text]") {
  for (const char* source :
       {"KEYS = KEYS", "for i = 1, 2 do KEYS = 1 end", "KEYS, x = 1, KEYS", "x, KEYS = 1, KEYS",
        "function KEYS() end KEYS()", "local x = 1; KEYS, ARGV = 1"})
    CHECK(changed(source).find("local KEYS") == std::string::npos);
  playground p;
  CHECK(p.eval("for i = 1, 2 do KEYS = 1 end").find("readonly table") != std::string::npos);
}

TEST_CASE("redis.call is hidden only if redis is nothing else", "[source text]") {
  for (const char* source :
       {"local redis = f() redis.call('x')", "local function f(redis) redis.call('x') end",
        "local r = redis redis.call('x') ", "redis_call_ = redis.call('x')", "redis. call('x')",
        "x.redis.call('x')"})
    CHECK(changed(source).find("redis_call_(") == std::string::npos);
}

TEST_CASE("Tail calls of library functions keep their frame", "[source text]") {
  CHECK(changed("return redis.call('a', (b))")
        == "local redis_call_=redis.call return (redis_call_('a', (b)))");
  CHECK(changed("if x then return tonumber(y) else return tostring(y) end")
        == "if x then return (tonumber(y)) else return (tostring(y)) end");
  CHECK(changed("return tonumber(x) + 1").empty());
  CHECK(changed("return tonumber(x), 1").empty());
  CHECK(changed("return tonumber(x).y").empty());
  CHECK(changed("return x.tonumber(y)").empty());
  CHECK(changed("local tonumber = f return tonumber(y)").empty());
}

TEST_CASE("A text that has no room for more locals is compiled as it is", "[source text]") {
  std::string source;
  for (int i = 0; i < 199; ++i)
    source += "local v" + std::to_string(i) + " = 1 ";
  playground p;
  CHECK(p.eval(source + "local last = redis.call('get', 'a') return KEYS[1] .. KEYS[2]", {"x", "y"})
        == "$2\r\nxy\r\n");
}

TEST_CASE("A function with ... that does not use it has arg", "[source text]") {
  playground p;
  CHECK(p.eval("local function f(...) return arg.n end return f(1, nil)") == ":2\r\n");
  CHECK(p.eval("local function f(a, ...) return arg[1] + a end return f(1, 2)") == ":3\r\n");
  CHECK(p.eval("local arg = {5} local function f(...) return arg[1], ... end return (f(1))")
        == ":5\r\n");
  CHECK(
    p.eval("local function f(...) if true then for i = 1, 1 do end end return function() return "
           "arg[1] end end return f(6)()")
    == ":6\r\n");
}

TEST_CASE("What can get at the arguments is known", "[source text]") {
  CHECK(!read_source("return 1", text_kind::script).uses_arguments);
  CHECK(!read_source("return 'KEYS' -- ARGV", text_kind::script).uses_arguments);
  for (const char* source :
       {"return KEYS", "return ARGV[1]", "return _G['KE' .. 'YS']", "loadstring(x)()", "load(x)"})
    CHECK(read_source(source, text_kind::script).uses_arguments);
}

TEST_CASE("Foreign numbers are found with their line", "[source text]") {
  const auto read = read_source("--[[\n]] x = '\\\n' + [[\n]]\ny = 0xfULL", text_kind::script);
  REQUIRE(read.foreign.has_value());
  CHECK(read.foreign->text == "0xfULL");
  CHECK(read.foreign->line == 5);
  CHECK(!read_source("return 0xff + 1e5 + .5 + 3. + a1i + x.y1u", text_kind::script)
           .foreign.has_value());
}
