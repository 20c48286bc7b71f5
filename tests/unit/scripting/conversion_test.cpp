#include "tests/unit/scripting/stub_host.hpp"

#include <limits>
#include <string>

#include <catch2/catch.hpp>

using namespace thespis::scripting;

TEST_CASE("Results become replies of RESP2", "[conversion]") {
  playground p;
  CHECK(p.eval("return true") == ":1\r\n");
  CHECK(p.eval("return false") == "$-1\r\n");
  CHECK(p.eval("return 3.99") == ":3\r\n");
  CHECK(p.eval("return -3.99") == ":-3\r\n");
  CHECK(p.eval("return 1e300") == ":-9223372036854775808\r\n");
  CHECK(p.eval("return 0/0") == ":-9223372036854775808\r\n");
  CHECK(p.eval("return {1, 2, nil, 3}") == "*2\r\n:1\r\n:2\r\n");
  CHECK(p.eval("return {1, 'x', {3, {4}}, false, true, 3.5}")
        == "*6\r\n:1\r\n$1\r\nx\r\n*2\r\n:3\r\n*1\r\n:4\r\n$-1\r\n:1\r\n:3\r\n");
  CHECK(p.eval("return {a = 1}") == "*0\r\n");
  CHECK(p.eval("return {ok = 'fine\\n'}") == "+fine \r\n");
  CHECK(p.eval("return {err = 'My\\r\\nerror'}") == "-My  error\r\n");
  CHECK(p.eval("return {ok = 1}") == "*0\r\n");
  CHECK(p.eval("return {err = 'x', ok = 'y'}") == "-x\r\n");
  CHECK(p.eval("return {'x', {err = 'e'}}") == "*2\r\n$1\r\nx\r\n-e\r\n");
  CHECK(p.eval("return {double = 1.5}") == "$3\r\n1.5\r\n");
  CHECK(p.eval("return {map = {a = 1}}") == "*2\r\n$1\r\na\r\n:1\r\n");
  CHECK(p.eval("return {set = {a = true}}") == "*1\r\n$1\r\na\r\n");
  CHECK(p.eval("return {big_number = '12\\r\\n'}") == "$4\r\n12  \r\n");
  CHECK(p.eval("return {verbatim_string = {format = 'txt', string = 'abc'}}") == "$3\r\nabc\r\n");
  CHECK(p.eval("return redis.call") == "$-1\r\n");
  CHECK(p.eval("return 1, 2, 3") == ":1\r\n");
}

TEST_CASE("Results become replies of RESP3", "[conversion]") {
  playground p;
  const auto eval = [&p](const char* source) { return p.eval(source, {}, {}, 3); };
  CHECK(eval("return false") == "_\r\n");
  CHECK(eval("return true") == ":1\r\n");
  CHECK(eval("redis.setresp(3) return {false, true}") == "*2\r\n#f\r\n#t\r\n");
  CHECK(eval("return {double = 1.5}") == ",1.5\r\n");
  CHECK(eval("return {map = {a = {1, {map = {}}}}}") == "%1\r\n$1\r\na\r\n*2\r\n:1\r\n%0\r\n");
  CHECK(eval("return {map = {[{1}] = {2}}}") == "%1\r\n*1\r\n:1\r\n*1\r\n:2\r\n");
  CHECK(eval("return {set = {a = true}}") == "~1\r\n$1\r\na\r\n");
  CHECK(eval("return {big_number = '123'}") == "(123\r\n");
  CHECK(eval("return {verbatim_string = {format = 'tx', string = 'abc'}}") == "=7\r\ntx :abc\r\n");
  CHECK(eval("return {verbatim_string = {format = 'txt'}}") == "*0\r\n");
  CHECK(eval("return {map = 5}") == "*0\r\n");
  CHECK(p.eval("redis.setresp(3) return false") == ":0\r\n");
}

TEST_CASE("Metatables have no part in a result", "[conversion]") {
  playground p;
  CHECK(p.eval("return setmetatable({}, {__index = function() return 'zz' end})") == "*0\r\n");
}

