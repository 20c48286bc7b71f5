#pragma once

/// Integers of any width at any bit of a string, as BITFIELD sees it: signed ones of 1 to 64 bits
/// (two's complement) and unsigned ones of 1 to 63, the most significant bit first, so that a value
/// of up to 64 bits lies in at most nine bytes. Behind the end of a string there are zeros.
///
///     u5 at bit 6:   byte 0          byte 1
///                    . . . . . . 1 0  1 1 0 . . . . .      = 0b10110 = 22

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace thespis::types {

struct bit_field {
  bool is_signed = false;
  /// 1 to 64 signed, 1 to 63 unsigned.
  unsigned bits = 1;

  /// "i8", "u63" …; nothing for what is none.
  static std::optional<bit_field> parse(std::string_view text) noexcept;

  /// The value at bit `offset`. Cost: O(1).
  std::int64_t read(std::string_view bytes, std::uint64_t offset) const noexcept;
  /// Stores the low bits of `value`. REQUIRES: the field is in `bytes`. Cost: O(1).
  void write(std::span<char> bytes, std::uint64_t offset, std::int64_t value) const noexcept;
  /// How many bytes a string must have to hold the field.
  std::uint64_t bytes_needed(std::uint64_t offset) const noexcept {
    return (offset + bits - 1) / 8 + 1;
  }

  std::int64_t smallest() const noexcept {
    return is_signed ? -largest() - 1 : 0;
  }
  std::int64_t largest() const noexcept {
    // Without the sign at most 63 bits.
    return static_cast<std::int64_t>((std::uint64_t{1} << (is_signed ? bits - 1 : bits)) - 1);
  }
};

/// What happens to a value that its field cannot hold.
enum class overflow_rule : std::uint8_t {
  /// Only the low bits count.
  wrap,
  /// The nearest value that the field holds.
  saturate,
  /// Nothing is stored.
  fail,
};

/// What the field holds when `value` is stored in it; nothing if that fails. An unsigned field
/// takes the 64 bits of a negative value for a large one, and a signed one of less than 64 bits
/// saturates at the wrong end for values close to -2^63: both as in Redis.
std::optional<std::int64_t> fit(bit_field field, std::int64_t value, overflow_rule rule) noexcept;
/// The same for old + by. REQUIRES: `old` fits.
std::optional<std::int64_t> add(bit_field field, std::int64_t old, std::int64_t by,
                                overflow_rule rule) noexcept;

} // namespace thespis::types
