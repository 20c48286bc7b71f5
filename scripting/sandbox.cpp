#include "scripting/sandbox.hpp"
#include "scripting/lua_fields.hpp"

#include "scripting/error_text.hpp"
#include "scripting/libraries.hpp"
#include "scripting/loading.hpp"
#include "scripting/prelude.hpp"
#include "scripting/redis_library.hpp"
#include "scripting/table_functions.hpp"

#include <lua.hpp>

namespace thespis::scripting {

namespace {

constexpr const char* plain_functions[] = {"assert",   "error",  "getmetatable", "ipairs",
                                           "rawequal", "select", "tonumber",     "tostring",
                                           "type",     "unpack", "_VERSION"};
constexpr const char* string_functions[] = {"byte",    "char", "dump",  "find",  "format",
                                            "gmatch",  "len",  "lower", "match", "rep",
                                            "reverse", "sub",  "upper"};
constexpr const char* table_functions[] = {"concat", "foreach", "foreachi", "getn", "maxn"};
constexpr const char* math_functions[] = {
  "abs",   "acos", "asin",  "atan", "atan2", "ceil", "cos",   "cosh", "deg", "exp",
  "floor", "fmod", "frexp", "huge", "ldexp", "log",  "log10", "max",  "min", "modf",
  "pi",    "pow",  "rad",   "sin",  "sinh",  "sqrt", "tan",   "tanh"};
constexpr const char* coroutine_functions[] = {"create", "status"};
constexpr const char* bit_functions[] = {"arshift", "band", "bnot", "bor",    "bswap", "bxor",
                                         "lshift",  "rol",  "ror",  "rshift", "tobit", "tohex"};

/// to[name] = from[name] for all names; `to` is on top of the stack, `from` below it.
template <std::size_t Count>
void copy(lua_State* lua, const char* const (&names)[Count]) {
  for (const char* name : names) {
    lua_getfield(lua, -2, name);
    lua_setfield(lua, -2, name);
  }
}

/// Pushes a new table with what `names` says of the library `library` (a global of Lua's own).
template <std::size_t Count>
void select_library(lua_State* lua, const char* library, const char* const (&names)[Count]) {
  lua_getfield(lua, LUA_GLOBALSINDEX, library);
  lua_createtable(lua, 0, 32);
  copy(lua, names);
  lua_remove(lua, -2);
}

void open_library(lua_State* lua, lua_CFunction open, const char* name) {
  lua_pushcfunction(lua, open);
  lua_pushstring(lua, name);
  lua_call(lua, 1, 0);
}

int open_bit_library(lua_State* lua) {
  open_bit(lua);
  return 1;
}

void open_lua_libraries(lua_State* lua) {
  open_library(lua, luaopen_base, "");
  open_library(lua, luaopen_table, LUA_TABLIBNAME);
  open_library(lua, luaopen_string, LUA_STRLIBNAME);
  open_library(lua, luaopen_math, LUA_MATHLIBNAME);
  open_library(lua, luaopen_os, LUA_OSLIBNAME);
  open_library(lua, open_bit_library, LUA_BITLIBNAME);
}

int refuse_to_write(lua_State* lua) {
  return luaL_error(lua, "Attempt to modify a readonly table");
}

/// What the prelude gets and makes of it: pushes the table of its functions.
void open_prelude(lua_State* lua) {
  if (luaL_loadbuffer(lua, prelude.data(), prelude.size(), prelude_name) != 0)
    lua_error(lua);
  lua_createtable(lua, 0, 32);
  constexpr const char* from_base[] = {"type", "error", "select", "unpack", "pcall", "xpcall"};
  constexpr const char* from_coroutine[] = {"create", "resume"};
  constexpr const char* from_table[] = {"concat", "sort"};
  constexpr const char* from_string[] = {"gsub", "find", "sub"};
  constexpr const char* from_math[] = {"floor", "huge"};
  const auto take = [lua](const char* library, const auto& names) {
    lua_getfield(lua, LUA_GLOBALSINDEX, library);
    lua_insert(lua, -2);
    copy(lua, names);
    lua_remove(lua, -2);
  };
  take("_G", from_base);
  take("coroutine", from_coroutine);
  take("table", from_table);
  take("string", from_string);
  take("math", from_math);
  add_redis_primitives(lua);
  lua_pushcfunction(lua, load_string);
  lua_setfield(lua, -2, "chunk");
  lua_pushcfunction(lua, note_place);
  lua_setfield(lua, -2, "on_error");
  lua_call(lua, 1, 1);
}

/// library[name] = prelude[name]; the prelude's table is at `made`, the library on top.
void take_from_prelude(lua_State* lua, int made, const char* name) {
  lua_getfield(lua, made, name);
  lua_setfield(lua, -2, name);
}

/// globals[name] = read-only face of the table on top, which is popped.
void publish(lua_State* lua, int globals, const char* name) {
  push_read_only(lua);
  lua_setfield(lua, globals, name);
}

void open_base(lua_State* lua, int made) {
  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  lua_insert(lua, -2);
  copy(lua, plain_functions);
  lua_remove(lua, -2);
  take_from_prelude(lua, made, "pcall");
  take_from_prelude(lua, made, "load");
  lua_getfield(lua, LUA_GLOBALSINDEX, "xpcall");
  lua_setfield(lua, -2, "xpcall");
  set_function(lua, "loadstring", load_string);
  add_raw_functions(lua);
}

void open_coroutine(lua_State* lua, int made) {
  select_library(lua, "coroutine", coroutine_functions);
  take_from_prelude(lua, made, "resume");
  take_from_prelude(lua, made, "wrap");
  set_function(lua, "yield", yield_to_script);
  set_function(lua, "running", running_coroutine);
}

void open_string(lua_State* lua, int made) {
  select_library(lua, "string", string_functions);
  take_from_prelude(lua, made, "gsub");
  lua_getfield(lua, -1, "gmatch");
  lua_setfield(lua, -2, "gfind");
}

void open_table(lua_State* lua, int made) {
  select_library(lua, "table", table_functions);
  take_from_prelude(lua, made, "sort");
  add_table_functions(lua);
}

void open_math(lua_State* lua) {
  select_library(lua, "math", math_functions);
  lua_getfield(lua, -1, "fmod");
  lua_setfield(lua, -2, "mod");
  add_random_functions(lua);
}

/// Strings find their methods in the library's content (on top of the stack, left there); scripts
/// that ask for the metatable get a read-only one in which __index is the library's face.
void set_string_metatable(lua_State* lua, int face) {
  lua_pushliteral(lua, "");
  lua_createtable(lua, 0, 2);
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__index");
  lua_createtable(lua, 0, 1);
  lua_pushvalue(lua, face);
  lua_setfield(lua, -2, "__index");
  push_read_only(lua);
  lua_setfield(lua, -2, "__metatable");
  lua_setmetatable(lua, -2);
  lua_pop(lua, 1);
}

void open_libraries(lua_State* lua, int globals, int made) {
  open_coroutine(lua, made);
  publish(lua, globals, "coroutine");
  open_string(lua, made);
  lua_pushvalue(lua, -1);
  push_read_only(lua);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, globals, "string");
  lua_insert(lua, -2);
  set_string_metatable(lua, lua_gettop(lua) - 1);
  lua_pop(lua, 2);
  open_table(lua, made);
  publish(lua, globals, "table");
  open_math(lua);
  publish(lua, globals, "math");
  select_library(lua, "bit", bit_functions);
  publish(lua, globals, "bit");
  constexpr const char* clock_alone[] = {"clock"};
  select_library(lua, "os", clock_alone);
  publish(lua, globals, "os");
  open_cjson(lua);
  publish(lua, globals, "cjson");
  open_cmsgpack(lua);
  publish(lua, globals, "cmsgpack");
  open_struct(lua);
  publish(lua, globals, "struct");
}

/// The redis API, under both of its names.
void open_redis(lua_State* lua, int globals, int made) {
  push_redis_library(lua);
  lua_getfield(lua, made, "call");
  lua_setfield(lua, -2, "call");
  lua_getfield(lua, made, "pcall_command");
  lua_setfield(lua, -2, "pcall");
  push_read_only(lua);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, globals, "redis");
  lua_setfield(lua, globals, "server");
}

} // namespace

