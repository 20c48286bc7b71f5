#include "scripting/msgpack_decoder.hpp"

#include <algorithm>
#include <bit>

namespace thespis::scripting {

namespace {

/// Room that a table gets ahead of its elements, whatever length it claims: little enough for
/// thousands of tables that turn out to be empty.
constexpr std::size_t elements_ahead_max = 64;

int elements_ahead(std::size_t claimed, std::size_t bytes_left) {
  return static_cast<int>(std::min({claimed, bytes_left, elements_ahead_max}));
}

} // namespace

std::string_view msgpack_decoder::bytes(std::size_t count) {
  if (rest_.size() < count)
    luaL_error(state_, "Missing bytes in input.");
  const auto result = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return result;
}

template <class Unsigned>
Unsigned msgpack_decoder::number() {
  std::uint64_t value = 0;
  for (const char byte : bytes(sizeof(Unsigned)))
    value = value << 8 | static_cast<std::uint8_t>(byte);
  return static_cast<Unsigned>(value);
}

void msgpack_decoder::push_next() {
  luaL_checkstack(state_, 1,
                  "too many return values at once; use unpack_one or unpack_limit instead.");
  const auto type = number<std::uint8_t>();
  if (type <= 0x7f || type >= 0xe0)
    lua_pushnumber(state_, static_cast<std::int8_t>(type));
  else if (type <= 0x8f)
    push_map(type & 0x0fu);
  else if (type <= 0x9f)
    push_array(type & 0x0fu);
  else if (type <= 0xbf)
    push_string(type & 0x1fu);
  else
    push_typed(type);
}

void msgpack_decoder::push_typed(std::uint8_t type) {
  switch (type) {
    case 0xc0:
      return lua_pushnil(state_);
    case 0xc2:
    case 0xc3:
      return lua_pushboolean(state_, type == 0xc3);
    case 0xca:
      return lua_pushnumber(state_, std::bit_cast<float>(number<std::uint32_t>()));
    case 0xcb:
      return lua_pushnumber(state_, std::bit_cast<double>(number<std::uint64_t>()));
    case 0xcc:
      return lua_pushnumber(state_, number<std::uint8_t>());
    case 0xcd:
      return lua_pushnumber(state_, number<std::uint16_t>());
    case 0xce:
      return lua_pushnumber(state_, number<std::uint32_t>());
    case 0xd0:
      return lua_pushnumber(state_, static_cast<std::int8_t>(number<std::uint8_t>()));
    case 0xd1:
      return lua_pushnumber(state_, static_cast<std::int16_t>(number<std::uint16_t>()));
    case 0xd2:
      return lua_pushnumber(state_, static_cast<std::int32_t>(number<std::uint32_t>()));
    case 0xcf: // Signed, too: see the header.
    case 0xd3:
      return lua_pushnumber(
        state_, static_cast<double>(static_cast<std::int64_t>(number<std::uint64_t>())));
    case 0xd9:
      return push_string(number<std::uint8_t>());
    case 0xda:
      return push_string(number<std::uint16_t>());
    case 0xdb:
      return push_string(number<std::uint32_t>());
    case 0xdc:
      return push_array(number<std::uint16_t>());
    case 0xdd:
      return push_array(number<std::uint32_t>());
    case 0xde:
      return push_map(number<std::uint16_t>());
    case 0xdf:
      return push_map(number<std::uint32_t>());
    default:
      luaL_error(state_, "Bad data format in input.");
  }
}

void msgpack_decoder::push_string(std::size_t size) {
  const auto text = bytes(size);
  lua_pushlstring(state_, text.data(), text.size());
}

void msgpack_decoder::push_array(std::size_t size) {
  lua_createtable(state_, elements_ahead(size, rest_.size()), 0);
  luaL_checkstack(state_, 2, "in function mp_decode_to_lua_array");
  for (std::size_t i = 1; i <= size; ++i) {
    // Ahead of the value, so that a level takes two slots and Redis' depth is the limit.
    lua_pushnumber(state_, static_cast<double>(i));
    push_next();
    lua_rawset(state_, -3);
  }
}

void msgpack_decoder::push_map(std::size_t size) {
  lua_createtable(state_, 0, elements_ahead(size, rest_.size() / 2));
  for (std::size_t i = 0; i < size; ++i) {
    push_next();
    push_next();
    lua_rawset(state_, -3);
  }
}

} // namespace thespis::scripting
