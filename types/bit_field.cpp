#include "types/bit_field.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace thespis::types {

namespace {

__extension__ using wide = __int128;
__extension__ using wide_bits = unsigned __int128;

/// A field of 64 bits that does not begin with a byte reaches into a ninth.
constexpr std::size_t window_bytes = 9;

std::uint64_t mask_of(unsigned bits) noexcept {
  return ~std::uint64_t{0} >> (64 - bits);
}

/// Nine bytes from `at` on as one number, the first one highest; zeros behind the end.
wide_bits window_at(std::string_view bytes, std::uint64_t at) noexcept {
  unsigned char window[window_bytes] = {};
  if (at < bytes.size())
    std::memcpy(window, bytes.data() + at, std::min(bytes.size() - at, window_bytes));
  wide_bits all = 0;
  for (const auto byte : window)
    all = all << 8 | byte;
  return all;
}

/// How far the last bit of a field is from the end of the window that begins with its first byte.
unsigned shift_of(std::uint64_t offset, unsigned bits) noexcept {
  return static_cast<unsigned>(window_bytes * 8 - (offset & 7) - bits);
}

std::int64_t extended(std::uint64_t raw, bit_field field) noexcept {
  const auto sign = std::uint64_t{1} << (field.bits - 1);
  if (field.is_signed && (raw & sign) != 0)
    raw |= ~mask_of(field.bits);
  return static_cast<std::int64_t>(raw);
}

std::optional<std::int64_t> fit_wide(bit_field field, wide value, overflow_rule rule) noexcept {
  if (value >= field.smallest() && value <= field.largest())
    return static_cast<std::int64_t>(value);
  switch (rule) {
    case overflow_rule::wrap:
      return extended(static_cast<std::uint64_t>(value) & mask_of(field.bits), field);
    case overflow_rule::saturate:
      return value > field.largest() ? field.largest() : field.smallest();
    case overflow_rule::fail:
      break;
  }
  return std::nullopt;
}

} // namespace

std::optional<bit_field> bit_field::parse(std::string_view text) noexcept {
  if (text.empty() || (text.front() != 'i' && text.front() != 'u'))
    return std::nullopt;
  const bool with_sign = text.front() == 'i';
  const auto width = base::parse_int64(text.substr(1));
  if (!width || *width < 1 || *width > (with_sign ? 64 : 63))
    return std::nullopt;
  return bit_field{with_sign, static_cast<unsigned>(*width)};
}

std::int64_t bit_field::read(std::string_view bytes, std::uint64_t offset) const noexcept {
  const auto window = window_at(bytes, offset >> 3);
  return extended(static_cast<std::uint64_t>(window >> shift_of(offset, bits)) & mask_of(bits),
                  *this);
}

void bit_field::write(std::span<char> bytes, std::uint64_t offset,
                      std::int64_t value) const noexcept {
  const auto at = offset >> 3;
  const auto shift = shift_of(offset, bits);
  const auto mask = wide_bits{mask_of(bits)} << shift;
  const auto raw = wide_bits{static_cast<std::uint64_t>(value) & mask_of(bits)} << shift;
  const auto window = (window_at({bytes.data(), bytes.size()}, at) & ~mask) | raw;
  const auto end = bytes_needed(offset);
  for (auto i = at; i < end; ++i)
    bytes[i] = static_cast<char>(window >> (8 * (window_bytes - 1 - (i - at))) & 0xff);
}

std::optional<std::int64_t> fit(bit_field field, std::int64_t value, overflow_rule rule) noexcept {
  // So far below that the distance to the largest value is no int64: Redis takes it for too large.
  const auto distance = wide{field.largest()} - value;
  if (rule == overflow_rule::saturate && field.is_signed && field.bits < 64
      && distance > std::numeric_limits<std::int64_t>::max())
    return field.largest();
  return fit_wide(field, field.is_signed ? wide{value} : wide{static_cast<std::uint64_t>(value)},
                  rule);
}

std::optional<std::int64_t> add(bit_field field, std::int64_t old, std::int64_t by,
                                overflow_rule rule) noexcept {
  return fit_wide(field, wide{old} + by, rule);
}

} // namespace thespis::types
