#include "scripting/function_registration.hpp"
#include "tests/unit/scripting/stub_host.hpp"

#include <catch2/catch.hpp>

using namespace thespis::scripting;

namespace {

std::uint32_t flag_named(std::string_view name) noexcept {
  return name == "no-writes" ? 1 : name == "allow-oom" ? 2 : 0;
}

/// An engine with libraries, and the bytes of the last reply.
struct shelf : playground {
  library make(std::string body) {
    return {++last_id, "mine", "#!lua name=mine\n" + std::move(body), {}};
  }
  std::string load(library& one) {
    return lua.load(one, server, flag_named, one.functions).value_or("");
  }
  /// What is wrong with a body.
  std::string fault_of(std::string body) {
    auto one = make(std::move(body));
    auto fault = load(one);
    CHECK(lua.has_loaded(one.id) == fault.empty());
    return fault;
  }
  std::string call(const library& one, std::size_t function,
                   std::vector<std::string_view> keys = {},
                   std::vector<std::string_view> args = {}) {
    out.clear();
    thespis::protocol::reply_writer reply{out, 2};
    auto outcome = lua.call(one, function, keys, args, server, reply);
    while (outcome == engine::outcome::suspended) {
      ++suspensions;
      outcome = lua.resume(server, reply);
    }
    return std::string{out.view()};
  }

  std::uint64_t last_id = 0;
};

constexpr auto registering = "Error registering functions: ERR ";

} // namespace

TEST_CASE("the body of a library registers functions", "[library]") {
  shelf s;
  auto one = s.make("redis.register_function('a', function(keys, args) return {keys, args} end)\n"
                    "redis.register_function{function_name='b', description='says', "
                    "flags={'no-writes', 'ALLOW-OOM'}, callback=function() return 5 end}");
  REQUIRE(s.load(one) == "");
  REQUIRE(one.functions.size() == 2);
  CHECK(one.functions[0].name == "a");
  CHECK(one.functions[0].flags == 0);
  CHECK_FALSE(one.functions[0].description);
  CHECK(one.functions[1].name == "b");
  CHECK(one.functions[1].flags == 3);
  CHECK(one.functions[1].description == "says");
  CHECK(s.call(one, 0, {"k"}, {"x", "y"}) == "*2\r\n*1\r\n$1\r\nk\r\n*2\r\n$1\r\nx\r\n$1\r\ny\r\n");
  CHECK(s.call(one, 1) == ":5\r\n");
}

TEST_CASE("a body sees nothing but how functions are registered", "[library]") {
  shelf s;
  const auto unknown = std::string{registering}
                       + "user_function:2: Script attempted to access nonexistent global variable ";
  CHECK(s.fault_of("redis.call('get', 'k')") == unknown + "'call'");
  CHECK(s.fault_of("error('x')") == unknown + "'error'");
  CHECK(s.fault_of("local a = math.floor(1) + math.floor(2)") == unknown + "'math'");
  CHECK(s.fault_of("local a = _G") == unknown + "'_G'");
  CHECK(s.fault_of("x = 1")
        == std::string{registering} + "user_function:2: Attempt to modify a readonly table");
  CHECK(s.fault_of("return 1") == "No functions registered");
  CHECK(s.fault_of("x =")
        == "Error compiling function: user_function:2: unexpected symbol near '<eof>'");
  CHECK(s.server.calls == 0);
  CHECK(s.fault_of("redis.log(redis.LOG_NOTICE, 'said')\n"
                   "redis.register_function('f', function() end)")
        == "");
  REQUIRE(s.server.logged.size() == 1);
  CHECK(s.server.logged[0].second == "said");
}

TEST_CASE("a function sees what scripts see, and names no functions", "[library]") {
  shelf s;
  auto one = s.make("redis.register_function('a', function(keys) redis.call('set', keys[1], 'v') "
                    "return redis.call('get', keys[1]) end)\n"
                    "redis.register_function('b', function() return redis.register_function end)\n"
                    "redis.register_function('c', function() return KEYS end)\n"
                    "redis.register_function('d', function() return math.floor(2.5) + "
                    "math.floor(1.5) end)");
  REQUIRE(s.load(one) == "");
  CHECK(s.call(one, 0, {"k"}) == "$1\r\nv\r\n");
  CHECK(s.call(one, 1) == "$-1\r\n");
  CHECK(s.call(one, 2)
        == "-ERR user_function:4: Script attempted to access nonexistent global variable 'KEYS' "
           "script: c, on @user_function:4.\r\n");
  CHECK(s.call(one, 3) == ":3\r\n");
  CHECK(s.eval("return #KEYS", {"k"}) == ":1\r\n");
}

