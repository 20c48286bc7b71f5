#pragma once

/// math.random's numbers: the 48 bit linear congruential generator of drand48, of which the upper
/// 31 bits are used, as in Redis, so that a seed gives the same numbers there and here. Source:
/// POSIX.

#include <cstdint>

namespace thespis::scripting {

class random_numbers {
public:
  static constexpr std::int32_t max = 0x7fffffff;

  void begin_run() noexcept {
    is_seeded_ = false;
  }
  /// 0 to 2^31 - 1.
  std::int32_t next() noexcept {
    auto& state = is_seeded_ ? seeded_ : shared_;
    state = (state * 0x5deece66dULL + 0xb) & 0xffff'ffff'ffffULL;
    return static_cast<std::int32_t>(state >> 17);
  }
  void seed(std::int32_t value) noexcept {
    seeded_ = std::uint64_t{static_cast<std::uint32_t>(value)} << 16 | 0x330e;
    is_seeded_ = true;
  }

private:
  std::uint64_t shared_ = 0x1234'abcd'330eULL;
  std::uint64_t seeded_ = 0;
  bool is_seeded_ = false;
};

} // namespace thespis::scripting
