#include "scripting/libraries.hpp"
#include "tests/unit/scripting/lua_snippets.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace thespis::scripting;
using namespace thespis::scripting::tests;

namespace {

/// The bytes of the expression in hexadecimal.
std::string packed(lua_snippets& snippets, const std::string& expression) {
  return snippets.run("return (cmsgpack.pack(" + expression
                      + "):gsub('.', function(byte) return "
                        "('%02x'):format(byte:byte()) end))");
}

std::string unpacked(lua_snippets& snippets, const std::string& bytes) {
  return snippets.run("return cmsgpack.unpack((...))", bytes);
}

/// The error of a call, with its position.
std::string error_of(lua_snippets& snippets, const std::string& call) {
  return snippets.run("local result = " + call);
}

} // namespace

TEST_CASE("cmsgpack has four functions and two texts about itself", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  CHECK(lua.run("local names = {} for name, each in pairs(cmsgpack) do names[#names + 1] = "
                "name .. ':' .. type(each) end table.sort(names) return table.concat(names, ' ')")
        == "_DESCRIPTION:string _NAME:string _VERSION:string pack:function unpack:function "
           "unpack_limit:function unpack_one:function");
  CHECK(lua.run("return cmsgpack._NAME, cmsgpack._VERSION") == "cmsgpack lua-cmsgpack 0.4.0");
}

TEST_CASE("an integer is packed in the fewest bytes", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  CHECK(packed(lua, "0") == "00");
  CHECK(packed(lua, "127") == "7f");
  CHECK(packed(lua, "128") == "cc80");
  CHECK(packed(lua, "255") == "ccff");
  CHECK(packed(lua, "256") == "cd0100");
  CHECK(packed(lua, "65535") == "cdffff");
  CHECK(packed(lua, "65536") == "ce00010000");
  CHECK(packed(lua, "2^32 - 1") == "ceffffffff");
  CHECK(packed(lua, "2^32") == "cf0000000100000000");
  CHECK(packed(lua, "2^62") == "cf4000000000000000");
  CHECK(packed(lua, "2^63 - 1024") == "cf7ffffffffffffc00");
  CHECK(packed(lua, "-1") == "ff");
  CHECK(packed(lua, "-32") == "e0");
  CHECK(packed(lua, "-33") == "d0df");
  CHECK(packed(lua, "-128") == "d080");
  CHECK(packed(lua, "-129") == "d1ff7f");
  CHECK(packed(lua, "-32768") == "d18000");
  CHECK(packed(lua, "-32769") == "d2ffff7fff");
  CHECK(packed(lua, "-2^31") == "d280000000");
  CHECK(packed(lua, "-2^31 - 1") == "d3ffffffff7fffffff");
  CHECK(packed(lua, "-2^63") == "d38000000000000000");
}

TEST_CASE("a number that is no integer of 64 bits is packed as a float or a double", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  CHECK(packed(lua, "-1 / math.huge") == "00");
  CHECK(packed(lua, "0.5") == "ca3f000000");
  CHECK(packed(lua, "0.1") == "cb3fb999999999999a");
  CHECK(packed(lua, "2^63") == "ca5f000000");
  CHECK(packed(lua, "-2^63 - 2048") == "cbc3e0000000000001");
  CHECK(packed(lua, "2^64") == "ca5f800000");
  CHECK(packed(lua, "1e300") == "cb7e37e43c8800759c");
  CHECK(packed(lua, "4e38") == "cb47f2ced32a16a1b1");
  CHECK(packed(lua, "math.huge, -math.huge") == "ca7f800000caff800000");
  CHECK(lua.run("return cmsgpack.unpack(cmsgpack.pack(0 / 0))") == "nan");
}

