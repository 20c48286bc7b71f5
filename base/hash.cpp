#include "base/hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <sys/random.h>
#include <unistd.h>

namespace thespis::base {

std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::uint64_t random_seed() noexcept {
  std::uint64_t seed = 0;
  for (int attempt = 0; attempt < 8; ++attempt)
    if (::getrandom(&seed, sizeof seed, 0) == static_cast<ssize_t>(sizeof seed))
      return seed;
  // Stack addresses differ from run to run (ASLR), so even this is not the same every time.
  const auto address = reinterpret_cast<std::uintptr_t>(&seed);
  const auto pid = static_cast<std::uint64_t>(::getpid());
  return XXH3_64bits_withSeed(&address, sizeof address, pid);
}

} // namespace thespis::base
