/// cjson: encode, decode, null, new, and the functions that change settings.
///
/// The functions of one table share its settings, a userdata that is the upvalue of each of them.
/// The registry knows those of the library's own table, so that they can be restored.

#include "scripting/json_decoder.hpp"
#include "scripting/json_encoder.hpp"
#include "scripting/json_settings.hpp"
#include "scripting/libraries.hpp"
#include "scripting/lua_output.hpp"

#include <cstdint>
#include <limits>
#include <new>
#include <type_traits>

namespace thespis::scripting {

namespace {

static_assert(std::is_trivially_destructible_v<json_settings>);

/// Its address is the settings' key in the registry.
char settings_key = 0;

json_settings& settings_of(lua_State* state) {
  return *static_cast<json_settings*>(lua_touserdata(state, lua_upvalueindex(1)));
}

void expect_one_argument(lua_State* state) {
  if (lua_gettop(state) != 1)
    luaL_argerror(state, 1, "expected 1 argument");
}

/// cjson.encode(value) -> string
int encode(lua_State* state) {
  expect_one_argument(state);
  lua_output output{state};
  luaL_checkstack(state, 2, "no room for a text");
  lua_pushvalue(state, 1);
  json_encoder{state, settings_of(state), output}.write();
  output.push();
  return 1;
}

/// cjson.decode(string) -> value
int decode(lua_State* state) {
  expect_one_argument(state);
  std::size_t size = 0;
  const auto* text = luaL_checklstring(state, 1, &size);
  if (size >= 2 && (text[0] == '\0' || text[1] == '\0'))
    return luaL_error(state, "JSON parser does not support UTF-16 or UTF-32");
  lua_output scratch{state};
  luaL_checkstack(state, 2, "no room for a value");
  json_decoder{state, settings_of(state), {text, size}, scratch}.push_document();
  return 1;
}

// --- settings
// ------------------------------------------------------------------------------------- Each
// function takes new values, where nil changes nothing, and returns what holds.

/// Makes the arguments exactly `count`.
void expect_options(lua_State* state, int count) {
  if (lua_gettop(state) > count)
    luaL_argerror(state, count + 1, "found too many arguments");
  lua_settop(state, count);
}

/// Errors are about the first argument, whichever it is, as in Redis.
void integer_option(lua_State* state, int argument, int& setting, int min, int max) {
  if (!lua_isnil(state, argument)) {
    const auto value = luaL_checkinteger(state, argument);
    if (value < min || value > max)
      luaL_argerror(state, 1,
                    lua_pushfstring(state, "expected integer between %d and %d", min, max));
    setting = static_cast<int>(value);
  }
  lua_pushinteger(state, setting);
}

/// A boolean, or "on" or "off".
void boolean_option(lua_State* state, int argument, bool& setting) {
  constexpr const char* words[] = {"off", "on", nullptr};
  if (lua_isboolean(state, argument))
    setting = lua_toboolean(state, argument) != 0;
  else if (!lua_isnil(state, argument))
    setting = luaL_checkoption(state, argument, nullptr, words) != 0;
  lua_pushboolean(state, setting);
}

int encode_sparse_array(lua_State* state) {
  expect_options(state, 3);
  auto& settings = settings_of(state);
  constexpr auto max = std::numeric_limits<int>::max();
  boolean_option(state, 1, settings.sparse_as_object);
  integer_option(state, 2, settings.sparse_ratio, 0, max);
  integer_option(state, 3, settings.sparse_safe, 0, max);
  return 3;
}

int encode_max_depth(lua_State* state) {
  expect_options(state, 1);
  integer_option(state, 1, settings_of(state).encode_depth_max, 1, std::numeric_limits<int>::max());
  return 1;
}

int decode_max_depth(lua_State* state) {
  expect_options(state, 1);
  integer_option(state, 1, settings_of(state).decode_depth_max, 1, std::numeric_limits<int>::max());
  return 1;
}

int encode_number_precision(lua_State* state) {
  expect_options(state, 1);
  integer_option(state, 1, settings_of(state).number_precision, 1, json_precision_max);
  return 1;
}

int encode_keep_buffer(lua_State* state) {
  expect_options(state, 1);
  boolean_option(state, 1, settings_of(state).keep_buffer);
  return 1;
}

int encode_invalid_numbers(lua_State* state) {
  expect_options(state, 1);
  auto& setting = settings_of(state).encode_non_finite;
  constexpr const char* words[] = {"off", "on", "null", nullptr};
  if (lua_isboolean(state, 1))
    setting = lua_toboolean(state, 1) != 0 ? json_non_finite::as_words : json_non_finite::refused;
  else if (!lua_isnil(state, 1))
    setting = static_cast<json_non_finite>(luaL_checkoption(state, 1, nullptr, words));
  if (setting == json_non_finite::as_null)
    lua_pushstring(state, "null");
  else
    lua_pushboolean(state, setting == json_non_finite::as_words);
  return 1;
}

int decode_invalid_numbers(lua_State* state) {
  expect_options(state, 1);
  boolean_option(state, 1, settings_of(state).decode_non_finite);
  return 1;
}

// --- the table
// ------------------------------------------------------------------------------------

int make_table(lua_State* state);

constexpr luaL_Reg functions[] = {
  {"encode", encode},
  {"decode", decode},
  {"encode_sparse_array", encode_sparse_array},
  {"encode_max_depth", encode_max_depth},
  {"decode_max_depth", decode_max_depth},
  {"encode_number_precision", encode_number_precision},
  {"encode_keep_buffer", encode_keep_buffer},
  {"encode_invalid_numbers", encode_invalid_numbers},
  {"decode_invalid_numbers", decode_invalid_numbers},
  {"new", make_table},
};

void set_text(lua_State* state, const char* name, const char* text) {
  lua_pushstring(state, text);
  lua_setfield(state, -2, name);
}

/// Pushes new settings, and a table of functions that follow them.
void push_settings_and_table(lua_State* state) {
  luaL_checkstack(state, 5, "no room for cjson");
  new (lua_newuserdata(state, sizeof(json_settings))) json_settings{};
  lua_createtable(state, 0, 13);
  for (const auto& [name, function] : functions) {
    lua_pushvalue(state, -2);
    lua_pushcclosure(state, function, 1);
    lua_setfield(state, -2, name);
  }
  lua_pushlightuserdata(state, nullptr);
  lua_setfield(state, -2, "null");
  set_text(state, "_NAME", "cjson");
  set_text(state, "_VERSION", "2.1.0");
}

/// cjson.new() -> a table like this one with settings of its own
int make_table(lua_State* state) {
  push_settings_and_table(state);
  return 1;
}

} // namespace

void open_cjson(lua_State* state) {
  push_settings_and_table(state);
  lua_pushlightuserdata(state, &settings_key);
  lua_pushvalue(state, -3);
  lua_rawset(state, LUA_REGISTRYINDEX);
  lua_remove(state, -2);
}

void restore_cjson_settings(lua_State* state) {
  lua_pushlightuserdata(state, &settings_key);
  lua_rawget(state, LUA_REGISTRYINDEX);
  if (auto* settings = static_cast<json_settings*>(lua_touserdata(state, -1)))
    *settings = json_settings{};
  lua_pop(state, 1);
}

} // namespace thespis::scripting