TEST_CASE("A result that contains itself ends at the limit", "[conversion]") {
  playground p;
  const auto reply = p.eval("local t = {} t[1] = t return t");
  const std::string end = "-ERR reached lua stack limit\r\n";
  CHECK(reply.size() > 10'000);
  CHECK(reply.substr(reply.size() - end.size()) == end);
  CHECK(p.eval("return 1") == ":1\r\n");
}

TEST_CASE("Replies of commands become values", "[conversion]") {
  playground p;
  const auto seen = [&p](const std::string& reply, const std::string& test, int version = 2) {
    return p.eval("redis.setresp(" + std::to_string(version)
                    + ") local r = redis.pcall('raw', ARGV[1]) return " + test,
                  {}, {reply});
  };
  CHECK(seen("+PONG\r\n", "r.ok") == "$4\r\nPONG\r\n");
  CHECK(seen("-ERR no\r\n", "r.err") == "$6\r\nERR no\r\n");
  CHECK(seen("-ERR no\r\n", "r.ignore_error_stats_update") == ":1\r\n");
  CHECK(seen(":-12\r\n", "r + 1") == ":-11\r\n");
  CHECK(seen(":9223372036854775807\r\n", "tostring(r)") == "$19\r\n9.2233720368548e+18\r\n");
  CHECK(seen(":-9223372036854775808\r\n", "tostring(r)") == "$20\r\n-9.2233720368548e+18\r\n");
  CHECK(seen("$3\r\na\r\n\r\n", "#r") == ":3\r\n");
  CHECK(seen("$-1\r\n", "tostring(r)") == "$5\r\nfalse\r\n");
  CHECK(seen("*-1\r\n", "tostring(r)") == "$5\r\nfalse\r\n");
  CHECK(seen("*2\r\n*1\r\n:1\r\n$-1\r\n", "{r[1][1], tostring(r[2]), #r}")
        == "*3\r\n:1\r\n$5\r\nfalse\r\n:2\r\n");
  CHECK(seen("_\r\n", "tostring(r)", 3) == "$3\r\nnil\r\n");
  CHECK(seen("#t\r\n", "tostring(r)", 3) == "$4\r\ntrue\r\n");
  CHECK(seen(",1.5\r\n", "tostring(r.double)", 3) == "$3\r\n1.5\r\n");
  CHECK(seen(",-inf\r\n", "tostring(r.double)", 3) == "$4\r\n-inf\r\n");
  CHECK(seen("(123\r\n", "r.big_number", 3) == "$3\r\n123\r\n");
  CHECK(seen("%1\r\n$1\r\na\r\n:1\r\n", "r.map.a", 3) == ":1\r\n");
  CHECK(seen("~1\r\n$1\r\na\r\n", "tostring(r.set.a)", 3) == "$4\r\ntrue\r\n");
  CHECK(seen("=7\r\ntxt:abc\r\n", "{r.verbatim_string.format, r.verbatim_string.string}", 3)
        == "*2\r\n$3\r\ntxt\r\n$3\r\nabc\r\n");
  CHECK(seen("*2\r\n_\r\n:2\r\n", "{type(r[1]), r[2]}", 3) == "*2\r\n$3\r\nnil\r\n:2\r\n");
}

TEST_CASE("Arguments of redis.call are strings and numbers", "[conversion]") {
  playground p;
  p.eval("redis.pcall('x', 3, 3.5, 1e15, 1700000000000, -0.0, 0.1, 'a\\0b')");
  CHECK(p.server.last_words
        == std::vector<std::string>{"x", "3", "3.5", "1000000000000000", "1700000000000", "-0",
                                    "0.1", std::string{"a\0b", 3}});
  const std::string fault = "-ERR Lua redis lib command arguments must be strings or integers\r\n";
  for (const char* wrong : {"{}", "nil", "true", "redis.call"})
    CHECK(p.eval(std::string{"return redis.pcall('x', "} + wrong + ", 1)") == fault);
  CHECK(p.eval("return redis.pcall()")
        == "-ERR Please specify at least one argument for this redis lib call\r\n");
}

TEST_CASE("Thousands of arguments reach the command", "[conversion]") {
  playground p;
  p.eval("local t = {} for i = 1, 7000 do t[i] = i end return redis.pcall('x', unpack(t))");
  CHECK(p.server.last_words.size() == 7001);
  CHECK(p.server.last_words.back() == "7000");
}
