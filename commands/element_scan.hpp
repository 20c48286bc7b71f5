#pragma once

/// What HSCAN has in common with its like: the options behind the cursor.

#include "keyspace/command_context.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace thespis::commands {

struct element_scan_options {
  /// Empty: everything matches.
  std::optional<std::string_view> pattern;
  std::size_t count = 10;
  /// The elements alone, without what belongs to them.
  bool bare = false;

  bool want(std::string_view element) const noexcept;
};

/// Reads what is behind `key cursor`. `bare_option`: the word for that, if the command has one.
/// Empty: an error has been replied.
std::optional<element_scan_options> read_element_scan_options(keyspace::command_context& ctx,
                                                              protocol::arguments args,
                                                              std::string_view bare_option = {});

} // namespace thespis::commands
