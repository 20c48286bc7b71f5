#pragma once

/// What FUNCTION DUMP replies and FUNCTION RESTORE takes: for each library
///
///     | 245 | its source, an RDB string |
///
/// and the footer of DUMP (persistence/dump_footer.hpp). Source: Redis, "FUNCTION DUMP".

#include "base/result.hpp"
#include "commands/function_library.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

/// In the order of their names. Throws std::bad_alloc. Cost: O(length of the sources).
std::string function_payload(const function_library& all);

/// The sources in the payload, in its order. `verify`: whether its checksum counts. The fault is
/// the text of Redis' error, without its code. Throws std::bad_alloc.
base::result<std::vector<std::string>> read_function_payload(std::string_view payload,
                                                             bool verify = true);

} // namespace thespis::commands
