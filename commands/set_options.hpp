#pragma once

/// The words behind the value of SET, behind the key of GETEX and behind the pairs of MSETEX. The
/// three commands share their grammar and differ in which words they know.
///
///     [NX | XX | IFEQ v | IFNE v | IFDEQ digest | IFDNE digest] [GET]
///     [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL | PERSIST]
///
/// Options come in any order and case; one of a group excludes the others of it, while the same
/// word may be repeated (the last one counts).

#include "commands/expire_time.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/arguments.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

enum class set_condition : std::uint8_t {
  none,
  /// The key must not exist.
  missing,
  /// The key must exist.
  present,
  equal,
  /// Also met by a missing key.
  not_equal,
  digest_equal,
  /// Also met by a missing key.
  digest_not_equal,
};

enum class ttl_option : std::uint8_t { none, at_time, keep, persist };

struct set_options {
  set_condition condition = set_condition::none;
  /// The value or digest that a condition compares with.
  std::string_view compared{};
  bool get = false;
  ttl_option ttl = ttl_option::none;
  /// ttl_option::at_time: the time as it was written. Whether it is one is not checked yet: some
  /// commands look at the key first.
  std::string_view time{};
  time_notation notation = relative_seconds;
};

/// Which words a command knows.
enum class set_grammar : std::uint8_t { set, getex, msetex };

/// Reads args[first …]. Empty: an error has been replied. Cost: O(number of words).
std::optional<set_options> read_set_options(keyspace::command_context& ctx,
                                            protocol::arguments args, std::size_t first,
                                            set_grammar grammar);

} // namespace thespis::commands
