#pragma once

/// What libraries of functions see. Functions see what scripts see, but KEYS and ARGV, and a table
/// `redis` without what belongs to EVAL alone. The body of a library sees nothing but a `redis`
/// that registers functions and writes to the log.
///
/// A function that has been compiled keeps its table of globals, so both show one table, whose
/// metatable finds the one or the other: select_globals() exchanges them.

struct lua_State;

namespace thespis::scripting {

/// Pushes the table of globals that libraries see, then what functions find in it, then what the
/// bodies of libraries do. REQUIRES: a protected call; the globals of scripts on top of the stack,
/// without KEYS and ARGV.
void open_library_sandbox(lua_State* lua);

/// Lets libraries find that of the two. `main`: the main state, its slots filled.
void select_globals(lua_State* main, bool loading) noexcept;

} // namespace thespis::scripting
