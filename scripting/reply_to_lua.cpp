#include "scripting/reply_to_lua.hpp"

#include "base/ensure.hpp"
#include "base/number.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <lua.hpp>

namespace thespis::scripting {

namespace {

constexpr int depth_max = 128;
/// Of a value; the first has what every C function has.
constexpr int slots_needed = 6;

/// Reads one reply from its front.
class converter {
public:
  converter(lua_State* lua, std::string_view reply) noexcept : lua_(lua), rest_(reply) {
  }

  /// Pushes the next value; the type byte tells what it was.
  char push(int depth = 0) {
    THESPIS_ENSURE(!rest_.empty() && depth < depth_max);
    if (depth != 0)
      luaL_checkstack(lua_, slots_needed, "a command's reply");
    const char type = rest_.front();
    switch (type) {
      case '+':
        push_field(name_ok, line());
        break;
      case '-':
        push_error(line());
        break;
      case ':':
        lua_pushnumber(lua_, static_cast<lua_Number>(integer()));
        break;
      case '$':
        push_bulk();
        break;
      case '*':
      case '>':
        push_array(depth);
        break;
      default:
        push_resp3(type, depth);
    }
    return type;
  }

private:
  /// What stands between the type byte and CR LF.
  std::string_view line() {
    const auto end = rest_.find('\r');
    THESPIS_ENSURE(end != std::string_view::npos && end + 2 <= rest_.size());
    const auto text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 2);
    return text;
  }

  /// The number between the type byte and CR LF.
  std::int64_t integer() {
    const char* at = rest_.data() + 1;
    const char* const end = rest_.data() + rest_.size();
    const bool is_negative = at < end && *at == '-';
    if (is_negative)
      ++at;
    std::uint64_t number = 0;
    for (; at < end && *at != '\r'; ++at)
      number = number * 10 + static_cast<std::uint64_t>(*at - '0');
    THESPIS_ENSURE(end - at >= 2);
    rest_.remove_prefix(static_cast<std::size_t>(at + 2 - rest_.data()));
    return static_cast<std::int64_t>(is_negative ? -number : number);
  }

  std::string_view bytes(std::int64_t size) {
    const auto length = static_cast<std::size_t>(size);
    THESPIS_ENSURE(size >= 0 && rest_.size() >= length + 2);
    const auto text = rest_.substr(0, length);
    rest_.remove_prefix(length + 2);
    return text;
  }

  void push_name(reply_name name) {
    lua_pushvalue(lua_, lua_upvalueindex(name));
  }
  void push_text(std::string_view text) {
    lua_pushlstring(lua_, text.data(), text.size());
  }

  /// A table with one field, whose value is on top of the stack.
  void wrap(reply_name name) {
    lua_createtable(lua_, 0, 1);
    lua_insert(lua_, -2);
    push_name(name);
    lua_insert(lua_, -2);
    lua_rawset(lua_, -3);
  }

  void push_field(reply_name name, std::string_view text) {
    lua_createtable(lua_, 0, 1);
    push_name(name);
    push_text(text);
    lua_rawset(lua_, -3);
  }

  void push_error(std::string_view text) {
    lua_createtable(lua_, 0, 4);
    push_name(name_err);
    push_text(text);
    lua_rawset(lua_, -3);
    push_name(name_ignore_statistics);
    lua_pushboolean(lua_, 1);
    lua_rawset(lua_, -3);
  }

  void push_bulk() {
    const auto size = integer();
    if (size < 0)
      lua_pushboolean(lua_, 0);
    else
      push_text(bytes(size));
  }

  void push_array(int depth) {
    const auto count = integer();
    if (count < 0) {
      lua_pushboolean(lua_, 0);
      return;
    }
    lua_createtable(lua_, static_cast<int>(count), 0);
    for (std::int64_t i = 1; i <= count; ++i) {
      push(depth + 1);
      lua_rawseti(lua_, -2, static_cast<int>(i));
    }
  }

  void push_pairs(int depth, bool with_values) {
    const auto count = integer();
    lua_createtable(lua_, 0, static_cast<int>(count));
    for (std::int64_t i = 0; i < count; ++i) {
      push(depth + 1);
      if (with_values)
        push(depth + 1);
      else
        lua_pushboolean(lua_, 1);
      // null cannot be a key.
      if (lua_isnil(lua_, -2))
        lua_pop(lua_, 2);
      else
        lua_rawset(lua_, -3);
    }
    wrap(with_values ? name_map : name_set);
  }

  void push_resp3(char type, int depth) {
    switch (type) {
      case '_':
        line();
        lua_pushnil(lua_);
        break;
      case '#':
        lua_pushboolean(lua_, line() == "t");
        break;
      case ',':
        lua_pushnumber(lua_, base::parse_double(line()).value_or(std::nan("")));
        wrap(name_double);
        break;
      case '(':
        push_field(name_big_number, line());
        break;
      case '=':
        push_verbatim();
        break;
      case '%':
        push_pairs(depth, true);
        break;
      case '~':
        push_pairs(depth, false);
        break;
      case '|':
        push_pairs(depth, true);
        lua_pop(lua_, 1);
        push(depth + 1);
        break;
      default:
        THESPIS_ENSURE(false);
    }
  }

  void push_verbatim() {
    const auto text = bytes(integer());
    lua_createtable(lua_, 0, 2);
    push_name(name_format);
    push_text(text.substr(0, 3));
    lua_rawset(lua_, -3);
    push_name(name_string);
    push_text(text.size() > 4 ? text.substr(4) : std::string_view{});
    lua_rawset(lua_, -3);
    wrap(name_verbatim_string);
  }

  lua_State* lua_;
  std::string_view rest_;
};

} // namespace

void push_reply_names(lua_State* lua) {
  for (const char* name : {"ok", "err", "ignore_error_stats_update", "double", "map", "set",
                           "big_number", "verbatim_string", "format", "string"})
    lua_pushstring(lua, name);
}

bool push_reply(lua_State* lua, std::string_view reply) {
  return converter{lua, reply}.push() == '-';
}

} // namespace thespis::scripting
