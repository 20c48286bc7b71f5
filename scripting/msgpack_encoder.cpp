#include "scripting/msgpack_encoder.hpp"

#include "scripting/lua_number.hpp"

#include <bit>
#include <limits>

namespace thespis::scripting {

namespace {

/// What the keys of a table say about it.
struct table_shape {
  std::size_t size = 0;
  bool is_array = true;
};

/// Looks at the keys of the table at the top of the stack.
table_shape shape_of(lua_State* state) {
  table_shape shape;
  double key_max = 0;
  lua_pushnil(state);
  while (lua_next(state, -2) != 0) {
    lua_pop(state, 1); // The value.
    ++shape.size;
    if (!shape.is_array)
      continue;
    const auto key = lua_type(state, -1) == LUA_TNUMBER ? lua_tonumber(state, -1) : 0;
    shape.is_array = key > 0 && key == static_cast<double>(to_int64(key));
    key_max = key > key_max ? key : key_max;
  }
  shape.is_array = shape.is_array && key_max == static_cast<double>(shape.size);
  return shape;
}

} // namespace

template <class Unsigned>
void msgpack_encoder::typed(std::uint8_t type, Unsigned value) {
  auto* out = output_.reserve(1 + sizeof value);
  out[0] = static_cast<char>(type);
  for (std::size_t i = sizeof value; i > 0; --i, value = static_cast<Unsigned>(value >> 7 >> 1))
    out[i] = static_cast<char>(value & 0xff);
  output_.add(1 + sizeof value);
}

void msgpack_encoder::take(int level) {
  switch (lua_type(state_, -1)) {
    case LUA_TBOOLEAN:
      output_.append(lua_toboolean(state_, -1) != 0 ? '\xc3' : '\xc2');
      break;
    case LUA_TNUMBER:
      number(lua_tonumber(state_, -1));
      break;
    case LUA_TSTRING: {
      std::size_t size = 0;
      const auto* bytes = lua_tolstring(state_, -1, &size);
      string({bytes, size});
      break;
    }
    case LUA_TTABLE:
      if (level < nesting_max) {
        table(level);
        break;
      }
      [[fallthrough]];
    default:
      output_.append('\xc0');
  }
  lua_pop(state_, 1);
}

void msgpack_encoder::number(double value) {
  const auto whole = to_int64(value);
  // 2^63 is not of this range, although it becomes equal to the largest integer as a double.
  if (static_cast<double>(whole) == value && value < 0x1p63)
    integer(whole);
  else
    floating(value);
}

void msgpack_encoder::integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (value >= -32 && value <= 127)
    output_.append(static_cast<char>(value));
  else if (value < 0) {
    if (value >= std::numeric_limits<std::int8_t>::min())
      typed(0xd0, static_cast<std::uint8_t>(bits));
    else if (value >= std::numeric_limits<std::int16_t>::min())
      typed(0xd1, static_cast<std::uint16_t>(bits));
    else if (value >= std::numeric_limits<std::int32_t>::min())
      typed(0xd2, static_cast<std::uint32_t>(bits));
    else
      typed(0xd3, bits);
  } else if (bits <= 0xff)
    typed(0xcc, static_cast<std::uint8_t>(bits));
  else if (bits <= 0xffff)
    typed(0xcd, static_cast<std::uint16_t>(bits));
  else if (bits <= 0xffffffff)
    typed(0xce, static_cast<std::uint32_t>(bits));
  else
    typed(0xcf, bits);
}

void msgpack_encoder::floating(double value) {
  const auto narrow = to_float(value);
  if (static_cast<double>(narrow) == value)
    typed(0xca, std::bit_cast<std::uint32_t>(narrow));
  else
    typed(0xcb, std::bit_cast<std::uint64_t>(value));
}

void msgpack_encoder::string(std::string_view bytes) {
  const auto size = bytes.size(); // Lua has no string of 4 GiB.
  if (size < 32)
    output_.append(static_cast<char>(0xa0 | size));
  else if (size <= 0xff)
    typed(0xd9, static_cast<std::uint8_t>(size));
  else if (size <= 0xffff)
    typed(0xda, static_cast<std::uint16_t>(size));
  else
    typed(0xdb, static_cast<std::uint32_t>(size));
  output_.append(bytes);
}

void msgpack_encoder::table(int level) {
  // A key, its value and a copy of the key.
  luaL_checkstack(state_, 3, "in function mp_encode_lua_table_as_map");
  const auto shape = shape_of(state_);
  if (shape.is_array)
    array(shape.size, level);
  else
    map(shape.size, level);
}

void msgpack_encoder::array(std::size_t size, int level) {
  if (size < 16)
    output_.append(static_cast<char>(0x90 | size));
  else if (size <= 0xffff)
    typed(0xdc, static_cast<std::uint16_t>(size));
  else
    typed(0xdd, static_cast<std::uint32_t>(size));
  for (std::size_t i = 1; i <= size; ++i) {
    lua_rawgeti(state_, -1, static_cast<int>(i));
    take(level + 1);
  }
}

void msgpack_encoder::map(std::size_t size, int level) {
  if (size < 16)
    output_.append(static_cast<char>(0x80 | size));
  else if (size <= 0xffff)
    typed(0xde, static_cast<std::uint16_t>(size));
  else
    typed(0xdf, static_cast<std::uint32_t>(size));
  lua_pushnil(state_);
  while (lua_next(state_, -2) != 0) {
    lua_pushvalue(state_, -2);
    take(level + 1); // A copy of the key, so that next() still finds its place.
    take(level + 1);
  }
}

} // namespace thespis::scripting
