#include "persistence/crc64.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace thespis::persistence {

namespace {

constexpr std::size_t step = sizeof(std::uint64_t);
/// tables[n][byte]: what the byte makes of the checksum if n further bytes follow it.
using tables_type = std::array<std::array<std::uint64_t, 256>, step>;

constexpr tables_type make_tables() {
  constexpr std::uint64_t reflected_polynomial = 0x95ac'9329'ac4b'c9b5ULL;
  tables_type tables{};
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    auto crc = byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ ((crc & 1) != 0 ? reflected_polynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t n = 1; n < step; ++n)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const auto crc = tables[n - 1][byte];
      tables[n][byte] = crc >> 8 ^ tables[0][crc & 0xff];
    }
  return tables;
}

constexpr auto tables = make_tables();
static_assert(std::endian::native == std::endian::little);

} // namespace

std::uint64_t crc64(std::string_view bytes, std::uint64_t before) noexcept {
  auto crc = before;
  for (; bytes.size() >= step; bytes.remove_prefix(step)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), step);
    word ^= crc;
    crc = 0;
    for (std::size_t i = 0; i < step; ++i)
      crc ^= tables[step - 1 - i][word >> 8 * i & 0xff];
  }
  for (const char c : bytes)
    crc = crc >> 8 ^ tables[0][(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return crc;
}

} // namespace thespis::persistence