void push_read_only(lua_State* lua) {
  lua_createtable(lua, 0, 0);
  lua_createtable(lua, 0, 4);
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__index");
  set_function(lua, "__newindex", refuse_to_write);
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_setmetatable(lua, -2);
  lua_pushvalue(lua, -1);
  lua_pushvalue(lua, -3);
  remember_read_only(lua);
  lua_remove(lua, -2);
}

int refuse_unknown_global(lua_State* lua) {
  const char* name = lua_isstring(lua, 2) ? lua_tostring(lua, 2) : "(null)";
  return luaL_error(lua, "Script attempted to access nonexistent global variable '%s'", name);
}

void close_globals(lua_State* lua, int globals) {
  lua_createtable(lua, 0, 1);
  set_function(lua, "__index", refuse_unknown_global);
  lua_setmetatable(lua, globals);
  lua_pushvalue(lua, globals);
  push_read_only(lua);
  lua_getmetatable(lua, -1);
  lua_createtable(lua, 0, 1);
  set_function(lua, "__index", refuse_unknown_global);
  push_read_only(lua);
  lua_setfield(lua, -2, "__metatable");
  lua_pop(lua, 1);
  lua_pushvalue(lua, -1);
  lua_pushliteral(lua, "_G");
  lua_insert(lua, -2);
  lua_rawset(lua, globals);
}

void open_sandbox(lua_State* lua) {
  luaL_checkstack(lua, 40, "sandbox");
  open_lua_libraries(lua);
  open_prelude(lua);
  const int made = lua_gettop(lua);
  lua_createtable(lua, 0, 64);
  const int globals = lua_gettop(lua);
  open_base(lua, made);
  open_libraries(lua, globals, made);
  open_redis(lua, globals, made);
  close_globals(lua, globals);
  lua_insert(lua, globals);
  lua_getfield(lua, made, "start");
  lua_replace(lua, made);
}

} // namespace thespis::scripting
