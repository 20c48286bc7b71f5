#include "scripting/json_encoder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace thespis::scripting {

namespace {

/// The letter behind the backslash, u for the form with a number, 0 for what stands for itself.
constexpr auto escapes = [] {
  std::array<char, 256> letters{};
  std::fill_n(letters.begin(), 32, 'u');
  letters[127] = 'u';
  letters['\b'] = 'b';
  letters['\t'] = 't';
  letters['\n'] = 'n';
  letters['\f'] = 'f';
  letters['\r'] = 'r';
  letters['"'] = '"';
  letters['\\'] = '\\';
  letters['/'] = '/';
  return letters;
}();

char escape_of(char byte) {
  return escapes[static_cast<std::uint8_t>(byte)];
}

/// Powers of ten up to the largest precision.
constexpr double powers_of_ten[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6, 1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};

/// Keys of the table at the top of the stack.
struct integer_keys {
  double largest = 0;
  int count = 0;
};

/// Nullopt if there are other keys than integers from 1 on, or larger ones than an array has.
std::optional<integer_keys> integer_keys_of(lua_State* state) {
  integer_keys keys;
  lua_pushnil(state);
  while (lua_next(state, -2) != 0) {
    lua_pop(state, 1); // The value.
    const auto key = lua_type(state, -1) == LUA_TNUMBER ? lua_tonumber(state, -1) : 0;
    if (!(key >= 1 && key <= std::numeric_limits<int>::max() && std::floor(key) == key)) {
      lua_pop(state, 1);
      return std::nullopt;
    }
    keys.largest = std::max(keys.largest, key);
    ++keys.count;
  }
  return keys;
}

} // namespace

void json_encoder::refuse(int index, const char* why) {
  luaL_error(state_, "Cannot serialise %s: %s", lua_typename(state_, lua_type(state_, index)), why);
}

void json_encoder::write(int depth) {
  switch (lua_type(state_, -1)) {
    case LUA_TSTRING:
      return write_string_at(-1);
    case LUA_TNUMBER:
      return write_number(lua_tonumber(state_, -1));
    case LUA_TBOOLEAN:
      return output_.append(lua_toboolean(state_, -1) != 0 ? "true" : "false");
    case LUA_TTABLE:
      return write_table(depth + 1);
    case LUA_TNIL:
      return output_.append("null");
    case LUA_TLIGHTUSERDATA:
      if (lua_touserdata(state_, -1) == nullptr)
        return output_.append("null");
      [[fallthrough]];
    default:
      refuse(-1, "type not supported");
  }
}

void json_encoder::write_string_at(int index) {
  std::size_t size = 0;
  const auto* bytes = lua_tolstring(state_, index, &size);
  write_string({bytes, size});
}

void json_encoder::write_string(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  output_.append('"');
  while (!bytes.empty()) {
    const auto* special = std::find_if(bytes.begin(), bytes.end(), escape_of);
    const auto plain = static_cast<std::size_t>(special - bytes.begin());
    output_.append(bytes.substr(0, plain));
    bytes.remove_prefix(plain);
    if (bytes.empty())
      break;
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    auto* out = output_.reserve(6);
    *out++ = '\\';
    *out++ = escapes[byte];
    if (escapes[byte] != 'u') {
      output_.add(2);
      continue;
    }
    *out++ = '0';
    *out++ = '0';
    *out++ = digits[byte >> 4];
    *out++ = digits[byte & 15];
    output_.add(6);
  }
  output_.append('"');
}

void json_encoder::write_number(double value) {
  if (!std::isfinite(value)) {
    if (settings_.encode_non_finite == json_non_finite::refused)
      luaL_error(state_, "Cannot serialise number: must not be NaN or Inf");
    if (settings_.encode_non_finite == json_non_finite::as_null)
      return output_.append("null");
    return output_.append(std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
  }
  // As printf's %.*g does, quicker where that prints an integer.
  constexpr std::size_t chars_max = 32;
  auto* out = output_.reserve(chars_max);
  const auto precision = settings_.number_precision;
  const auto is_plain_integer = std::abs(value) < powers_of_ten[precision]
                                && std::trunc(value) == value
                                && !(value == 0 && std::signbit(value));
  const auto end
    = is_plain_integer
        ? std::to_chars(out, out + chars_max, static_cast<std::int64_t>(value)).ptr
        : std::to_chars(out, out + chars_max, value, std::chars_format::general, precision).ptr;
  output_.add(static_cast<std::size_t>(end - out));
}

void json_encoder::write_table(int depth) {
  if (depth > settings_.encode_depth_max || lua_checkstack(state_, 3) == 0)
    luaL_error(state_, "Cannot serialise, excessive nesting (%d)", depth);
  const auto keys = integer_keys_of(state_);
  if (!keys || keys->count == 0)
    return write_object(depth);
  const bool is_sparse = settings_.sparse_ratio > 0 && keys->largest > settings_.sparse_safe
                         && keys->largest
                              > static_cast<double>(keys->count) * settings_.sparse_ratio;
  if (is_sparse) {
    if (!settings_.sparse_as_object)
      refuse(-1, "excessively sparse array");
    return write_object(depth);
  }
  write_array(static_cast<int>(keys->largest), depth);
}

void json_encoder::write_array(int size, int depth) {
  output_.append('[');
  for (int i = 1;; ++i) {
    lua_rawgeti(state_, -1, i);
    write(depth);
    lua_pop(state_, 1);
    if (i == size)
      break;
    output_.append(',');
  }
  output_.append(']');
}

void json_encoder::write_object(int depth) {
  output_.append('{');
  bool is_first = true;
  lua_pushnil(state_);
  while (lua_next(state_, -2) != 0) {
    if (!is_first)
      output_.append(',');
    is_first = false;
    write_key();
    output_.append(':');
    write(depth);
    lua_pop(state_, 1);
  }
  output_.append('}');
}

/// The key below the value at the top of the stack. A number stays one for next().
void json_encoder::write_key() {
  switch (lua_type(state_, -2)) {
    case LUA_TNUMBER:
      output_.append('"');
      write_number(lua_tonumber(state_, -2));
      return output_.append('"');
    case LUA_TSTRING:
      return write_string_at(-2);
    default:
      refuse(-2, "table key must be a number or string");
  }
}

} // namespace thespis::scripting
