#pragma once

#include <atomic>
#include <cstdint>

namespace thespis::commands {

/// Read by all threads, written by the administrator.
struct script_settings {
  /// Ticks (base/tick_clock.hpp) after which a script is slow; option busy-reply-threshold.
  std::atomic<std::uint64_t> slow_ticks{~std::uint64_t{0}};
  /// DEBUG SET-DISABLE-DENY-SCRIPTS: scripts may call everything.
  std::atomic<bool> may_call_all{false};
};

} // namespace thespis::commands
