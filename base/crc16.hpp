#pragma once

/// CRC-16/XMODEM (polynomial 0x1021, initial value 0, no reflection): the checksum of Redis
/// Cluster's key slots. Source: the Redis Cluster specification, appendix A; check value
/// "123456789" -> 0x31c3.

#include <array>
#include <cstdint>
#include <string_view>

namespace thespis::base {

namespace detail {

constexpr std::array<std::uint16_t, 256> make_crc16_table() noexcept {
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 0x8000u) != 0 ? (crc << 1) ^ 0x1021u : crc << 1;
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}

} // namespace detail

inline constexpr std::array<std::uint16_t, 256> crc16_table = detail::make_crc16_table();

/// Cost: one table look-up a byte.
constexpr std::uint16_t crc16(std::string_view bytes) noexcept {
  unsigned crc = 0;
  for (const char c : bytes)
    crc = ((crc << 8) ^ crc16_table[((crc >> 8) ^ static_cast<unsigned char>(c)) & 0xffu])
          & 0xffffu;
  return static_cast<std::uint16_t>(crc);
}

static_assert(crc16("123456789") == 0x31c3);

} // namespace thespis::base
