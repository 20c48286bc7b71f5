#pragma once

/// The part of the sandbox that is written in Lua, because Lua functions can be left and entered
/// again where C functions cannot. See prelude.cpp.

#include <string_view>

namespace thespis::scripting {

/// A chunk that is called with a table of functions and returns a table of functions.
extern const std::string_view prelude;
/// Its name: what errors and frames of it show; as if it were C.
inline constexpr const char* prelude_name = "=[C]";

} // namespace thespis::scripting
