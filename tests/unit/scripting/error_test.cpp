#include "tests/unit/scripting/stub_host.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace thespis::scripting;

namespace {

/// What a script's error looks like when it happened on that line.
std::string error_of(const std::string& source, const std::string& text, int line = 1) {
  return "-" + text + " script: " + make_script(source).sha
         + ", on @user_script:" + std::to_string(line) + ".\r\n";
}

} // namespace

TEST_CASE("Errors name the script and the line", "[errors]") {
  playground p;
  for (const auto& [source, text, line] : {
         std::tuple{"error('x')", "ERR user_script:1: x", 1},
         std::tuple{"error('a\\nb')", "ERR user_script:1: a b", 1},
         std::tuple{"error({err='ERR boo'})", "ERR boo", 1},
         std::tuple{"error({err='boo\\r\\nfoo', line='7', source='zz'})", "boo  foo", 1},
         std::tuple{"error({err=7})", "7", 1},
         std::tuple{"error()", "ERR nil", 1},
         std::tuple{"error({})", "ERR unknown error", 1},
         std::tuple{"local x return x.y",
                    "ERR user_script:1: attempt to index local 'x' (a nil "
                    "value)",
                    1},
         std::tuple{"\n\nreturn nil + 1",
                    "ERR user_script:3: attempt to perform arithmetic on a nil value", 3},
         std::tuple{"return y",
                    "ERR user_script:1: Script attempted to access nonexistent global "
                    "variable 'y'",
                    1},
         std::tuple{"return redis.call('nope')", "ERR Unknown Redis command called from script", 1},
         std::tuple{"local r =\n redis.call('fail')",
                    "WRONGTYPE Operation against a key holding the wrong kind of value", 2},
         std::tuple{"local function f() \n return redis.call('nope') end \n\n return f()",
                    "ERR Unknown Redis command called from script", 2},
         std::tuple{"local c = redis.call\n c('nope')",
                    "ERR Unknown Redis command called from script", 2},
         std::tuple{"local function f() \n error('two', 2) end \n\n f()", "ERR user_script:4: two",
                    2},
         std::tuple{"local co = coroutine.wrap(function() error('inner') end) co()",
                    "ERR user_script:1: user_script:1: inner", 1},
         std::tuple{"return math.random(0)",
                    "ERR user_script:1: bad argument #1 to 'random' (interval is empty)", 1},
         std::tuple{"string.rep()",
                    "ERR user_script:1: bad argument #1 to 'rep' (string expected, "
                    "got no value)",
                    1},
         std::tuple{"redis.sha1hex()", "ERR wrong number of arguments", 1},
         std::tuple{"redis.setresp(4)", "ERR RESP version must be 2 or 3.", 1},
         std::tuple{"redis.log('x')", "ERR redis.log() requires two arguments or more.", 1},
         std::tuple{"redis.log(9, 'x')", "ERR Invalid debug level.", 1},
         std::tuple{"redis.acl_check_cmd('nope')",
                    "ERR Invalid command passed to redis.acl_check_cmd()", 1},
         std::tuple{"redis.set_repl(9)",
                    "ERR Invalid replication flags. Use REPL_AOF, "
                    "REPL_REPLICA, REPL_ALL or REPL_NONE.",
                    1},
         std::tuple{"coroutine.yield(1)", "ERR attempt to yield across metamethod/C-call boundary",
                    1},
       }) {
    INFO(source);
    CHECK(p.eval(source) == error_of(source, text, line));
  }
}

TEST_CASE("Errors of the compiler name the line", "[errors]") {
  playground p;
  const std::string start = "-ERR Error compiling script (new function): user_script:";
  CHECK(p.eval("return (") == start + "1: unexpected symbol near '<eof>'\r\n");
  CHECK(p.eval("\nx = = 1") == start + "2: unexpected symbol near '='\r\n");
  CHECK(p.lua.compile(make_script("for"))
        == "ERR Error compiling script (new function): user_script:1: '<name>' expected near "
           "'<eof>'");
  CHECK(p.lua.compile(make_script("return 1")) == std::nullopt);
}

