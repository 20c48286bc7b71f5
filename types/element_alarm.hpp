#pragma once

/// When elements of a collection expire one by one, this is what the keyspace needs to know of it:
/// when to look again. It lives in the collection; the collection keeps `due_ms`, the keyspace the
/// rest.

#include <cstdint>
#include <limits>

namespace thespis::types {

struct element_alarm {
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  /// No element expires before this (Unix ms); `never` if none will.
  std::int64_t due_ms = never;
  /// For when the keyspace has a record of the collection; `never` without one.
  std::int64_t announced_ms = never;
  /// Ties the collection to that record.
  std::uint32_t generation = 0;
};

} // namespace thespis::types
