#pragma once

/// The timeout of commands that block: seconds, with fractions.

#include "keyspace/command_context.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

/// When the wait ends, Unix ms; 0: never. Nothing: an error has been replied (no float, negative,
/// beyond what milliseconds can count).
std::optional<std::int64_t> read_block_timeout(keyspace::command_context& ctx,
                                               std::string_view word);

} // namespace thespis::commands
