#pragma once

/// The checksum of RDB files and of the payloads of DUMP: CRC-64 with the polynomial of Jones
/// (0xad93d23594c935a9), reflected, from 0, without a final exclusive or.
/// Source: D. T. Jones, "An Improved 64-bit Cyclic Redundancy Check for Protein Sequences", 2002.

#include <cstdint>
#include <string_view>

namespace thespis::persistence {

/// The checksum of what had the checksum `before`, followed by `bytes`. Cost: O(length).
std::uint64_t crc64(std::string_view bytes, std::uint64_t before = 0) noexcept;

} // namespace thespis::persistence
