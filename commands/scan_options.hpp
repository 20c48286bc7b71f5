#pragma once

/// The options behind the cursor of SCAN, HSCAN, SSCAN and ZSCAN.

#include "keyspace/command_context.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

struct scan_options {
  /// Empty: everything matches.
  std::optional<std::string_view> pattern;
  std::optional<std::string_view> type;
  std::size_t count = 10;
  /// The elements alone, without what belongs to them.
  bool bare = false;

  bool want(std::string_view element) const noexcept;
};

/// What only some of the commands have.
struct scan_grammar {
  /// The number of the first option's word.
  std::size_t first;
  bool has_type = false;
  /// The word for `bare`, if there is one.
  std::string_view bare_option{};
};
inline constexpr scan_grammar scan_of_keys{.first = 2, .has_type = true};
inline constexpr scan_grammar scan_of_members{.first = 3};
inline constexpr scan_grammar scan_of_fields{.first = 3, .bare_option = "novalues"};
inline constexpr scan_grammar scan_of_scores{.first = 3, .bare_option = "noscores"};

/// Empty: an error has been replied (syntax, a count that is no integer).
std::optional<scan_options> read_scan_options(keyspace::command_context& ctx,
                                              protocol::arguments args,
                                              const scan_grammar& grammar);

/// The reply's beginning: an array of two of which the second element, the array of what was found,
/// is the caller's.
void reply_scan_cursor(protocol::reply_writer& reply, std::uint64_t next);

} // namespace thespis::commands
