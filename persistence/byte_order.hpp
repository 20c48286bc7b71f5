#pragma once

/// Numbers as bytes of a stated order, for formats that are the same on every machine.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::persistence {

inline void append_little_endian(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i)
    out += static_cast<char>(value >> 8 * i & 0xff);
}

inline void append_big_endian(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (auto i = bytes; i-- > 0;)
    out += static_cast<char>(value >> 8 * i & 0xff);
}

/// REQUIRES: at most eight bytes.
inline std::uint64_t little_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (auto at = bytes.rbegin(); at != bytes.rend(); ++at)
    value = value << 8 | static_cast<unsigned char>(*at);
  return value;
}

/// REQUIRES: at most eight bytes.
inline std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char c : bytes)
    value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

/// The same as a signed number in two's complement. REQUIRES: one to eight bytes.
inline std::int64_t signed_little_endian(std::string_view bytes) noexcept {
  const auto unused_bits = 64 - 8 * bytes.size();
  return static_cast<std::int64_t>(little_endian(bytes) << unused_bits) >> unused_bits;
}

/// REQUIRES: one to eight bytes.
inline std::int64_t signed_big_endian(std::string_view bytes) noexcept {
  const auto unused_bits = 64 - 8 * bytes.size();
  return static_cast<std::int64_t>(big_endian(bytes) << unused_bits) >> unused_bits;
}

} // namespace thespis::persistence
