#pragma once

/// SHA-1, for fingerprints that other programs compute as well (DEBUG DIGEST, script names). Not
/// for secrets. Source: FIPS 180-4.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::base {

using sha1_digest = std::array<std::uint8_t, 20>;

/// Cost: O(length).
sha1_digest sha1(std::string_view bytes) noexcept;

/// 40 hexadecimal digits in lower case.
std::string to_hex(const sha1_digest& digest);

} // namespace thespis::base
