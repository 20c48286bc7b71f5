#pragma once

/// The libraries that scripts have besides Lua's own. Each function pushes one table with its
/// functions and fields; REQUIRES: a protected call, 20 free slots of the stack. The caller makes
/// the table read-only for scripts. What a script sets in a library (cjson.encode_sparse_array)
/// must not outlast its run: `begin_…` functions put it back.

struct lua_State;

namespace thespis::scripting {

void open_cjson(lua_State* lua);
void open_cmsgpack(lua_State* lua);
void open_struct(lua_State* lua);

} // namespace thespis::scripting
