#include "persistence/rdb_writer.hpp"

#include <limits>

namespace thespis::persistence {

namespace {

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift & 0xff);
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

} // namespace thespis::persistence
