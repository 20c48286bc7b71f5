#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::protocol {

/// Reads the cursor of SCAN and its like, as leniently as Redis 7.2: nothing at all is 0, signs and
/// leading zeros are allowed, a zero byte is the end. Empty: no number, or one that 64 bits do not
/// hold. Cost: O(length).
std::optional<std::uint64_t> parse_scan_cursor(std::string_view text) noexcept;

} // namespace thespis::protocol