TEST_CASE("pcall gives the text of an error of redis.call, as scripts for Redis 6 expect",
          "[errors]") {
  playground p;
  CHECK(p.eval("local ok, e = pcall(redis.call, 'nope') return {tostring(ok), e}")
        == "*2\r\n$5\r\nfalse\r\n$44\r\nERR Unknown Redis command called from script\r\n");
  CHECK(p.eval("return {pcall(error, {err = {}})}").rfind("*3\r\n$-1\r\n", 0) == 0);
  CHECK(p.eval("local ok, e = pcall(error, {foo = 1}) return e.foo") == ":1\r\n");
  CHECK(p.eval("return select('#', pcall(function() end))") == ":1\r\n");
  CHECK(p.eval("return {pcall(function(...) return select('#', ...), ... end, 1, nil, 3)}")
        == "*3\r\n:1\r\n:3\r\n:1\r\n");
  CHECK(p.eval("local ok, e = xpcall(function() redis.call('nope') end, function(e) return e end) "
               "return e.err")
        == "$44\r\nERR Unknown Redis command called from script\r\n");
}

TEST_CASE("redis.pcall's errors are values", "[errors]") {
  playground p;
  CHECK(p.eval("return redis.pcall('nope')")
        == "-ERR Unknown Redis command called from script\r\n");
  CHECK(p.eval("return redis.pcall('fail').err")
        == "$65\r\nWRONGTYPE Operation against a key holding the wrong kind of value\r\n");
}

TEST_CASE("Errors that a command has counted are not counted again", "[errors]") {
  playground p;
  const auto counted = [&p](const char* source) {
    p.out.clear();
    thespis::protocol::reply_writer reply{p.out, 2};
    p.lua.run(make_script(source), {}, {}, p.server, reply);
    return reply.error_count();
  };
  CHECK(counted("return redis.call('fail')") == 0);
  CHECK(counted("return redis.pcall('fail')") == 0);
  CHECK(counted("error('x')") == 1);
  CHECK(counted("return redis.error_reply('x')") == 1);
}

TEST_CASE("The redis library makes replies and tells about the server", "[redis library]") {
  playground p;
  CHECK(p.eval("return redis.error_reply('x')") == "-ERR x\r\n");
  CHECK(p.eval("return redis.error_reply('-x y')") == "-x y\r\n");
  CHECK(p.eval("return redis.error_reply('My Err')") == "-My Err\r\n");
  CHECK(p.eval("return redis.error_reply(1)") == "-ERR wrong number or type of arguments\r\n");
  CHECK(p.eval("return redis.status_reply('x\\r\\ny')") == "+x  y\r\n");
  CHECK(p.eval("return redis.status_reply()") == "-ERR wrong number or type of arguments\r\n");
  CHECK(p.eval("return redis.sha1hex('')")
        == "$40\r\nda39a3ee5e6b4b0d3255bfef95601890afd80709\r\n");
  CHECK(p.eval("return {redis.REDIS_VERSION, redis.REDIS_VERSION_NUM}")
        == "*2\r\n$5\r\n7.2.4\r\n:459268\r\n");
  CHECK(p.eval("return {redis.acl_check_cmd('get', 'x'), redis.acl_check_cmd('set', 'x', 1)}")
        == "*2\r\n:1\r\n$-1\r\n");
  CHECK(p.eval("return server.replicate_commands()") == ":1\r\n");
  CHECK(p.eval("redis.set_repl(redis.REPL_AOF)") == "$-1\r\n");
  CHECK(p.server.replication_flags == 1);
  p.eval("redis.log(redis.LOG_WARNING, 'x', 5, {}, 'y')");
  CHECK(p.server.logged == std::vector<std::pair<int, std::string>>{{3, "x 5 y"}});
}
