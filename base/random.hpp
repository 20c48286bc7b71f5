#pragma once

/// A small fast generator of random bits, the same sequence for the same seed on every machine.
/// Not for secrets. Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators"
/// (xoshiro256**), seeded through splitmix64; `below` after Lemire, "Fast random integer generation
/// in an interval".

#include <array>
#include <cstdint>

namespace thespis::base {

class random_bits {
public:
  explicit random_bits(std::uint64_t seed) noexcept;

  /// 64 uniform bits.
  std::uint64_t next() noexcept {
    const std::uint64_t out = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return out;
  }

  /// A uniform number in [0, n), without bias; 0 for n == 0. Mostly one multiplication.
  std::uint64_t below(std::uint64_t n) noexcept;

private:
  static constexpr std::uint64_t rotate(std::uint64_t x, int by) noexcept {
    return (x << by) | (x >> (64 - by));
  }

  std::array<std::uint64_t, 4> state_;
};

} // namespace thespis::base
