#include "persistence/crc64.hpp"

#include <catch2/catch.hpp>

#include <string>

using thespis::persistence::crc64;

namespace {

/// Bit by bit, as the polynomial says.
std::uint64_t slow_crc64(std::string_view bytes) {
  std::uint64_t crc = 0;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x95ac'9329'ac4b'c9b5ULL : 0);
  }
  return crc;
}

} // namespace

TEST_CASE("the checksum is the one that the algorithm's check value names", "[crc64]") {
  CHECK(crc64("123456789") == 0xe9c6'd914'c4b8'd9caULL);
  CHECK(crc64("") == 0);
}

TEST_CASE("the checksum of text of any length is that of its bits", "[crc64]") {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    CHECK(crc64(text) == slow_crc64(text));
    text += static_cast<char>(i * 37);
  }
}

TEST_CASE("a checksum goes on where another ended", "[crc64]") {
  const std::string_view text = "a text that is long enough to be cut at many places";
  for (std::size_t i = 0; i <= text.size(); ++i)
    CHECK(crc64(text.substr(i), crc64(text.substr(0, i))) == crc64(text));
}
