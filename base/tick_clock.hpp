#pragma once

/// The cheapest clock of the machine, for run times of commands: it counts ticks from an unknown
/// start. On x86-64 with an invariant time stamp counter a reading costs about 20 cycles and no
/// call; elsewhere ticks are nanoseconds of the steady clock.
///
/// Readings of two cores may differ by some nanoseconds: a difference of readings may be
/// "negative", which `elapsed` turns into 0. The length of a tick is measured once, before main(),
/// in a millisecond; the error is under 0.01 %.

#include <chrono>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace thespis::base {

class tick_clock {
public:
  /// Now, in ticks.
  static std::uint64_t read() noexcept {
#if defined(__x86_64__)
    if (has_counter_) [[likely]]
      return __rdtsc();
#endif
    return steady_ns();
  }

  /// Ticks from one reading to another; 0 if the second is not later.
  static std::uint64_t elapsed(std::uint64_t from, std::uint64_t to) noexcept {
    const auto ticks = static_cast<std::int64_t>(to - from);
    return ticks > 0 ? static_cast<std::uint64_t>(ticks) : 0;
  }

  /// Cost: one multiplication.
  static std::uint64_t to_ns(std::uint64_t ticks) noexcept {
    return static_cast<std::uint64_t>(static_cast<wide>(ticks) * ns_per_tick_ >> 32);
  }
  static std::uint64_t from_ns(std::uint64_t ns) noexcept {
    return static_cast<std::uint64_t>((static_cast<wide>(ns) << 32) / ns_per_tick_);
  }

private:
  __extension__ using wide = unsigned __int128;

  static std::uint64_t steady_ns() noexcept {
    const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since_start).count());
  }
  static bool find_counter() noexcept;
  static std::uint64_t measure() noexcept;

  // In this order: the length is measured with the counter that was found.
  static const bool has_counter_;
  /// Nanoseconds in a tick, as a 32.32 fixed-point number.
  static const std::uint64_t ns_per_tick_;
};

} // namespace thespis::base
