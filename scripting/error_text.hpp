#pragma once

/// What a script's error becomes: "<its text> script: <name>, on @user_script:<line>."

#include <string>

struct lua_State;

namespace thespis::scripting {

/// ", on <source>:<line>." of the innermost place that is a script's, or "".
void find_place(lua_State* lua, std::string& place) noexcept;

/// The handler of errors: notes in the interpreter where the error happened, and returns it.
int note_place(lua_State* lua);

/// describe(error): its text, and whether it has been counted already. A C function.
int describe_error(lua_State* lua);

} // namespace thespis::scripting
