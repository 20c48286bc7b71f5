#pragma once

/// Compiling text. LuaJIT reads more than Lua 5.1: bytecode, numbers of C types (1ULL, 2i; they
/// bring its FFI's values), and it skips a first line that begins with '#'. None of this is for
/// scripts.

#include "scripting/source_text.hpp"

#include <string_view>

struct lua_State;

namespace thespis::scripting {

/// Compiles `source` and pushes the function, which sees what scripts see, or an error text.
/// Returns whether it succeeded. `name`: as luaL_loadbuffer has it ("@user_script").
/// `uses_arguments`, if any, is told whether a script can get at KEYS or ARGV. REQUIRES: a
/// protected call.
bool compile_text(lua_State* lua, std::string_view source, const char* name, text_kind kind,
                  bool* uses_arguments = nullptr);

/// loadstring(text [, name]).
int load_string(lua_State* lua);

} // namespace thespis::scripting
