#pragma once

/// CRC-32C (Castagnoli: polynomial 0x1edc6f41, reflected, initial value and final exclusive or all
/// ones): the checksum of the journal's records. Source: RFC 3720, appendix B.4; check value
/// "123456789" -> 0xe3069283.

#include <cstdint>
#include <string_view>

namespace thespis::base {

/// `before`: of the bytes in front of these. Cost: 8 bytes in 3 cycles where the processor has
/// an instruction for it (SSE 4.2), otherwise a table look-up a byte.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0) noexcept;

/// The same by table, whatever the processor has.
std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t before = 0) noexcept;

} // namespace thespis::base
