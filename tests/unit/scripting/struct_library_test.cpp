#include "scripting/libraries.hpp"
#include "tests/unit/scripting/lua_snippets.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace thespis::scripting;
using namespace thespis::scripting::tests;

namespace {

/// The bytes of struct.pack(arguments) in hexadecimal, or the error.
std::string packed(lua_snippets& snippets, const std::string& arguments) {
  return snippets.run("return (tostring(struct.pack(" + arguments
                      + ")):gsub('.', function(byte) return ('%02x'):format(byte:byte()) end))");
}

std::string unpacked(lua_snippets& snippets, const std::string& format, const std::string& bytes) {
  return snippets.run("return struct.unpack('" + format + "', (...))", bytes);
}

std::string error_of(lua_snippets& snippets, const std::string& call) {
  return snippets.run("local result = " + call);
}

std::string size_of(lua_snippets& snippets, const std::string& format) {
  return snippets.run("local size = struct.size('" + format + "') return size");
}

const std::string at = "error: script:1: ";

} // namespace

TEST_CASE("struct has three functions", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  CHECK(lua.run("local names = {} for name, each in pairs(struct) do names[#names + 1] = "
                "name .. ':' .. type(each) end table.sort(names) return table.concat(names, ' ')")
        == "pack:function size:function unpack:function");
}

TEST_CASE("integers have the sizes of C and of their number", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  CHECK(packed(lua, "'<bBhHiIlLT', 1, 2, 3, 4, 5, 6, 7, 8, 9")
        == "0102030004000500000006000000070000000000000008000000000000000900000000000000");
  CHECK(packed(lua, "'>hil', 1, 2, 3") == "0001000000020000000000000003");
  CHECK(packed(lua, "'<i1i2i3i5i8', 1, 2, 3, 4, -5")
        == "01020003000004000000"
           "00"
           "fbffffffffffffff"
             + std::string{});
  CHECK(packed(lua, "'i0', 5").empty());
  CHECK(packed(lua, "'>i9<i10', 5, 6") == "00000000000000000506000000000000000000");
  CHECK(packed(lua, "'bBhH', 255, 256, 65536, -1") == "ff000000ffff");
  CHECK(packed(lua, "'b', '12'") == "0c");
}

TEST_CASE("numbers beyond 64 bits and NaN are packed as Redis does on x86-64", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  CHECK(packed(lua, "'>LL', 2^63, 2^64 - 2048") == "8000000000000000fffffffffffff800");
  CHECK(packed(lua, "'>LLL', 2^64, 1e300, math.huge") == std::string(48, '0'));
  CHECK(packed(lua, "'>L', -2^63") == "8000000000000000");
  CHECK(packed(lua, "'>LL', -1e300, -math.huge") == "80000000000000008000000000000000");
  CHECK(packed(lua, "'>L', 0 / 0") == "8000000000000000");
  CHECK(packed(lua, "'>LLL', 1.9, -1.9, -0.5")
        == "0000000000000001ffffffffffffffff"
           "0000000000000000");
  CHECK(packed(lua, "'>f', 1e300") == "7f800000");
  CHECK(packed(lua, "'>f', -3.5e38") == "ff800000");
}

TEST_CASE("floats, doubles, padding and strings", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  CHECK(packed(lua, "'<fd>fd', 1.5, 0.1, 1.5, 0.1")
        == "0000c03f9a9999999999b93f3fc000003fb999999999999a");
  CHECK(packed(lua, "'x x'") == "0000");
  CHECK(packed(lua, "''").empty());
  CHECK(packed(lua, "'s', 'ab'") == "616200");
  CHECK(packed(lua, "'s', 'a\\0b'") == "61006200");
  CHECK(packed(lua, "'c', 'abc'") == "61");
  CHECK(packed(lua, "'c2', 'abc'") == "6162");
  CHECK(packed(lua, "'c0', 'abc'") == "616263");
  CHECK(packed(lua, "'ss', 1, 2.5") == "3100322e3500");
  CHECK(packed(lua, "'\\0i', 1").empty());
}

TEST_CASE("numbers are aligned to their size and the alignment", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  CHECK(packed(lua, "'<!4bibdb', 1, 2, 3, 4, 5") == "010000000200000003000000000000000000104005");
  CHECK(packed(lua, "'<!bibdb', 1, 2, 3, 4, 5")
        == "01000000020000000300000000000000000000000000104005");
  CHECK(packed(lua, "'<!8bi3', 1, 2") == "010000020000");
  CHECK(size_of(lua, "bi") == "5");
  CHECK(size_of(lua, "!bi") == "8");
  CHECK(size_of(lua, "!8bi5") == "10");
  CHECK(size_of(lua, "!8bi12") == "20");
  CHECK(size_of(lua, "!32bi12") == "24");
  CHECK(size_of(lua, "!32bi32") == "64");
  CHECK(size_of(lua, "!1073741824bi") == "8");
  CHECK(size_of(lua, "bBhHlLTfdxi0") == "43");
  CHECK(size_of(lua, "c2147483647c2147483647c2147483647") == "6442450941");
  CHECK(size_of(lua, "A1q") == "0");
}

