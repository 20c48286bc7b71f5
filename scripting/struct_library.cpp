/// struct: pack, unpack and size of C structures, see struct_format.hpp.
///
/// Positions are checked before they are used, and sums before they can wrap around. Integers of
/// more than 8 bytes have zeros above, and are read as their lowest 8 bytes.

#include "scripting/libraries.hpp"
#include "scripting/lua_number.hpp"
#include "scripting/lua_output.hpp"
#include "scripting/struct_format.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <string_view>

namespace thespis::scripting {

namespace {

// --- bytes of numbers
// -----------------------------------------------------------------------------

/// `size` bytes of the number, the higher ones of the largest sizes zero.
void put_integer(lua_output& output, std::uint64_t value, std::size_t size, bool is_big_endian) {
  auto* out = output.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = i < 8 ? value >> (8 * i) & 0xff : 0;
    out[is_big_endian ? size - 1 - i : i] = static_cast<char>(byte);
  }
  output.add(size);
}

/// The lowest 8 bytes of the number.
std::uint64_t get_integer(std::string_view bytes, bool is_big_endian) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 8); ++i) {
    const auto byte = bytes[is_big_endian ? bytes.size() - 1 - i : i];
    value |= std::uint64_t{static_cast<std::uint8_t>(byte)} << (8 * i);
  }
  return value;
}

std::int64_t extend_sign(std::uint64_t value, std::size_t size) {
  if (size > 0 && size < 8 && (value >> (8 * size - 1) & 1) != 0)
    value |= ~std::uint64_t{0} << (8 * size);
  return static_cast<std::int64_t>(value);
}

bool is_integer(char letter) {
  switch (letter) {
    case 'b':
    case 'B':
    case 'h':
    case 'H':
    case 'i':
    case 'I':
    case 'l':
    case 'L':
    case 'T':
      return true;
    default:
      return false;
  }
}

bool is_signed(char letter) {
  return letter >= 'a';
}

// --- pack
// -----------------------------------------------------------------------------------------

/// What pack() is writing, and which argument is next.
struct packer {
  lua_State* state;
  lua_output& output;
  struct_format& format;
  int argument = 2;

  double next_number() {
    return luaL_checknumber(state, argument++);
  }
  void put_string(struct_option option);
  void put(struct_option option);
};

void packer::put_string(struct_option option) {
  std::size_t given = 0;
  const auto* bytes = luaL_checklstring(state, argument++, &given);
  const auto size = option.size == 0 ? given : option.size;
  if (given < size)
    luaL_argerror(state, argument, "string too short");
  output.append(std::string_view{bytes, size});
  if (option.letter == 's')
    output.append('\0');
}

void packer::put(struct_option option) {
  const auto big = format.is_big_endian();
  if (is_integer(option.letter))
    return put_integer(output, to_uint64(next_number()), option.size, big);
  switch (option.letter) {
    case 'x':
      return output.append('\0');
    case 'f':
      return put_integer(output, std::bit_cast<std::uint32_t>(to_float(next_number())), option.size,
                         big);
    case 'd':
      return put_integer(output, std::bit_cast<std::uint64_t>(next_number()), option.size, big);
    case 'c':
    case 's':
      return put_string(option);
    default:
      return format.control(option);
  }
}

/// struct.pack(format, value, ...) -> string
int pack(lua_State* state) {
  struct_format format{state, luaL_checkstring(state, 1)};
  lua_pushnil(state); // What an argument is that is missing.
  lua_output output{state};
  packer packing{state, output, format};
  while (!format.at_end()) {
    const auto option = format.next();
    output.append(format.padding(option, output.view().size()), '\0');
    packing.put(option);
  }
  output.push();
  return 1;
}

// --- unpack
// ---------------------------------------------------------------------------------------

/// What unpack() is reading, and how much it has pushed.
struct unpacker {
  lua_State* state;
  std::string_view data;
  struct_format& format;
  std::size_t position = 0;
  int results = 0;

  /// The next `size` bytes; raises if there are not so many.
  std::string_view bytes(std::size_t size);
  void skip(std::size_t size);
  void push_number(double value);
  void push_string(std::string_view text);
  void push_terminated_string();
  std::size_t size_from_result();
  void push(struct_option option);
};

void unpacker::skip(std::size_t size) {
  if (size > std::numeric_limits<std::size_t>::max() - position)
    luaL_argerror(state, 2, "data string too short");
  position += size;
}

