#pragma once

#include "keyspace/command_context.hpp"

#include <optional>
#include <string_view>

namespace thespis::commands {

/// The number of a database, checked against how many there are. Empty: an error has been replied.
std::optional<int> read_database_index(keyspace::command_context& ctx, std::string_view text);

} // namespace thespis::commands