TEST_CASE("unpack replies the values and the position behind them", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  CHECK(unpacked(lua, "", "") == "1");
  CHECK(unpacked(lua, "<bBhH", "\xff\xff\xff\xff\xff\xff") == "-1 255 -1 65535 7");
  CHECK(unpacked(lua, "lLi8I8", std::string(32, '\xff'))
        == "-1 1.8446744073709552e+19 -1 1.8446744073709552e+19 33");
  CHECK(unpacked(lua, ">i3<i3>I3", "\x81\x01\x02\x03\x02\x81\x81\x01\x02")
        == "-8322814 -8322557 8454402 10");
  CHECK(unpacked(lua, "i0I0", "") == "0 0 1");
  CHECK(unpacked(lua, "<i16", std::string(8, '\xff') + std::string(8, '\0')) == "-1 17");
  CHECK(unpacked(lua, "<i9", "\xe8\x03" + std::string(7, '\0')) == "1000 10");
  CHECK(unpacked(lua, "<f", std::string{"\0\0\xc0\x3f", 4}) == "1.5 5");
  CHECK(unpacked(lua, ">d", "\x3f\xb9\x99\x99\x99\x99\x99\x9a") == "0.10000000000000001 9");
  CHECK(unpacked(lua, "xsx", std::string{"?ab\0!", 5}) == "ab 6");
  CHECK(unpacked(lua, "cc2", "abc") == "a bc 4");
  CHECK(unpacked(lua, "!4 b i", std::string{"\1\0\0\0\2\0\0\0", 8}) == "1 2 9");
  CHECK(lua.run("return struct.unpack('b', 'abc', 3)") == "99 4");
  CHECK(lua.run("return struct.unpack('b', 'abc', '2')") == "98 3");
  CHECK(lua.run("return struct.unpack('', 'abc', 2^62)") == "4.6116860184273879e+18");
  CHECK(lua.run("return struct.unpack('', 'abc', -1)") == "-1");
}

TEST_CASE("c0 takes its length from the value before it", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  CHECK(unpacked(lua, "bc0",
                 "\x02"
                 "abc")
        == "ab 4");
  CHECK(unpacked(lua, "c1c0", "3abc") == "abc 5");
  CHECK(lua.run("return struct.unpack('dc0', struct.pack('d', 2.7) .. 'abc')") == "ab 11");
  CHECK(lua.run("return struct.unpack('dc0', struct.pack('d', -0.5) .. 'abc')") == " 9");
  CHECK(lua.run("return struct.unpack('dc0', struct.pack('d', 2^64) .. 'abc')") == " 9");
  const auto too_short = at + "bad argument #2 to 'unpack' (data string too short)";
  CHECK(error_of(lua, "struct.unpack('bc0', '\\5abc')") == too_short);
  CHECK(error_of(lua, "struct.unpack('bc0', '\\255abc')") == too_short);
  CHECK(error_of(lua, "struct.unpack('dc0', struct.pack('d', 0 / 0))") == too_short);
  CHECK(error_of(lua, "struct.unpack('lc0', struct.pack('l', -2^63))") == too_short);
  const auto no_size = at + "format 'c0' needs a previous size";
  CHECK(error_of(lua, "struct.unpack('c0', 'abc')") == no_size);
  CHECK(error_of(lua, "struct.unpack('bc0c0', '\\0abc')") == no_size);
  CHECK(error_of(lua, "struct.unpack('c1c0', 'xabc')") == no_size);
}

TEST_CASE("errors of struct are those of Redis", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  CHECK(error_of(lua, "struct.pack({})")
        == at + "bad argument #1 to 'pack' (string expected, got table)");
  CHECK(error_of(lua, "struct.pack('i')")
        == at + "bad argument #2 to 'pack' (number expected, got nil)");
  CHECK(error_of(lua, "struct.pack('c600b', ('x'):rep(600))")
        == at + "bad argument #3 to 'pack' (number expected, got nil)");
  CHECK(error_of(lua, "struct.pack('bs', 1)")
        == at + "bad argument #3 to 'pack' (string expected, got nil)");
  CHECK(error_of(lua, "struct.pack('c5', 'abc')")
        == at + "bad argument #3 to 'pack' (string too short)");
  CHECK(error_of(lua, "struct.pack('q', 1)")
        == at + "bad argument #1 to 'pack' (invalid format option 'q')");
  CHECK(error_of(lua, "struct.unpack('')")
        == at + "bad argument #2 to 'unpack' (string expected, got no value)");
  CHECK(error_of(lua, "struct.unpack('q', '')")
        == at + "bad argument #1 to 'unpack' (invalid format option 'q')");
  CHECK(error_of(lua, "struct.unpack('b', 'abc', 0)")
        == at + "bad argument #3 to 'unpack' (offset must be 1 or greater)");
  CHECK(error_of(lua, "struct.unpack('b', 'abc', 'x')")
        == at + "bad argument #3 to 'unpack' (number expected, got string)");
  CHECK(error_of(lua, "struct.unpack('s', 'abc')") == at + "unfinished string in data");
  CHECK(error_of(lua, "struct.size()")
        == at + "bad argument #1 to 'size' (string expected, got no value)");
  CHECK(error_of(lua, "struct.size('s')")
        == at + "bad argument #1 to 'size' (option 's' has no fixed size)");
  CHECK(error_of(lua, "struct.size('c0')")
        == at + "bad argument #1 to 'size' (option 'c0' has no fixed size)");
  CHECK(error_of(lua, "struct.size('%')")
        == at + "bad argument #1 to 'size' (invalid format option '%')");
  CHECK(error_of(lua, "struct.size('!3')") == at + "alignment 3 is not a power of 2");
  CHECK(error_of(lua, "struct.size('!0')") == at + "alignment 0 is not a power of 2");
  CHECK(error_of(lua, "struct.size('!2147483648')") == at + "integral size overflow");
  CHECK(error_of(lua, "struct.size('i2147483647')")
        == at + "integral size 2147483647 is larger than limit of 32");
  CHECK(error_of(lua, "struct.size('i33')") == at + "integral size 33 is larger than limit of 32");
  CHECK(error_of(lua, "struct.size('c99999999999999999999')") == at + "integral size overflow");
}

