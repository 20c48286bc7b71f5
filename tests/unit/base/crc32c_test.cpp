#include "base/crc32c.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace thespis::base;

TEST_CASE("CRC-32C has the check values of RFC 3720", "[crc32c]") {
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c("") == 0);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  std::string rising;
  for (char c = 0; c < 32; ++c)
    rising += c;
  CHECK(crc32c(rising) == 0x46dd794e);
}

TEST_CASE("table and instruction agree, at every length and place, and in parts", "[crc32c]") {
  random_bits random{1};
  std::string bytes;
  for (int i = 0; i < 100; ++i)
    bytes += static_cast<char>(random.next());
  const std::string_view all = bytes;
  for (std::size_t begin = 0; begin < 9; ++begin)
    for (std::size_t length = 0; begin + length <= all.size(); ++length) {
      const auto part = all.substr(begin, length);
      const auto sum = crc32c_by_table(part);
      REQUIRE(crc32c(part) == sum);
      const auto cut = random.below(length + 1);
      REQUIRE(crc32c(part.substr(cut), crc32c(part.substr(0, cut))) == sum);
      REQUIRE(crc32c_by_table(part.substr(cut), crc32c_by_table(part.substr(0, cut))) == sum);
    }
}
