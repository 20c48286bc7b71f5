#pragma once

/// Strings of bytes as strings of bits. Bit 0 is the most significant bit of byte 0, so bit i is
/// `bytes[i / 8] >> (7 - i % 8) & 1`; behind the end of a string there are zeros without end.
///
///     byte       0                  1
///     bit        0 1 2 3 4 5 6 7    8 9 …
///
/// All of these are pure functions over memory that the caller holds. They work on words and, where
/// the processor has them, on the vector instructions that count bits.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace thespis::types {

/// Whether the bit is set. Cost: O(1).
inline bool bit_at(std::string_view bytes, std::uint64_t index) noexcept {
  const auto byte = index >> 3;
  return byte < bytes.size() && (static_cast<unsigned char>(bytes[byte]) >> (7 - (index & 7)) & 1);
}

/// Returns what it was. REQUIRES: the bit is in `bytes`. Cost: O(1).
inline bool set_bit(std::span<char> bytes, std::uint64_t index, bool to) noexcept {
  auto& byte = bytes[index >> 3];
  const auto mask = 0x80u >> (index & 7);
  const auto old = static_cast<unsigned char>(byte);
  byte = static_cast<char>(to ? old | mask : old & ~mask);
  return (old & mask) != 0;
}

/// How many bits are set. Cost: O(n), about 64 bytes a cycle at best.
std::uint64_t count_bits(std::string_view bytes) noexcept;
/// The same from bit `first` to bit `last`, both included. REQUIRES: first <= last, both in
/// `bytes`.
std::uint64_t count_bits(std::string_view bytes, std::uint64_t first, std::uint64_t last) noexcept;

/// The first bit from `first` to `last`, both included, that is `wanted`.
/// REQUIRES: first <= last, both in `bytes`. Cost: O(distance).
std::optional<std::uint64_t> find_bit(std::string_view bytes, bool wanted, std::uint64_t first,
                                      std::uint64_t last) noexcept;

/// What becomes of the bits x, y1, y2 … of several strings.
enum class bit_operation : std::uint8_t {
  conjunction,
  disjunction,
  /// Set in an odd number of strings.
  exclusive,
  /// The complement of x.
  complement,
  /// Set in x and in no y.
  only_first,
  /// Set in some y and not in x.
  not_first,
  /// Set in x and in some y.
  first_and_any,
  /// Set in exactly one of the strings.
  exactly_one,
};

/// Combines the strings into `out`; the shorter ones are as if filled up with zeros.
/// `out` may be the memory of one of the sources, if it begins where that one does.
/// REQUIRES: there are sources, and none is longer than `out`. Cost: O(size of out * sources).
void combine_bits(bit_operation operation, std::span<const std::string_view> sources,
                  std::span<char> out) noexcept;

} // namespace thespis::types
