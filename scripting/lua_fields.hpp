#pragma once

/// Fields of the table on top of a stack. Both may raise for lack of memory.

#include <lua.hpp>

namespace thespis::scripting {

inline void set_function(lua_State* lua, const char* name, lua_CFunction function) {
  lua_pushcfunction(lua, function);
  lua_setfield(lua, -2, name);
}

inline void set_text(lua_State* lua, const char* name, const char* text) {
  lua_pushstring(lua, text);
  lua_setfield(lua, -2, name);
}

} // namespace thespis::scripting
