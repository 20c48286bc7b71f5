#include "base/random.hpp"

namespace thespis::base {

namespace {

__extension__ using wide = unsigned __int128;

/// splitmix64: spreads a poor seed (0, 1, 2 …) over all the bits of the state.
std::uint64_t spread(std::uint64_t& seed) noexcept {
  seed += 0x9e3779b97f4a7c15u;
  std::uint64_t z = seed;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

} // namespace

random_bits::random_bits(std::uint64_t seed) noexcept
  : state_{spread(seed), spread(seed), spread(seed), spread(seed)} {
}

std::uint64_t random_bits::below(std::uint64_t n) noexcept {
  if (n == 0)
    return 0;
  wide product = static_cast<wide>(next()) * n;
  auto low = static_cast<std::uint64_t>(product);
  if (low < n) {
    // Only the first (2^64 mod n) values of the low half are over-represented; those are redrawn.
    const std::uint64_t surplus = (0 - n) % n;
    while (low < surplus) {
      product = static_cast<wide>(next()) * n;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

} // namespace thespis::base
