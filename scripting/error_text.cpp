#include "scripting/error_text.hpp"

#include "scripting/interpreter.hpp"
#include "scripting/prelude.hpp"

#include <algorithm>
#include <new>
#include <string>
#include <string_view>

#include <lua.hpp>

namespace thespis::scripting {

namespace {

/// The innermost frame that is a script's. The prelude and the engine count as C.
bool find_frame(lua_State* lua, lua_Debug& frame) noexcept {
  for (int level = 0; lua_getstack(lua, level, &frame) != 0; ++level) {
    lua_getinfo(lua, "Sl", &frame);
    if (frame.currentline > 0 && std::string_view{frame.source} != prelude_name)
      return true;
  }
  return false;
}

} // namespace

void find_place(lua_State* lua, std::string& place) noexcept {
  lua_Debug frame{};
  place.clear();
  if (!find_frame(lua, frame))
    return;
  try {
    place.append(", on ").append(frame.source).append(":");
    place.append(std::to_string(frame.currentline)).append(".");
  } catch (const std::bad_alloc&) {
    place.clear();
  }
}

int note_place(lua_State* lua) {
  find_place(lua, interpreter::of(lua).place);
  // LuaJIT does not say where a stack overflowed; Lua 5.1 does, as with any other error.
  lua_Debug frame{};
  if (lua_type(lua, 1) == LUA_TSTRING && lua_tostring(lua, 1) == std::string_view{"stack overflow"}
      && find_frame(lua, frame))
    lua_pushfstring(lua, "%s:%d: stack overflow", frame.short_src, frame.currentline);
  return 1;
}

/// describe(error): its text and whether it has been counted already.
int describe_error(lua_State* lua) {
  bool is_counted_already = false;
  lua_settop(lua, 1);
  switch (lua_type(lua, 1)) {
    case LUA_TTABLE:
      lua_pushliteral(lua, "ignore_error_stats_update");
      lua_rawget(lua, 1);
      is_counted_already = lua_toboolean(lua, -1) != 0;
      lua_pushliteral(lua, "err");
      lua_rawget(lua, 1);
      if (lua_isstring(lua, -1) == 0)
        lua_pushliteral(lua, "ERR unknown error");
      lua_tostring(lua, -1);
      break;
    case LUA_TSTRING:
    case LUA_TNUMBER:
      lua_pushfstring(lua, "ERR %s", lua_tostring(lua, 1));
      break;
    case LUA_TBOOLEAN:
      lua_pushstring(lua, lua_toboolean(lua, 1) != 0 ? "ERR true" : "ERR false");
      break;
    default:
      lua_pushfstring(lua, "ERR %s", luaL_typename(lua, 1));
  }
  lua_pushboolean(lua, is_counted_already ? 1 : 0);
  return 2;
}

} // namespace thespis::scripting
