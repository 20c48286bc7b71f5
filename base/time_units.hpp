#pragma once

/// How many of one unit of time make another. Instants are signed, durations in nanoseconds not.

#include <cstdint>

namespace thespis::base {

inline constexpr std::int64_t ms_per_s = 1000;
inline constexpr std::int64_t us_per_s = 1'000'000;
inline constexpr std::uint64_t ns_per_us = 1000;
inline constexpr std::uint64_t ns_per_ms = 1'000'000;

} // namespace thespis::base
