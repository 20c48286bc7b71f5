#pragma once

/// The doubles of Lua as the integers and floats of C. The conversions of the language are
/// undefined outside of the range of their result; these are what x86-64 computes, which is what
/// redis-server shows to scripts there.

#include <cmath>
#include <cstdint>
#include <limits>

namespace thespis::scripting {

/// Without the fraction; -2^63 for what is too large or too small, and for NaN.
inline std::int64_t to_int64(double value) {
  return value >= -0x1p63 && value < 0x1p63 ? static_cast<std::int64_t>(value)
                                            : std::numeric_limits<std::int64_t>::min();
}

/// Without the fraction and modulo 2^64 down to -2^63; 0 from 2^64 on; 2^63 below -2^63 and for
/// NaN.
inline std::uint64_t to_uint64(double value) {
  if (value >= 0x1p63)
    return value < 0x1p64 ? static_cast<std::uint64_t>(value) : 0;
  return static_cast<std::uint64_t>(to_int64(value));
}

/// The nearest one; infinity for what is too large.
inline float to_float(double value) {
  // Halfway between the largest float and the next one that there would be.
  constexpr double too_large = 0x1.ffffffp127;
  if (std::abs(value) >= too_large)
    return std::copysign(std::numeric_limits<float>::infinity(),
                         static_cast<float>(value < 0 ? -1 : 1));
  return static_cast<float>(value);
}

} // namespace thespis::scripting
