#include "scripting/lua_to_reply.hpp"

#include "scripting/interpreter.hpp"
#include "scripting/reply_to_lua.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <new>
#include <string>
#include <string_view>

#include <lua.hpp>

namespace thespis::scripting {

namespace {

std::string_view text_at(lua_State* lua, int index) noexcept {
  std::size_t size = 0;
  const char* bytes = lua_tolstring(lua, index, &size);
  return {bytes, size};
}

/// Slots that a value may need beside those of what it is in.
constexpr int slots_needed = 6;

class result_writer {
public:
  result_writer(lua_State* lua, interpreter& self) noexcept
    : lua_(lua), self_(self), reply_(*self.reply), open_(self.open_values) {
  }

  /// Writes the value on top of the stack.
  void write() {
    open_.clear();
    write_value();
    while (!open_.empty())
      go_on();
  }

private:
  using open_value = interpreter::open_value;

  /// Writes the value on top and pops it, or leaves it there as what is open now.
  void write_value() {
    switch (lua_type(lua_, -1)) {
      case LUA_TSTRING:
        reply_.bulk(text_at(lua_, -1));
        break;
      case LUA_TNUMBER:
        reply_.integer(to_integer(lua_tonumber(lua_, -1)));
        break;
      case LUA_TBOOLEAN:
        write_boolean(lua_toboolean(lua_, -1) != 0);
        break;
      case LUA_TTABLE:
        if (write_table())
          return;
        break;
      default:
        reply_.null();
    }
    lua_pop(lua_, 1);
  }

  void write_boolean(bool value) {
    if (self_.protocol == 3)
      reply_.boolean(value);
    else if (value)
      reply_.integer(1);
    else
      reply_.null();
  }

  /// Pushes the table's field and returns whether it is of this type; pops it if not.
  bool push_field(reply_name name, int type) {
    lua_pushvalue(lua_, lua_upvalueindex(name));
    lua_rawget(lua_, -2);
    if (lua_type(lua_, -1) == type)
      return true;
    lua_pop(lua_, 1);
    return false;
  }

  /// Returns whether the table stays open.
  bool write_table() {
    if (lua_checkstack(lua_, slots_needed) == 0) {
      reply_.error("ERR reached lua stack limit");
      return false;
    }
    if (write_tagged())
      return false;
    if (open_tagged())
      return true;
    if (write_rare())
      return false;
    open_.push_back({open_value::array, reply_.begin_array(lua_objlen(lua_, -1)), 0});
    return true;
  }

  /// What is written at once.
  bool write_tagged() {
    if (push_field(name_err, LUA_TSTRING))
      write_error();
    else if (push_field(name_ok, LUA_TSTRING))
      reply_.simple(text_at(lua_, -1));
    else if (push_field(name_double, LUA_TNUMBER))
      reply_.dbl(lua_tonumber(lua_, -1));
    else
      return false;
    lua_pop(lua_, 1);
    return true;
  }

  /// The table is below its text.
  void write_error() {
    lua_pushvalue(lua_, lua_upvalueindex(name_ignore_statistics));
    lua_rawget(lua_, -3);
    const bool is_counted_already = lua_toboolean(lua_, -1) != 0;
    lua_pop(lua_, 1);
    if (is_counted_already)
      reply_.wanted_error(text_at(lua_, -1));
    else
      reply_.error(text_at(lua_, -1));
  }

  /// The rare kinds without parts.
  bool write_rare() {
    if (push_field(name_big_number, LUA_TSTRING)) {
      write_big_number(text_at(lua_, -1));
      lua_pop(lua_, 1);
      return true;
    }
    if (!push_field(name_verbatim_string, LUA_TTABLE))
      return false;
    const bool is_written = write_verbatim();
    lua_pop(lua_, 1);
    return is_written;
  }

  /// CR and LF would end the line.
  void write_big_number(std::string_view digits) {
    if (digits.find_first_of("\r\n") == std::string_view::npos) {
      reply_.big_number(digits);
      return;
    }
    std::string line{digits};
    std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
    reply_.big_number(line);
  }

  /// {format=, string=} is on top. The format has three letters on the wire.
  bool write_verbatim() {
    if (!push_field(name_format, LUA_TSTRING))
      return false;
    std::array<char, 3> format{' ', ' ', ' '};
    const auto wanted = text_at(lua_, -1).substr(0, format.size());
    std::copy(wanted.begin(), wanted.end(), format.begin());
    lua_pop(lua_, 1);
    if (!push_field(name_string, LUA_TSTRING))
      return false;
    reply_.verbatim({format.data(), format.size()}, text_at(lua_, -1));
    lua_pop(lua_, 1);
    return true;
  }

  /// What has parts.
  bool open_tagged() {
    if (push_field(name_map, LUA_TTABLE))
      open_.push_back({open_value::map_pair, reply_.begin_map(), 0});
    else if (push_field(name_set, LUA_TTABLE))
      open_.push_back({open_value::set, reply_.begin_set(), 0});
    else
      return false;
    lua_remove(lua_, -2);
    lua_pushnil(lua_);
    return true;
  }

  void go_on() {
    auto& inner = open_.back();
    switch (inner.kind) {
      case open_value::array:
        next_element(inner);
        break;
      case open_value::map_pair:
        next_pair(inner);
        break;
      case open_value::map_value:
        inner.kind = open_value::map_pair;
        write_value();
        break;
      case open_value::set:
        next_member(inner);
        break;
    }
  }

  /// The table is on top.
  void next_element(open_value& inner) {
    lua_rawgeti(lua_, -1, static_cast<int>(inner.count) + 1);
    if (lua_isnil(lua_, -1)) {
      lua_pop(lua_, 2);
      reply_.end_array(inner.where, inner.count);
      open_.pop_back();
      return;
    }
    ++inner.count;
    write_value();
  }

  /// The table and the last key are on top.
  void next_pair(open_value& inner) {
    if (lua_next(lua_, -2) == 0) {
      lua_pop(lua_, 1);
      reply_.end_map(inner.where, inner.count);
      open_.pop_back();
      return;
    }
    ++inner.count;
    inner.kind = open_value::map_value;
    lua_pushvalue(lua_, -2);
    write_value();
  }

  void next_member(open_value& inner) {
    if (lua_next(lua_, -2) == 0) {
      lua_pop(lua_, 1);
      reply_.end_set(inner.where, inner.count);
      open_.pop_back();
      return;
    }
    ++inner.count;
    lua_pop(lua_, 1);
    lua_pushvalue(lua_, -1);
    write_value();
  }

  lua_State* lua_;
  interpreter& self_;
  protocol::reply_writer& reply_;
  std::vector<open_value>& open_;
};

} // namespace

std::int64_t to_integer(double number) noexcept {
  constexpr double limit = 9223372036854775808.0;
  if (number >= -limit && number < limit)
    return static_cast<std::int64_t>(number);
  return std::numeric_limits<std::int64_t>::min();
}

int convert_result(lua_State* lua) {
  auto& self = interpreter::of(lua);
  try {
    result_writer{lua, self}.write();
  } catch (const std::bad_alloc&) {
    self.out_of_memory = true;
  }
  return 0;
}

} // namespace thespis::scripting
