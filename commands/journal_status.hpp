#pragma once

/// What the server knows of its journal and of the rewriting of it. The administrator's.

#include <cstdint>

namespace thespis::commands {

struct journal_status {
  static constexpr std::int64_t none = -1;

  // -- the rewriting that goes on ----------------------------------------------------------------
  bool rewriting = false;
  /// Unix time.
  std::int64_t began_ms = 0;
  /// One is wanted as soon as it can begin.
  bool scheduled = false;

  // -- the last ones -----------------------------------------------------------------------------
  bool last_succeeded = true;
  std::int64_t last_end_ms = 0;
  std::int64_t last_seconds = none;
  std::uint64_t rewrites = 0;
  std::uint64_t failures_in_a_row = 0;
};

/// How far it is.
struct journal_figures {
  bool is_on = false;
  /// All that has been done is on the disk.
  bool is_durable = false;
  bool has_failed = false;
  std::uint64_t bytes = 0;
  std::uint64_t base_bytes = 0;
  /// Told, and not in the file yet.
  std::uint64_t buffered_bytes = 0;
  bool is_synchronising = false;
  /// How often replies had to wait for a disk that had fallen behind.
  std::uint64_t delayed_syncs = 0;
};

} // namespace thespis::commands
