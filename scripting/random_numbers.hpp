#pragma once

/// math.random's numbers: the 48 bit linear congruential generator of drand48, of which the upper
/// 31 bits are used, as in Redis, so that a seed gives the same numbers there and here. Source:
/// POSIX.

#include <cstdint>

namespace thespis::scripting {

class random_numbers {
public:
  static constexpr std::int32_t max = 0x7fffffff;

  /// 0 to 2^31 - 1.
  std::int32_t next() noexcept {
    state_ = (state_ * 0x5deece66dULL + 0xb) & 0xffff'ffff'ffffULL;
    return static_cast<std::int32_t>(state_ >> 17);
  }
  void seed(std::int32_t value) noexcept {
    state_ = (std::uint64_t{static_cast<std::uint32_t>(value)} << 16) | 0x330e;
  }

private:
  std::uint64_t state_ = 0x1234'abcd'330eULL;
};

} // namespace thespis::scripting