TEST_CASE("strings and tables say their length in the fewest bytes", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  CHECK(packed(lua, "''") == "a0");
  CHECK(packed(lua, "('x'):rep(31)").substr(0, 4) == "bf78");
  CHECK(packed(lua, "('x'):rep(32)").substr(0, 6) == "d92078");
  CHECK(packed(lua, "('x'):rep(255)").substr(0, 6) == "d9ff78");
  CHECK(packed(lua, "('x'):rep(256)").substr(0, 8) == "da010078");
  CHECK(packed(lua, "('x'):rep(65535)").substr(0, 8) == "daffff78");
  CHECK(packed(lua, "('x'):rep(65536)").substr(0, 12) == "db0001000078");
  const auto array = [&](const std::string& size) {
    return lua.run("local t = {} for i = 1, " + size
                   + " do t[i] = 1 end return "
                     "(cmsgpack.pack(t):sub(1, 5):gsub('.', function(b) return "
                     "('%02x'):format(b:byte()) end))");
  };
  CHECK(array("0") == "90");
  CHECK(array("15") == "9f01010101");
  CHECK(array("16") == "dc00100101");
  CHECK(array("65535") == "dcffff0101");
  CHECK(array("65536") == "dd00010000");
  const auto map = [&](const std::string& size) {
    return lua.run("local t = {} for i = 1, " + size
                   + " do t['k' .. i] = 1 end return "
                     "(cmsgpack.pack(t):sub(1, 5):gsub('.', function(b) return "
                     "('%02x'):format(b:byte()) end))");
  };
  CHECK(map("15").substr(0, 2) == "8f");
  CHECK(map("16").substr(0, 6) == "de0010");
  CHECK(map("65535").substr(0, 6) == "deffff");
  CHECK(map("65536") == "df00010000");
}

TEST_CASE("a table is an array if its keys are 1..n", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  CHECK(packed(lua, "{}") == "90");
  CHECK(packed(lua, "{[1] = 1, [2] = 2}") == "920102");
  CHECK(packed(lua, "{[2] = 2}") == "810202");
  CHECK(packed(lua, "{[0] = 1}") == "810001");
  CHECK(packed(lua, "{[1.5] = 1}") == "81ca3fc0000001");
  CHECK(packed(lua, "{['1'] = 1}") == "81a13101");
  CHECK(packed(lua, "{[4294967297] = 1}") == "81cf000000010000000101");
  CHECK(packed(lua, "{1, nil, 3}").substr(0, 2) == "82");
  CHECK(packed(lua, "{1, a = 2}").substr(0, 2) == "82");
  CHECK(packed(lua, "setmetatable({}, {__index = function() return 1 end})") == "90");
}

TEST_CASE("what has no type in MessagePack is packed as nil", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  CHECK(packed(lua, "nil, true, false") == "c0c3c2");
  CHECK(packed(lua, "print, coroutine.create(print), io.stdout") == "c0c0c0");
  CHECK(packed(lua, "{[print] = 1}") == "81c001");
}

TEST_CASE("tables deeper than 16 are packed as nil", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  const auto nested = [&](const std::string& depth) {
    return lua.run("local t = 1 for _ = 1, " + depth
                   + " do t = {t} end return "
                     "cmsgpack.pack(t)");
  };
  CHECK(nested("16") == std::string(16, '\x91') + "\x01");
  CHECK(nested("17") == std::string(16, '\x91') + "\xc0");
  CHECK(lua.run("local t = {} t.t = t return #cmsgpack.pack(t)") == "49");
}

TEST_CASE("unpack replies all values", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  CHECK(unpacked(lua, "").empty());
  CHECK(unpacked(lua, "\x01\x02\xff") == "1 2 -1");
  CHECK(unpacked(lua, "\xc0\xc2\xc3") == "nil false true");
  CHECK(unpacked(lua, "\xcc\xff\xcd\xff\xff\xce\xff\xff\xff\xff") == "255 65535 4294967295");
  CHECK(unpacked(lua, "\xd0\x80\xd1\x80" + std::string{"\0\xd2\x80\0\0\0", 6})
        == "-128 -32768 -2147483648");
  CHECK(unpacked(lua, "\xd3" + std::string(8, '\xff')) == "-1");
  CHECK(unpacked(lua, std::string{"\xca\x3f\xc0\0\0", 5}) == "1.5");
  CHECK(unpacked(lua, "\xcb\x3f\xb9\x99\x99\x99\x99\x99\x9a") == "0.10000000000000001");
  CHECK(unpacked(lua, "\xa2xy\xd9\x01z") == "xy z");
  CHECK(unpacked(lua, std::string{"\xda\0\x01x\xdb\0\0\0\x01y", 10}) == "x y");
  CHECK(unpacked(lua, "\x92\x01\x91\x02\x82\x01\x02\xa1k\x80") == "{1=1,2={1=2}} {1=2,k={}}");
  CHECK(unpacked(lua, std::string{"\xdc\0\x01\x07\xdd\0\0\0\x01\x08", 10}) == "{1=7} {1=8}");
  CHECK(unpacked(lua, std::string{"\xde\0\x01\x07\x08\xdf\0\0\0\x01\x08\x09", 12})
        == "{7=8} {8=9}");
  CHECK(lua.run("return cmsgpack.unpack(123)") == "49 50 51");
  CHECK(lua.run("return cmsgpack.unpack('\\1', 2, 3)") == "1");
}

