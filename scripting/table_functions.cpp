#include "scripting/table_functions.hpp"
#include "scripting/lua_fields.hpp"

#include "scripting/interpreter.hpp"

#include <lua.hpp>

namespace thespis::scripting {

namespace {

/// The place in the registry of the table {read-only table = its content}.
const char shadows_key = 0;

/// Pushes the content and returns true if the value at `index` is a read-only table.
bool push_content(lua_State* lua, int index) {
  if (!lua_istable(lua, index) || lua_getmetatable(lua, index) == 0)
    return false;
  lua_pop(lua, 1);
  lua_pushlightuserdata(lua, const_cast<char*>(&shadows_key));
  lua_rawget(lua, LUA_REGISTRYINDEX);
  lua_pushvalue(lua, index);
  lua_rawget(lua, -2);
  lua_remove(lua, -2);
  if (lua_isnil(lua, -1)) {
    lua_pop(lua, 1);
    return false;
  }
  return true;
}

void refuse_read_only(lua_State* lua, int index) {
  if (push_content(lua, index)) {
    lua_pushliteral(lua, "Attempt to modify a readonly table");
    lua_error(lua);
  }
}

int raw_get(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_checkany(lua, 2);
  lua_settop(lua, 2);
  if (push_content(lua, 1))
    lua_replace(lua, 1);
  lua_rawget(lua, 1);
  return 1;
}

int raw_set(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_checkany(lua, 2);
  luaL_checkany(lua, 3);
  lua_settop(lua, 3);
  refuse_read_only(lua, 1);
  lua_rawset(lua, 1);
  return 1;
}

int next_pair(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_settop(lua, 2);
  if (push_content(lua, 1))
    lua_replace(lua, 1);
  if (lua_next(lua, 1) != 0)
    return 2;
  lua_pushnil(lua);
  return 1;
}

/// Upvalues: Lua's next, ours.
int pairs(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  const bool is_read_only = push_content(lua, 1);
  lua_settop(lua, 1);
  lua_pushvalue(lua, lua_upvalueindex(is_read_only ? 2 : 1));
  lua_insert(lua, 1);
  lua_pushnil(lua);
  return 3;
}

int set_metatable(lua_State* lua) {
  const int kind = lua_type(lua, 2);
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_argcheck(lua, kind == LUA_TNIL || kind == LUA_TTABLE, 2, "nil or table expected");
  lua_settop(lua, 2);
  if (lua_getmetatable(lua, 1) != 0) {
    refuse_read_only(lua, 1);
    lua_pushliteral(lua, "__metatable");
    lua_rawget(lua, -2);
    if (!lua_isnil(lua, -1))
      return luaL_error(lua, "cannot change a protected metatable");
    lua_settop(lua, 2);
  }
  lua_setmetatable(lua, 1);
  return 1;
}

int table_insert(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  refuse_read_only(lua, 1);
  auto end = static_cast<int>(lua_objlen(lua, 1)) + 1;
  switch (lua_gettop(lua)) {
    case 2:
      break;
    case 3: {
      const int at = static_cast<int>(luaL_checkinteger(lua, 2));
      end = at > end ? at : end;
      for (int i = end; i > at; --i) {
        lua_rawgeti(lua, 1, i - 1);
        lua_rawseti(lua, 1, i);
      }
      end = at;
      break;
    }
    default:
      return luaL_error(lua, "wrong number of arguments to 'insert'");
  }
  lua_rawseti(lua, 1, end);
  return 0;
}

int table_remove(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  if (push_content(lua, 1))
    return 0;
  const int end = static_cast<int>(lua_objlen(lua, 1));
  int at = static_cast<int>(luaL_optinteger(lua, 2, end));
  if (at < 1 || at > end)
    return 0;
  lua_rawgeti(lua, 1, at);
  for (; at < end; ++at) {
    lua_rawgeti(lua, 1, at + 1);
    lua_rawseti(lua, 1, at);
  }
  lua_pushnil(lua);
  lua_rawseti(lua, 1, end);
  return 1;
}

int table_setn(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  return luaL_error(lua, "'setn' is obsolete");
}

int math_random(lua_State* lua) {
  const lua_Number fraction = static_cast<lua_Number>(interpreter::of(lua).random.next()
                                                      % random_numbers::max)
                              / random_numbers::max;
  int low = 1;
  int high = 0;
  switch (lua_gettop(lua)) {
    case 0:
      lua_pushnumber(lua, fraction);
      return 1;
    case 1:
      high = static_cast<int>(luaL_checkinteger(lua, 1));
      luaL_argcheck(lua, low <= high, 1, "interval is empty");
      break;
    case 2:
      low = static_cast<int>(luaL_checkinteger(lua, 1));
      high = static_cast<int>(luaL_checkinteger(lua, 2));
      luaL_argcheck(lua, low <= high, 2, "interval is empty");
      break;
    default:
      return luaL_error(lua, "wrong number of arguments");
  }
  const lua_Number width = static_cast<lua_Number>(high) - low + 1;
  const lua_Number steps = fraction * width;
  lua_pushnumber(lua, static_cast<lua_Number>(static_cast<long long>(steps)) + low);
  return 1;
}

int math_random_seed(lua_State* lua) {
  interpreter::of(lua).random.seed(static_cast<std::int32_t>(luaL_checkinteger(lua, 1)));
  return 0;
}

} // namespace

void remember_read_only(lua_State* lua) {
  lua_pushlightuserdata(lua, const_cast<char*>(&shadows_key));
  lua_rawget(lua, LUA_REGISTRYINDEX);
  if (lua_isnil(lua, -1)) {
    lua_pop(lua, 1);
    lua_createtable(lua, 0, 32);
    lua_pushlightuserdata(lua, const_cast<char*>(&shadows_key));
    lua_pushvalue(lua, -2);
    lua_rawset(lua, LUA_REGISTRYINDEX);
  }
  lua_insert(lua, -3);
  lua_rawset(lua, -3);
  lua_pop(lua, 1);
}

void add_raw_functions(lua_State* lua) {
  set_function(lua, "rawget", raw_get);
  set_function(lua, "rawset", raw_set);
  set_function(lua, "next", next_pair);
  set_function(lua, "setmetatable", set_metatable);
  lua_getfield(lua, LUA_GLOBALSINDEX, "next");
  lua_getfield(lua, -2, "next");
  lua_pushcclosure(lua, pairs, 2);
  lua_setfield(lua, -2, "pairs");
}

void add_table_functions(lua_State* lua) {
  set_function(lua, "insert", table_insert);
  set_function(lua, "remove", table_remove);
  set_function(lua, "setn", table_setn);
}

void add_random_functions(lua_State* lua) {
  set_function(lua, "random", math_random);
  set_function(lua, "randomseed", math_random_seed);
}

int yield_to_script(lua_State* lua) {
  if (lua == interpreter::of(lua).thread) {
    lua_pushliteral(lua, "attempt to yield across metamethod/C-call boundary");
    return lua_error(lua);
  }
  return lua_yield(lua, lua_gettop(lua));
}

int running_coroutine(lua_State* lua) {
  if (lua == interpreter::of(lua).thread)
    return 0;
  lua_pushthread(lua);
  return 1;
}

} // namespace thespis::scripting
