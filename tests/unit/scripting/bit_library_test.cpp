#include "scripting/libraries.hpp"
#include "tests/unit/scripting/lua_snippets.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis::scripting;
using namespace thespis::scripting::tests;

TEST_CASE("bit has the functions that Redis shows", "[bit]") {
  lua_snippets lua{"bit", open_bit};
  CHECK(lua.run("local names = {} for name in pairs(bit) do names[#names + 1] = name end "
                "table.sort(names) return table.concat(names, ' ')")
        == "arshift band bnot bor bswap bxor lshift rol ror rshift tobit tohex");
  CHECK(lua.run("return bit.band(0xff, 0x3c), bit.bor(1, 2, 4), bit.bxor(1, '0x10', 1e10, -1.5)")
        == "60 7 -1410065425");
  CHECK(lua.run("return bit.lshift(1, 31), bit.rshift(-1, 28), bit.arshift(-16, 2), bit.bswap(1)")
        == "-2147483648 15 -4 16777216");
}

TEST_CASE("tohex has eight digits at most", "[bit]") {
  lua_snippets lua{"bit", open_bit};
  CHECK(lua.run("return bit.tohex(1), bit.tohex(-1), bit.tohex(0xabcdef, 4), bit.tohex(0xab, -4)")
        == "00000001 ffffffff cdef 00AB");
  CHECK(lua.run("return bit.tohex(0xab, 9), bit.tohex(0xab, 1e9), bit.tohex(0xab, -9)")
        == "000000ab 000000ab 000000AB");
  CHECK(lua.run("return bit.tohex(0xab, -2^31), bit.tohex(0xab, 2^31 - 1)") == "000000AB 000000ab");
  CHECK(lua.run("return bit.tohex(1, 0)").empty());
  CHECK(lua.run("return bit.tohex(2^40 + 2.5), bit.tohex(0 / 0)") == "00000002 00000000");
  const std::string at = "error: script:1: ";
  CHECK(lua.run("local text = bit.tohex()")
        == at + "bad argument #1 to 'tohex' (number expected, got no value)");
  CHECK(lua.run("local text = bit.tohex(1, nil)")
        == at + "bad argument #2 to 'tohex' (number expected, got nil)");
}