TEST_CASE("unsigned integers of 2^63 and more become negative", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  CHECK(unpacked(lua, "\xcf" + std::string(8, '\xff')) == "-1");
  CHECK(unpacked(lua, "\xcf\x80" + std::string(7, '\0')) == "-9.2233720368547758e+18");
}

TEST_CASE("a NaN with any payload is a number", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  for (int high = 0; high < 256; ++high)
    for (const char* head : {"\xcb\x7f", "\xcb\xff"})
      CHECK(lua.run("local value = cmsgpack.unpack((...)) return type(value), value",
                    std::string{head} + static_cast<char>(0xf0 | high) + static_cast<char>(high)
                      + std::string(5, '\x5a'))
            == "number nan");
}

TEST_CASE("unpack_one and unpack_limit reply where to go on", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  CHECK(lua.run("return cmsgpack.unpack_one('\\1\\2\\3')") == "1 1");
  CHECK(lua.run("return cmsgpack.unpack_one('\\1\\2\\3', 2)") == "-1 3");
  CHECK(lua.run("return cmsgpack.unpack_one('\\1\\2\\3', 3)") == "-1");
  CHECK(lua.run("return cmsgpack.unpack_one('')") == "-1");
  CHECK(lua.run("return cmsgpack.unpack_one('\\1\\2\\3', nil, 5)") == "1 1");
  CHECK(lua.run("return cmsgpack.unpack_limit('\\1\\2\\3', 2)") == "2 1 2");
  CHECK(lua.run("return cmsgpack.unpack_limit('\\1\\2\\3', 2, 1)") == "-1 2 3");
  CHECK(lua.run("return cmsgpack.unpack_limit('\\1\\2\\3', 0, 1)") == "1");
  CHECK(lua.run("return cmsgpack.unpack_limit('\\1\\2\\3', 0)") == "1 2 3");
  CHECK(lua.run("return cmsgpack.unpack_limit('\\1\\2\\3', 1.9, '1')") == "2 2");
  CHECK(lua.run("return cmsgpack.unpack_limit('\\1\\2\\3', 2^32 + 1)") == "-1 1 2 3");
}

TEST_CASE("errors of cmsgpack are those of Redis", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  const std::string at = "error: script:1: ";
  CHECK(error_of(lua, "cmsgpack.pack()")
        == at + "bad argument #0 to 'pack' (MessagePack pack needs input.)");
  CHECK(error_of(lua, "cmsgpack.unpack()")
        == at + "bad argument #1 to 'unpack' (string expected, got no value)");
  CHECK(error_of(lua, "cmsgpack.unpack({})")
        == at + "bad argument #1 to 'unpack' (string expected, got table)");
  CHECK(error_of(lua, "cmsgpack.unpack_limit('x')")
        == at + "bad argument #2 to 'unpack_limit' (number expected, got no value)");
  CHECK(error_of(lua, "cmsgpack.unpack_limit({}, 1, 'x')")
        == at + "bad argument #3 to 'unpack_limit' (number expected, got string)");
  CHECK(error_of(lua, "cmsgpack.unpack_one('\\1\\2\\3', -1)")
        == at + "Invalid request to unpack with offset of -1 and limit of 3.");
  CHECK(error_of(lua, "cmsgpack.unpack_limit('\\1\\2\\3', -2, 4)")
        == at + "Invalid request to unpack with offset of 4 and limit of 3.");
  CHECK(error_of(lua, "cmsgpack.unpack_limit('\\1\\2\\3', 1e300)")
        == at + "Invalid request to unpack with offset of 0 and limit of 3.");
  CHECK(error_of(lua, "cmsgpack.unpack_limit('\\1\\2\\3', 2, 4)")
        == at + "Start offset 4 greater than input length 3.");
  CHECK(error_of(lua, "cmsgpack.unpack_one('\\1\\2\\3', 2^32)")
        == at + "Start offset 0 greater than input length 3.");
  for (const char* bad : {"\\193", "\\196", "\\201", "\\212", "\\216", "\\1\\2\\193"})
    CHECK(error_of(lua, "cmsgpack.unpack('" + std::string{bad} + "')")
          == at + "Bad data format in input.");
  CHECK(error_of(lua, "cmsgpack.unpack('\\129\\192\\1')") == "error: table index is nil");
  CHECK(error_of(lua, "cmsgpack.unpack('\\129\\202\\127\\192\\0\\0\\1')")
        == "error: table index is NaN");
}

