#include "scripting/library_sandbox.hpp"

#include "scripting/function_registration.hpp"
#include "scripting/interpreter.hpp"
#include "scripting/sandbox.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <lua.hpp>

namespace thespis::scripting {

namespace {

constexpr std::string_view scripts_alone[] = {"breakpoint", "debug", "replicate_commands"};
constexpr const char* bodies_find[] = {
  "log",         "LOG_DEBUG",     "LOG_VERBOSE",      "LOG_NOTICE",
  "LOG_WARNING", "REDIS_VERSION", "REDIS_VERSION_NUM"};

/// Pushes a copy of the table at `from` without the names for which `without` is true.
template <class Predicate>
void push_copy(lua_State* lua, int from, Predicate without) {
  lua_createtable(lua, 0, 64);
  lua_pushnil(lua);
  while (lua_next(lua, from) != 0) {
    std::size_t size = 0;
    const char* name = lua_tolstring(lua, -2, &size);
    if (without(std::string_view{name, size})) {
      lua_pop(lua, 1);
    } else {
      lua_pushvalue(lua, -2);
      lua_insert(lua, -2);
      lua_rawset(lua, -4);
    }
  }
}

/// Pushes the content behind a read-only face.
void push_what_is_behind(lua_State* lua, int face) {
  lua_getmetatable(lua, face);
  lua_getfield(lua, -1, "__index");
  lua_remove(lua, -2);
}

/// Names that the table on top of the stack does not have are errors.
void refuse_unknown_names(lua_State* lua) {
  lua_createtable(lua, 0, 1);
  lua_pushcfunction(lua, refuse_unknown_global);
  lua_setfield(lua, -2, "__index");
  lua_setmetatable(lua, -2);
}

/// globals[redis] = globals[server] = face of the table on top, which is popped.
void publish_redis(lua_State* lua, int globals) {
  push_read_only(lua);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, globals, "redis");
  lua_setfield(lua, globals, "server");
}

/// Pushes what functions find, given redis as scripts have it.
void push_function_globals(lua_State* lua, int scripts, int redis) {
  push_copy(lua, scripts,
            [](auto name) { return name == "_G" || name == "redis" || name == "server"; });
  push_copy(lua, redis, [](auto name) {
    return std::find(std::begin(scripts_alone), std::end(scripts_alone), name)
           != std::end(scripts_alone);
  });
  publish_redis(lua, lua_gettop(lua) - 1);
}

/// Pushes what bodies of libraries find.
void push_body_globals(lua_State* lua, int redis) {
  lua_createtable(lua, 0, 2);
  lua_createtable(lua, 0, 8);
  for (const char* name : bodies_find) {
    lua_getfield(lua, redis, name);
    lua_setfield(lua, -2, name);
  }
  lua_pushcfunction(lua, register_function);
  lua_setfield(lua, -2, "register_function");
  refuse_unknown_names(lua);
  publish_redis(lua, lua_gettop(lua) - 1);
  refuse_unknown_names(lua);
}

} // namespace

void open_library_sandbox(lua_State* lua) {
  luaL_checkstack(lua, 20, "library sandbox");
  const int scripts = lua_gettop(lua);
  lua_getfield(lua, scripts, "redis");
  push_what_is_behind(lua, lua_gettop(lua));
  lua_remove(lua, -2);
  const int redis = lua_gettop(lua);
  push_function_globals(lua, scripts, redis);
  const int functions = lua_gettop(lua);
  close_globals(lua, functions);
  lua_insert(lua, functions);
  push_body_globals(lua, redis);
  lua_remove(lua, redis);
}

void select_globals(lua_State* main, bool loading) noexcept {
  lua_getmetatable(main, slot_library_environment);
  lua_pushliteral(main, "__index");
  lua_pushvalue(main, loading ? slot_loading_globals : slot_library_globals);
  lua_rawset(main, -3);
  lua_pop(main, 1);
}

} // namespace thespis::scripting
