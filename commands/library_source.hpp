#pragma once

/// The first line of a library of functions, "#!lua name=mylib". Source: Redis, "Redis functions".

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace thespis::commands {

/// The name that a library gives itself. The fault is the text of Redis' error, without its code.
base::result<std::string> read_library_name(std::string_view source);

} // namespace thespis::commands
