#include "persistence/rdb_reader.hpp"

#include "persistence/byte_order.hpp"

#include <limits>

#include <lzf.h>

namespace thespis::persistence {

namespace {

enum kind_of_length : std::uint8_t { bits_6, bits_14, bits_more, encoded };
enum first_byte : std::uint8_t {
  length_of_32_bits = 0x80,
  length_of_64_bits = 0x81,
  integer_of_8_bits = 0xc0,
  integer_of_16_bits = 0xc1,
  integer_of_32_bits = 0xc2,
  compressed = 0xc3,
};

/// Three bytes of LZF become 264 at most.
constexpr std::uint64_t lzf_growth_max = 88;

} // namespace

std::optional<std::string_view> rdb_reader::take(std::uint64_t count) noexcept {
  if (count > rest_.size()) {
    lacks_ = count - rest_.size() <= beyond_ ? shortage::of_sight : shortage::of_bytes;
    return std::nullopt;
  }
  const auto taken = rest_.substr(0, static_cast<std::size_t>(count));
  rest_.remove_prefix(taken.size());
  return taken;
}

std::optional<std::uint8_t> rdb_reader::byte() noexcept {
  const auto taken = take(1);
  if (!taken)
    return std::nullopt;
  return static_cast<std::uint8_t>(taken->front());
}

std::optional<std::uint64_t> rdb_reader::word() noexcept {
  const auto taken = take(8);
  if (!taken)
    return std::nullopt;
  return little_endian(*taken);
}

std::optional<std::uint64_t> rdb_reader::length() noexcept {
  const auto first = byte();
  return first ? length_after(*first) : std::nullopt;
}

std::optional<std::uint64_t> rdb_reader::length_after(std::uint8_t first) noexcept {
  switch (first >> 6) {
    case bits_6:
      return first;
    case bits_14: {
      const auto second = byte();
      if (!second)
        return std::nullopt;
      return static_cast<std::uint64_t>(first & 0x3f) << 8 | *second;
    }
    case bits_more:
      if (first == length_of_32_bits || first == length_of_64_bits)
        if (const auto taken = take(first == length_of_32_bits ? 4 : 8))
          return big_endian(*taken);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

bool rdb_reader::skip_string() noexcept {
  const auto first = byte();
  if (!first)
    return false;
  switch (*first) {
    case integer_of_8_bits:
      return take(1).has_value();
    case integer_of_16_bits:
      return take(2).has_value();
    case integer_of_32_bits:
      return take(4).has_value();
    case compressed: {
      const auto from = length();
      const auto to = from ? length() : std::nullopt;
      return to && take(*from);
    }
    default: {
      const auto size = length_after(*first);
      return size && take(*size);
    }
  }
}

std::optional<std::string> rdb_reader::string() {
  std::string scratch;
  const auto text = string(scratch);
  if (!text)
    return std::nullopt;
  if (text->data() == scratch.data())
    return scratch;
  return std::string{*text};
}

std::optional<std::string_view> rdb_reader::string(std::string& scratch) {
  const auto first = byte();
  if (!first)
    return std::nullopt;
  std::optional<std::string> decoded;
  switch (*first) {
    case integer_of_8_bits:
      decoded = digits(1);
      break;
    case integer_of_16_bits:
      decoded = digits(2);
      break;
    case integer_of_32_bits:
      decoded = digits(4);
      break;
    case compressed:
      decoded = decompressed();
      break;
    default: {
      const auto size = length_after(*first);
      return size ? take(*size) : std::nullopt;
    }
  }
  if (!decoded)
    return std::nullopt;
  scratch = *std::move(decoded);
  return scratch;
}

std::optional<std::string> rdb_reader::digits(std::size_t bytes) {
  const auto taken = take(bytes);
  if (!taken)
    return std::nullopt;
  return std::to_string(signed_little_endian(*taken));
}

std::optional<std::string> rdb_reader::decompressed() {
  const auto from = length();
  const auto to = from ? length() : std::nullopt;
  const auto taken = to ? take(*from) : std::nullopt;
  constexpr std::uint64_t most = std::numeric_limits<unsigned>::max();
  if (!taken || taken->empty() || taken->size() > most || *to == 0 || *to > most
      || *to > lzf_growth_max * taken->size())
    return std::nullopt;
  std::string whole(static_cast<std::size_t>(*to), '\0');
  const auto written = lzf_decompress(taken->data(), static_cast<unsigned>(taken->size()),
                                      whole.data(), static_cast<unsigned>(whole.size()));
  if (written != whole.size())
    return std::nullopt;
  return whole;
}

} // namespace thespis::persistence
