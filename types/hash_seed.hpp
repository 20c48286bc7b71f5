#pragma once

#include "base/hash.hpp"

#include <cstdint>

namespace thespis::types {

/// The seed of all hash tables in values, the same for the life of the process.
inline std::uint64_t hash_seed() noexcept {
  static const std::uint64_t seed = base::random_seed();
  return seed;
}

} // namespace thespis::types
