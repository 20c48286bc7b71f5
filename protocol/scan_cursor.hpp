#pragma once

#include "base/byte_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::protocol {

/// Reads the cursor of SCAN and its like, as leniently as Redis 7.2: nothing at all is 0, signs and
/// leading zeros are allowed, a zero byte is the end. Empty: no number, or one that 64 bits do not
/// hold. Cost: O(length).
std::optional<std::uint64_t> parse_scan_cursor(std::string_view text) noexcept;

/// Clients see one cursor over all partitions, `partition + partition_count * cursor within it`.
/// `reply`: SCAN's within a partition, an array of a bulk string, the cursor there, and the keys.
/// Appends to `output` the same with the client's cursor: the next place in this partition or the
/// start of the next one. An error stays as it is. Throws std::bad_alloc.
void globalize_cursor(std::string_view reply, std::size_t partition, std::size_t partition_count,
                      base::byte_buffer& output);

} // namespace thespis::protocol