TEST_CASE("errors of functions name them and the line", "[library]") {
  shelf s;
  auto one = s.make("redis.register_function('a', function()\n  return redis.call('nosuch') end)\n"
                    "redis.register_function('b', function() error('x') end)");
  REQUIRE(s.load(one) == "");
  CHECK(s.call(one, 0)
        == "-ERR Unknown Redis command called from script script: a, on @user_function:3.\r\n");
  CHECK(s.call(one, 1) == "-ERR user_function:4: x script: b, on @user_function:4.\r\n");
}

TEST_CASE("locals of a body live until its library is unloaded", "[library]") {
  shelf s;
  const auto body = "local n = 0\n"
                    "redis.register_function('count', function() n = n + 1 return n end)";
  auto one = s.make(body);
  auto other = s.make(body);
  REQUIRE(s.load(one) == "");
  REQUIRE(s.load(other) == "");
  CHECK(s.call(one, 0) == ":1\r\n");
  CHECK(s.call(one, 0) == ":2\r\n");
  CHECK(s.call(other, 0) == ":1\r\n");
  s.lua.unload_all_but({other.id});
  CHECK_FALSE(s.lua.has_loaded(one.id));
  CHECK(s.call(other, 0) == ":2\r\n");
  s.lua.unload(other.id);
  CHECK_FALSE(s.lua.has_loaded(other.id));
  other.functions.clear();
  REQUIRE(s.load(other) == "");
  CHECK(s.call(other, 0) == ":1\r\n");
}

TEST_CASE("a body that takes too long is ended, and the engine goes on", "[library]") {
  shelf s;
  s.server.kill_at = 3;
  CHECK(s.fault_of("while true do end") == std::string{registering} + "FUNCTION LOAD timeout");
  CHECK(s.fault_of("redis.register_function('a', function() end) while true do end")
        == std::string{registering} + "FUNCTION LOAD timeout");
  s.server.kill_at = 0;
  CHECK(s.fault_of("redis.register_function('a', function() end)") == "");
  CHECK(s.eval("return 1") == ":1\r\n");
}

TEST_CASE("a body that wants too much memory fails, and the engine goes on", "[library]") {
  shelf s;
  s.lua.set_script_bytes_max(1 << 20);
  CHECK(s.fault_of("local s = ('x'):rep(1000) while true do s = s .. s end")
        == std::string{registering} + "not enough memory");
  CHECK(s.fault_of("redis.register_function('a', function() end)") == "");
  CHECK(s.eval("return 1") == ":1\r\n");
}

TEST_CASE("a function leaves the thread and goes on, and can be killed", "[library]") {
  shelf s;
  auto one = s.make("redis.register_function('a', function(keys) local n = 0 "
                    "while n < 1e6 do n = n + 1 end return {n, keys[1]} end)\n"
                    "redis.register_function('b', function()\n while true do end end)");
  REQUIRE(s.load(one) == "");
  s.server.leave_always = true;
  CHECK(s.call(one, 0, {"k"}) == "*2\r\n:1000000\r\n$1\r\nk\r\n");
  CHECK(s.suspensions > 3);
  s.server.kill_at = s.server.breaths + 3;
  const auto reply = s.call(one, 1);
  CHECK(reply.starts_with("-ERR Script killed by user with FUNCTION KILL. script: b, on "));
  s.server.kill_at = 0;
  CHECK(s.call(one, 0, {"k"}) == "*2\r\n:1000000\r\n$1\r\nk\r\n");
}

TEST_CASE("names of functions have letters, digits and underscores", "[library]") {
  CHECK(is_function_name("a"));
  CHECK(is_function_name("A_9"));
  CHECK_FALSE(is_function_name(""));
  CHECK_FALSE(is_function_name("a b"));
  CHECK_FALSE(is_function_name("a-b"));
  CHECK_FALSE(is_function_name("\xc3\xa4"));
}
