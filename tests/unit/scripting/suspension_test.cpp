#include "tests/unit/scripting/stub_host.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace thespis::scripting;

namespace {

const std::string killed = "-ERR Script killed by user with SCRIPT KILL.";

/// Lua that computes for a few breaths and leaves its count in n.
const std::string work = " local n = 0 for i = 1, 300000 do n = n + 1 end ";

} // namespace

TEST_CASE("A script that computes for long can be left and resumed", "[suspension]") {
  playground p;
  p.server.leave_always = true;
  CHECK(p.eval(work + "return n") == ":300000\r\n");
  CHECK(p.suspensions >= 2);
}

TEST_CASE("A script can be left wherever it computes", "[suspension]") {
  playground p;
  p.server.leave_always = true;
  const std::string f = "local function f() " + work + " return n end ";
  for (const auto& [where, reply] : {
         std::pair{f + "return select(2, pcall(f))", ":300000\r\n"},
         std::pair{f + "return select(2, xpcall(f, error))", ":300000\r\n"},
         std::pair{f + "return coroutine.wrap(f)()", ":300000\r\n"},
         std::pair{f
                     + "local co = coroutine.create(function() local x = coroutine.yield(f()) "
                       "return f() + x end) local a, b = coroutine.resume(co) local c, d = "
                       "coroutine.resume(co, 5) return b + d",
                   ":600005\r\n"},
         std::pair{f
                     + "return coroutine.wrap(function() return coroutine.wrap(function() return "
                       "pcall(f) end)() end)()",
                   ":1\r\n"},
         std::pair{f
                     + "local t = {3, 1, 2} table.sort(t, function(a, b) f() return a < b end) "
                       "return t",
                   "*3\r\n:1\r\n:2\r\n:3\r\n"},
         std::pair{f + "return (string.gsub('abc', '.', function(c) f() return c .. c end))",
                   "$6\r\naabbcc\r\n"},
         std::pair{f + "local t = setmetatable({}, {__index = f}) return t.x", ":300000\r\n"},
         std::pair{f + "local t = setmetatable({}, {__add = f}) return t + 1", ":300000\r\n"},
         std::pair{f
                     + "local n = 0 return load(function() n = n + 1 f() return "
                       "({'return ', '6'})[n] end)()",
                   ":6\r\n"},
       }) {
    INFO(where);
    p.suspensions = 0;
    CHECK(p.eval(where) == reply);
    CHECK(p.suspensions >= 2);
  }
}

TEST_CASE("Where a script cannot be left it goes on", "[suspension]") {
  playground p;
  p.server.leave_always = true;
  const std::string f = "local function f() " + work + " return n end ";
  CHECK(p.eval(f + "local ok, n = xpcall(error, f) return n") == ":300000\r\n");
  CHECK(
    p.eval(f + "local ok, n = xpcall(error, function() return coroutine.wrap(f)() end) return n")
    == ":300000\r\n");
}

TEST_CASE("A command that cannot be run here is asked for again", "[suspension]") {
  playground p;
  for (const char* where :
       {"return redis.call('publish', 'c', 'm')", "return redis.pcall('publish', 'c', 'm')",
        "return select(2, pcall(redis.call, 'publish', 'c', 'm'))",
        "return coroutine.wrap(function() return redis.call('publish', 'c', 'm') end)()",
        "local n table.sort({2, 1}, function(a, b) n = redis.call('publish', 'c', 'm') return a < "
        "b "
        "end) return n",
        "local n string.gsub('a', '.', function() n = redis.call('publish', 'c', 'm') end) return "
        "n"}) {
    INFO(where);
    p.suspensions = 0;
    p.server.refusals = 2;
    CHECK(p.eval(where) == ":7\r\n");
    CHECK(p.suspensions == 2);
    CHECK(p.server.last_words == std::vector<std::string>{"publish", "c", "m"});
  }
}

TEST_CASE("A command that can neither be run nor waited for is an error", "[suspension]") {
  playground p;
  p.server.refusals = 1000;
  CHECK(
    p.eval("local ok, e = xpcall(error, function() return redis.pcall('publish', 'c', 'm') end) "
           "return type(e)")
      .front()
    != '-');
  p.server.refusals = 0;
  CHECK(p.eval("return redis.call('publish', 'c', 'm')") == ":7\r\n");
}

TEST_CASE("A killed script ends, whatever it does to catch that", "[kill]") {
  for (const char* where :
       {"while true do end", "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function() end) end",
        "local function f() while true do end end while true do coroutine.wrap(f)() end",
        "while true do pcall(coroutine.wrap(function() while true do end end)) end",
        "local co = coroutine.create(function() while true do end end) while true do "
        "coroutine.resume(co) end",
        "while true do pcall(table.sort, {2, 1, 3}, function() while true do end end) end",
        "while true do pcall(string.gsub, 'abc', '.', function() while true do end end) end",
        "while true do pcall(xpcall, error, function() while true do end end) end",
        "local t = setmetatable({}, {__index = function() while true do end end}) while true do "
        "pcall(function() return t.x end) end",
        "local t = setmetatable({}, {__lt = function() while true do end end}) while true do "
        "pcall(table.sort, {t, t}) end",
        "local t = setmetatable({}, {__tostring = function() while true do pcall(function() while "
        "true do end end) end end}) while true do pcall(string.format, '%s', t) end",
        "while true do pcall(load, function() while true do end end) end",
        "local function r() pcall(r) while true do end end r()",
        "while true do redis.pcall('get', 'x') end"}) {
    INFO(where);
    playground p;
    p.server.kill_at = 2;
    CHECK(p.eval(where).rfind(killed, 0) == 0);
    p.server.kill_at = 0;
    CHECK(p.eval(work + "return n") == ":300000\r\n");
    CHECK(p.eval("return redis.call('get', 'x')") == "$-1\r\n");
  }
}

TEST_CASE("The error of a kill names the line", "[kill]") {
  playground p;
  p.server.kill_at = 1;
  const auto source = "\nwhile true do end";
  CHECK(p.eval(source)
        == killed + " script: " + make_script(source).sha + ", on @user_script:2.\r\n");
}

TEST_CASE("The error of a kill names the line, whatever was run before and when it comes",
          "[kill]") {
  playground p;
  for (const char* before : {"return 1", "for i = 1, 123456 do end return 1", "return error('x')"})
    for (const std::string source :
         {"while true do end", "while true do local n = 1 end", "while true do n(1) end"})
      for (int kill_at = 1; kill_at < 5; ++kill_at) {
        INFO(before << "; " << source << " at " << kill_at);
        p.server.kill_at = 0;
        p.eval(before);
        p.server.breaths = 0;
        p.server.kill_at = kill_at;
        const auto whole = "local n, i = tonumber, 1\n" + source;
        CHECK(p.eval(whole)
              == killed + " script: " + make_script(whole).sha + ", on @user_script:2.\r\n");
      }
}

TEST_CASE("A suspended script can be given up", "[suspension]") {
  playground p;
  p.server.leave_always = true;
  thespis::protocol::reply_writer reply{p.out, 2};
  const auto script = make_script("while true do end");
  REQUIRE(p.lua.run(script, {}, {}, p.server, reply) == engine::outcome::suspended);
  CHECK(p.lua.is_suspended());
  p.lua.abandon();
  CHECK(!p.lua.is_suspended());
  CHECK(p.out.empty());
  CHECK(p.eval("return 1") == ":1\r\n");
}
