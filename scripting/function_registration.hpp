#pragma once

/// redis.register_function: how the body of a library names its functions. It works while the body
/// runs, and is an error at any other time.

#include "scripting/library.hpp"

#include <string_view>
#include <vector>

struct lua_State;

namespace thespis::scripting {

/// A library whose body runs.
struct library_in_loading {
  std::vector<library_function>& functions;
  flag_reader flag_named;
};

/// Pushes the table in which the functions of a library are kept by their place in the list, and
/// makes it the one that register_function adds to. REQUIRES: a protected call.
void push_function_list(lua_State* lua);

/// register_function(name, function) or register_function{function_name=…, callback=…,
/// description=…, flags={…}}. A C function.
int register_function(lua_State* lua);

/// Letters, digits and underscores, at least one: names of libraries and of functions.
bool is_function_name(std::string_view name) noexcept;

} // namespace thespis::scripting