TEST_CASE("no position leads out of the data", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  const auto too_short = at + "bad argument #2 to 'unpack' (data string too short)";
  for (const char* position : {"4", "5", "-1", "-3", "-8", "2^31", "2^32", "2^62", "2^63 - 1024",
                               "-2^63", "1e300", "-1e300"})
    for (const char* format :
         {"b", "x", "i", "d", "!8d", "!8 i", "s", "c1", "c2147483647", "bc0"}) {
      CAPTURE(position, format);
      const auto result = error_of(lua, "struct.unpack('" + std::string{format} + "', 'abc', "
                                          + position + ")");
      const auto is_at_end = std::string_view{position} == "4" && std::string_view{format} == "s";
      CHECK(result == (is_at_end ? at + "unfinished string in data" : too_short));
    }
  // Padding must not wrap the position around.
  CHECK(error_of(lua, "struct.unpack('!8 d', ('x'):rep(16), -3)") == too_short);
}

TEST_CASE("every truncation of the data is an error", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  const std::string format = "!bhilfdc3i7s";
  const auto whole = lua.run("return struct.pack('" + format
                             + "', 1, 2, 3, 4, 5, 6, 'abc', 7, "
                               "'text')");
  CHECK(unpacked(lua, format, whole).substr(0, 24)
        == "1 2 3 4 5 6 abc 7 text " + std::to_string(whole.size() + 1).substr(0, 1));
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(lua.run("local result = struct.unpack('" + format + "', (...))", whole.substr(0, size))
            .substr(0, at.size())
          == at);
}

TEST_CASE("more results than the Lua stack holds are refused", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  CHECK(lua.run("return select('#', struct.unpack(('b'):rep(7000), ('x'):rep(7000)))") == "7001");
  CHECK(error_of(lua, "struct.unpack(('b'):rep(9000), ('x'):rep(9000))")
        == at + "stack overflow (too many results)");
  CHECK(lua.run("return struct.unpack((' '):rep(9000), '')") == "1");
}

TEST_CASE("what struct packs it unpacks", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  CHECK(lua.run(R"(
math.randomseed(tonumber((...)))
for _ = 1, 2000 do
  local format, values = {}, {}
  for i = 1, math.random(1, 8) do
    local bytes = math.random(1, 6)
    local kinds = {{'i' .. bytes, math.random(-2 ^ (8 * bytes - 1), 2 ^ (8 * bytes - 1) - 1)},
                   {'I' .. bytes, math.random(0, 2 ^ (8 * bytes) - 1)}, {'d', math.random()},
                   {'f', math.random(-1000, 1000) / 8}, {'s', ('x'):rep(math.random(0, 9))},
                   {'c3', 'abc'}, {'b', math.random(-128, 127)}, {'H', math.random(0, 65535)}}
    local kind = kinds[math.random(#kinds)]
    local controls = {'', '<', '>', '!', '!2', ' ', 'x'}
    format[i] = controls[math.random(#controls)] .. kind[1]
    values[i] = kind[2]
  end
  format = table.concat(format)
  local bytes = struct.pack(format, unpack(values))
  local back = {struct.unpack(format, bytes)}
  for i = 1, #values do
    if back[i] ~= values[i] then
      return format .. ' ' .. i .. ' ' .. tostring(values[i]) .. ' ' .. tostring(back[i])
    end
  end
  if back[#values + 1] ~= #bytes + 1 then
    return 'position ' .. format
  end
  if not format:find('s') and struct.size(format) ~= #bytes then
    return 'size ' .. format
  end
end
return 'same')",
                std::to_string(seed))
        == "same");
}

TEST_CASE("struct without memory raises an error and loses nothing", "[struct]") {
  lua_snippets lua{"struct", open_struct};
  CHECK(run_without_memory(lua, R"(
local bytes = struct.pack('s!id', ('x'):rep(3000), 5, 0.5)
return #bytes, struct.unpack('s!id', bytes))")
        > 3);
}
