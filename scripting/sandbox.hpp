#pragma once

/// What a script can see. Everything is on the lists of sandbox.cpp; what is not there, does not
/// exist for scripts. What is there cannot be changed by them: each library and the table of
/// globals is shown as an empty table whose metatable finds the content and refuses to write; the
/// functions that go past metatables (rawset, next …) know these tables.
///
/// Strings' metatable cannot be had (its __metatable is a read-only copy). Bytecode is not loaded.

struct lua_State;

namespace thespis::scripting {

/// Builds all of it and pushes the function that runs a script, the table of globals as scripts see
/// it, and the one that the engine writes KEYS and ARGV to. REQUIRES: a protected call, in a new
/// state.
void open_sandbox(lua_State* lua);

/// Replaces the table on top of the stack by its read-only face.
void push_read_only(lua_State* lua);

/// Pushes the face of the globals at that place of the stack, in which names that do not exist are
/// errors, and makes it their _G.
void close_globals(lua_State* lua, int globals);

/// What __index does for names that do not exist. A C function.
int refuse_unknown_global(lua_State* lua);

} // namespace thespis::scripting
