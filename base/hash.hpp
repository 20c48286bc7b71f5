#pragma once

/// The hash of keys and members: XXH3 with a secret seed, so that clients cannot choose keys that
/// collide. Not stable over restarts; never written to disk or to the wire.

#include <cstdint>
#include <string_view>

namespace thespis::base {

/// 64 well-mixed bits of `bytes`. Cost: O(n), some 5 ns for short keys.
std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) noexcept;

/// 64 bits from the kernel's generator, for seeds. Falls back to the process's own addresses and id
/// where the kernel refuses (never on a Linux that has booted).
std::uint64_t random_seed() noexcept;

} // namespace thespis::base
