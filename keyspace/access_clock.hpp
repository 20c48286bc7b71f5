#pragma once

/// The 24 bits by which an entry remembers its use, for OBJECT IDLETIME, OBJECT FREQ and eviction.
/// What they mean is the server's setting, not the entry's:
///
///     LRU:  23 ........ 0   seconds of Unix time of the last use (wraps after 194 days)
///     LFU:  23 .... 8 7 . 0  minutes of Unix time of the last decay | logarithmic counter
///
/// The counter's formulas are Redis': a use counts with probability 1 / ((counter - 5) * factor +
/// 1), and each `decay_minutes` without use takes one off. Pure functions; time and chance are
/// arguments.

#include <cstdint>

namespace thespis::keyspace {

inline constexpr std::uint32_t access_clock_max = 0xff'ffffu;
/// What a new entry's counter starts with, lest it be evicted before it is used.
inline constexpr std::uint32_t lfu_counter_initial = 5;

// -- LRU -----------------------------------------------------------------------------------------

constexpr std::uint32_t lru_clock(std::int64_t now_ms) noexcept {
  return static_cast<std::uint32_t>(now_ms / 1000) & access_clock_max;
}
/// Of an entry that has not been used for so long.
constexpr std::uint32_t lru_clock_of_idle(std::uint64_t idle_seconds,
                                          std::int64_t now_ms) noexcept {
  const auto idle = idle_seconds < access_clock_max ? static_cast<std::uint32_t>(idle_seconds)
                                                    : access_clock_max;
  return (lru_clock(now_ms) - idle) & access_clock_max;
}
/// Seconds since the last use.
constexpr std::uint32_t lru_idle_seconds(std::uint32_t clock, std::int64_t now_ms) noexcept {
  return (lru_clock(now_ms) - clock) & access_clock_max;
}

// -- LFU -----------------------------------------------------------------------------------------

constexpr std::uint32_t lfu_minutes(std::int64_t now_ms) noexcept {
  return static_cast<std::uint32_t>(now_ms / 60'000) & 0xffffu;
}
constexpr std::uint32_t lfu_clock(std::int64_t now_ms, std::uint32_t counter) noexcept {
  return lfu_minutes(now_ms) << 8 | counter;
}
/// The counter of `clock` as it is now, after decay. decay_minutes 0: no decay.
constexpr std::uint32_t lfu_counter(std::uint32_t clock, std::int64_t now_ms,
                                    int decay_minutes) noexcept {
  const auto counter = clock & 0xffu;
  if (decay_minutes <= 0)
    return counter;
  const auto elapsed = (lfu_minutes(now_ms) - (clock >> 8)) & 0xffffu;
  const auto periods = elapsed / static_cast<std::uint32_t>(decay_minutes);
  return periods > counter ? 0 : counter - periods;
}
/// The counter after one more use. `random_bits`: 64 uniform ones.
constexpr std::uint32_t lfu_counted(std::uint32_t counter, int log_factor,
                                    std::uint64_t random_bits) noexcept {
  if (counter >= 255)
    return 255;
  const auto base = counter > lfu_counter_initial ? counter - lfu_counter_initial : 0;
  const auto factor = log_factor > 0 ? static_cast<std::uint64_t>(log_factor) : 0;
  const auto chances = base * factor + 1;
  // One in `chances`: the random number's upper half falls into the first of as many equal parts.
  return (random_bits >> 32) * chances < (std::uint64_t{1} << 32) ? counter + 1 : counter;
}

} // namespace thespis::keyspace
