/// bit: LuaJIT's, but for tohex(), which pads to any width there and to 8 digits in Redis.

#include "scripting/libraries.hpp"

#include <lua.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace thespis::scripting {

namespace {

/// A number modulo 2^32, as the other functions of bit take it: rounded, not cut.
std::uint32_t checked_bits(lua_State* state, int argument) {
  // 2^52 + 2^51: the bits of the sum end where those of the integer do.
  const auto shifted = luaL_checknumber(state, argument) + 6755399441055744.0;
  std::uint64_t bits = 0;
  std::memcpy(&bits, &shifted, sizeof bits);
  return static_cast<std::uint32_t>(bits);
}

/// bit.tohex(number [, digits]) -> the lowest digits, 8 by default and at most, in capitals if the
/// number of digits is negative
int tohex(lua_State* state) {
  constexpr std::int64_t digits_max = 8;
  auto bits = checked_bits(state, 1);
  std::int64_t wanted = digits_max;
  if (!lua_isnone(state, 2))
    wanted = static_cast<std::int32_t>(checked_bits(state, 2));
  const auto* alphabet = wanted < 0 ? "0123456789ABCDEF" : "0123456789abcdef";
  const auto count = static_cast<std::size_t>(std::min(wanted < 0 ? -wanted : wanted, digits_max));
  char digits[digits_max];
  for (auto i = count; i > 0; --i, bits >>= 4)
    digits[i - 1] = alphabet[bits & 15];
  lua_pushlstring(state, digits, count);
  return 1;
}

} // namespace

void open_bit(lua_State* state) {
  luaL_checkstack(state, 3, "no room for bit");
  lua_pushcfunction(state, luaopen_bit);
  lua_pushstring(state, LUA_BITLIBNAME);
  lua_call(state, 1, 1);
  lua_pushcfunction(state, tohex);
  lua_setfield(state, -2, "tohex");
}

} // namespace thespis::scripting
