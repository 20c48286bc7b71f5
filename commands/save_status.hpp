#pragma once

/// What the server knows of its snapshots and of what it has loaded. The administrator's.

#include <cstdint>

namespace thespis::commands {

struct save_status {
  static constexpr std::int64_t none = -1;

  // -- the one that is being taken ---------------------------------------------------------------
  bool running = false;
  /// Unix time.
  std::int64_t began_ms = 0;
  /// server_state::changes() when it began.
  std::uint64_t changes_begun = 0;
  /// One is to begin soon (BGSAVE in a transaction).
  bool scheduled = false;

  // -- the last ones -----------------------------------------------------------------------------
  /// The last that succeeded, or the start of the server.
  std::int64_t last_success_ms = 0;
  /// How many changes were saved.
  std::uint64_t changes_saved = 0;
  /// When the last one ended, whatever came of it.
  std::int64_t last_end_ms = 0;
  bool last_succeeded = true;
  std::int64_t last_seconds = none;
  std::uint64_t successes = 0;

  // -- what was loaded at the start --------------------------------------------------------------
  std::uint64_t keys_loaded = 0;
  std::uint64_t keys_expired = 0;
};

} // namespace thespis::commands
