#pragma once

/// The functions of Lua's own libraries that look or write past metatables, written so that they
/// know the read-only tables; and math.random with Redis' numbers.

struct lua_State;

namespace thespis::scripting {

/// A read-only table and its content are on top of the stack; pops both.
void remember_read_only(lua_State* lua);

/// Each adds its functions to the table on top of the stack.
void add_raw_functions(lua_State* lua);
void add_table_functions(lua_State* lua);
void add_random_functions(lua_State* lua);

/// coroutine.yield and coroutine.running, for which the script itself is no coroutine.
int yield_to_script(lua_State* lua);
int running_coroutine(lua_State* lua);

} // namespace thespis::scripting
