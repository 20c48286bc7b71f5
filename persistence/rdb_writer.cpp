#include "persistence/rdb_writer.hpp"

#include "base/number.hpp"
#include "persistence/byte_order.hpp"

#include <limits>

#include <lzf.h>

namespace thespis::persistence {

namespace {

/// Digits of an integer of 32 bits, with its sign.
constexpr std::size_t integer_chars_max = 11;
/// Shorter strings are not worth compressing.
constexpr std::size_t compressed_from = 21;
/// What LZF must save at least.
constexpr std::size_t compression_gain_min = 4;

/// Whether the integer has one of the short encodings; then it is written.
bool append_short_integer(std::string& out, std::int64_t value) {
  std::size_t bytes = 0;
  if (value >= INT8_MIN && value <= INT8_MAX)
    bytes = 1;
  else if (value >= INT16_MIN && value <= INT16_MAX)
    bytes = 2;
  else if (value >= INT32_MIN && value <= INT32_MAX)
    bytes = 4;
  else
    return false;
  out += static_cast<char>(bytes == 1 ? 0xc0 : bytes == 2 ? 0xc1 : 0xc2);
  append_little_endian(out, static_cast<std::uint64_t>(value), bytes);
  return true;
}

bool append_compressed(std::string& out, std::string_view bytes) {
  if (bytes.size() > std::numeric_limits<unsigned>::max())
    return false;
  std::string shorter(bytes.size() - compression_gain_min, '\0');
  const auto size = lzf_compress(bytes.data(), static_cast<unsigned>(bytes.size()), shorter.data(),
                                 static_cast<unsigned>(shorter.size()));
  if (size == 0)
    return false;
  out += '\xc3';
  append_rdb_length(out, size);
  append_rdb_length(out, bytes.size());
  out.append(shorter, 0, size);
  return true;
}

} // namespace

void append_rdb_length(std::string& out, std::uint64_t length) {
  if (length < 1u << 6) {
    append_big_endian(out, length, 1);
  } else if (length < 1u << 14) {
    append_big_endian(out, length | 1u << 14, 2);
  } else if (length <= std::numeric_limits<std::uint32_t>::max()) {
    out += '\x80';
    append_big_endian(out, length, 4);
  } else {
    out += '\x81';
    append_big_endian(out, length, 8);
  }
}

void append_rdb_string(std::string& out, std::string_view bytes) {
  append_rdb_length(out, bytes.size());
  out += bytes;
}

void append_rdb_string(std::string& out, std::string_view bytes, bool compress) {
  if (bytes.size() <= integer_chars_max)
    if (const auto value = base::parse_int64(bytes); value && append_short_integer(out, *value))
      return;
  if (compress && bytes.size() >= compressed_from && append_compressed(out, bytes))
    return;
  append_rdb_string(out, bytes);
}

void append_rdb_integer(std::string& out, std::int64_t value) {
  if (append_short_integer(out, value))
    return;
  char digits[24];
  append_rdb_string(out, base::format_int64(value, digits));
}

} // namespace thespis::persistence