TEST_CASE("every truncation of an input is an error", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  const std::string at = "error: script:1: ";
  const auto whole = lua.run("local t = {1, -1, 300, 70000, 2^40, -300, -70000, -2^40, 0.5, 0.1, "
                             "'abc', ('x'):rep(40), ('y'):rep(300), {a = {true}}, {}} t[20] = 1 "
                             "return cmsgpack.pack(t)");
  REQUIRE(whole.size() > 300);
  CHECK(unpacked(lua, whole).front() == '{');
  for (std::size_t size = 1; size < whole.size(); ++size)
    CHECK(lua.run("local result = cmsgpack.unpack((...))", whole.substr(0, size))
          == at + "Missing bytes in input.");
}

TEST_CASE("a length that is a lie takes no memory", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  const std::string at = "error: script:1: ";
  for (const char* head : {"\xdd", "\xdf", "\xdb"}) {
    lua.fail_after(2000);
    CHECK(lua.run("local result = cmsgpack.unpack((...))",
                  std::string{head} + "\xff\xff\xff\xff" + std::string(100, '\x01'))
          == at + "Missing bytes in input.");
    lua.never_fail();
  }
}

TEST_CASE("nesting ends where the Lua stack does", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  const auto nested = [&](const std::string& head, std::size_t depth) {
    std::string bytes;
    while (depth-- > 0)
      bytes += head;
    return lua.run("local result = cmsgpack.unpack((...)) return type(result)", bytes + "\x01");
  };
  CHECK(nested("\x91", 3000) == "table");
  CHECK(nested("\x91", 100'000)
        == "error: script:1: stack overflow (in function mp_decode_to_lua_array)");
  CHECK(nested("\x81\x01", 3000) == "table");
  CHECK(nested("\x81\x01", 100'000)
        == "error: script:1: stack overflow (too many return values at once; use unpack_one or "
           "unpack_limit instead.)");
}

TEST_CASE("more values than the Lua stack holds are refused", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  CHECK(lua.run("return select('#', cmsgpack.unpack(('\\1'):rep(7000)))") == "7000");
  CHECK(error_of(lua, "cmsgpack.unpack(('\\1'):rep(9000))")
        == "error: script:1: stack overflow (too many return values at once; use unpack_one or "
           "unpack_limit instead.)");
  CHECK(lua.run("local t = {} for i = 1, 3900 do t[i] = 1 end return #cmsgpack.pack(unpack(t))")
        == "3900");
  CHECK(lua.run("local t = {} for i = 1, 5000 do t[i] = 1 end "
                "local result = cmsgpack.pack(unpack(t))")
        == "error: script:1: bad argument #0 to 'pack' (Too many arguments for MessagePack pack.)");
}

TEST_CASE("what is packed is unpacked as it was", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  for (int i = 0; i < 200; ++i) {
    const auto seed = Catch::rngSeed() + std::random_device{}();
    CAPTURE(seed);
    CHECK(lua.run(random_value_source + R"(
local a, b = random_value(), random_value()
local c, d = cmsgpack.unpack(cmsgpack.pack(a, b))
return same(a, c) and same(b, d))",
                  std::to_string(seed))
          == "true");
  }
}

TEST_CASE("a failed allocation at any place is an error of the script", "[cmsgpack]") {
  lua_snippets lua{"cmsgpack", open_cmsgpack};
  CHECK(run_without_memory(lua, R"(
local t = {a = ('x'):rep(3000), {1, 2, 3, {('y'):rep(600)}}, n = {}}
local back = cmsgpack.unpack(cmsgpack.pack(t))
local place, value = cmsgpack.unpack_one(cmsgpack.pack(('z'):rep(2000), 7))
return #back.a, back[1][4][1], place, #value)")
        > 5);
}
