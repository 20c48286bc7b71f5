#pragma once

/// How libraries of functions come into the engine of a partition. FUNCTION LOAD and RESTORE run
/// the body of a library in the engine of the partition where they run; the engines of the others
/// do so when a function of it is called there for the first time.

#include "base/result.hpp"
#include "commands/function_library.hpp"
#include "commands/script_stage.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace thespis::commands {

/// Makes a library of that source, which the engine has loaded then. It is in no table yet: who
/// does not add it to one unloads it. `name`: what its first line says (read_library_name). The
/// fault is the text of Redis' error, without its code. Throws std::bad_alloc, with nothing loaded.
base::result<function_library::entry> load_library(script_stage& stage, std::string_view name,
                                                   std::string_view source);

/// Lets the engine load a library of the table, unless it has. Returns nullopt, or what is wrong.
std::optional<std::string> ensure_loaded(script_stage& stage, const scripting::library& which);

} // namespace thespis::commands