std::string_view unpacker::bytes(std::size_t size) {
  if (size > data.size() || position > data.size() - size)
    luaL_argerror(state, 2, "data string too short");
  return data.substr(position, size);
}

void unpacker::push_number(double value) {
  lua_pushnumber(state, value);
  ++results;
}

void unpacker::push_string(std::string_view text) {
  lua_pushlstring(state, text.data(), text.size());
  ++results;
  position += text.size();
}

void unpacker::push_terminated_string() {
  const auto rest = data.substr(position);
  const auto end = rest.find('\0');
  if (end == std::string_view::npos)
    luaL_error(state, "unfinished string in data");
  push_string(rest.substr(0, end));
  ++position;
}

/// Takes back the number that has just been pushed.
std::size_t unpacker::size_from_result() {
  if (results == 0 || lua_isnumber(state, -1) == 0)
    luaL_error(state, "format 'c0' needs a previous size");
  const auto size = to_uint64(lua_tonumber(state, -1));
  lua_pop(state, 1);
  --results;
  return size;
}

void unpacker::push(struct_option option) {
  const auto big = format.is_big_endian();
  const auto field = bytes(option.size);
  if (is_integer(option.letter)) {
    const auto value = get_integer(field, big);
    push_number(is_signed(option.letter) ? static_cast<double>(extend_sign(value, option.size))
                                         : static_cast<double>(value));
    position += option.size;
    return;
  }
  switch (option.letter) {
    case 'x':
      position += option.size;
      break;
    case 'f':
      push_number(std::bit_cast<float>(static_cast<std::uint32_t>(get_integer(field, big))));
      position += option.size;
      break;
    case 'd':
      push_number(std::bit_cast<double>(get_integer(field, big)));
      position += option.size;
      break;
    case 'c':
      push_string(option.size == 0 ? bytes(size_from_result()) : field);
      break;
    case 's':
      push_terminated_string();
      break;
    default:
      format.control(option);
  }
}

/// struct.unpack(format, string [, position]) -> values, position behind them (both from 1 on)
int unpack(lua_State* state) {
  struct_format format{state, luaL_checkstring(state, 1)};
  std::size_t size = 0;
  const auto* data = luaL_checklstring(state, 2, &size);
  // As an unsigned number: the negative ones are far behind the end.
  const auto start = static_cast<std::size_t>(luaL_optinteger(state, 3, 1));
  if (start == 0)
    return luaL_argerror(state, 3, "offset must be 1 or greater");
  unpacker unpacking{state, {data, size}, format, start - 1};
  while (!format.at_end()) {
    const auto option = format.next();
    unpacking.skip(format.padding(option, unpacking.position));
    // The option's result, and the position behind all of them.
    luaL_checkstack(state, 2, "too many results");
    unpacking.push(option);
  }
  luaL_checkstack(state, 1, "too many results");
  // Signed, as the position that was given: -1 with an empty format is -1 again.
  lua_pushinteger(state, static_cast<lua_Integer>(unpacking.position + 1));
  return unpacking.results + 1;
}

// --- size
// -----------------------------------------------------------------------------------------

bool is_letter_or_digit(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z')
         || (byte >= 'A' && byte <= 'Z');
}

/// struct.size(format) -> bytes that it takes
int size(lua_State* state) {
  struct_format format{state, luaL_checkstring(state, 1)};
  // A format of 2 GiB, which is as long as Lua has them, adds up to less than 2^60.
  std::size_t total = 0;
  while (!format.at_end()) {
    const auto option = format.next();
    if (option.letter == 's')
      return luaL_argerror(state, 1, "option 's' has no fixed size");
    if (option.letter == 'c' && option.size == 0)
      return luaL_argerror(state, 1, "option 'c0' has no fixed size");
    total += format.padding(option, total) + option.size;
    // Letters without a meaning are passed, unlike in pack() and unpack().
    if (!is_letter_or_digit(option.letter))
      format.control(option);
  }
  lua_pushnumber(state, static_cast<double>(total));
  return 1;
}

constexpr luaL_Reg functions[] = {{"pack", pack}, {"unpack", unpack}, {"size", size}};

} // namespace

void open_struct(lua_State* state) {
  luaL_checkstack(state, 3, "no room for struct");
  lua_createtable(state, 0, 3);
  for (const auto& [name, function] : functions) {
    lua_pushcfunction(state, function);
    lua_setfield(state, -2, name);
  }
}

} // namespace thespis::scripting
