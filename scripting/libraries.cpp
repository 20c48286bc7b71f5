#include "scripting/libraries.hpp"

#include <lua.hpp>

namespace thespis::scripting {

// Until they are there: empty tables.
void open_cjson(lua_State* lua) {
  lua_createtable(lua, 0, 0);
}
void open_cmsgpack(lua_State* lua) {
  lua_createtable(lua, 0, 0);
}
void open_struct(lua_State* lua) {
  lua_createtable(lua, 0, 0);
}

} // namespace thespis::scripting
