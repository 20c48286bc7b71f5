#include "persistence/dump_footer.hpp"

#include "persistence/crc64.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis::persistence;
using namespace std::string_literals;

namespace {

std::string payload_of_version(std::string content, unsigned version) {
  content += static_cast<char>(version & 0xff);
  content += static_cast<char>(version >> 8);
  const auto checksum = crc64(content);
  for (int i = 0; i < 8; ++i)
    content += static_cast<char>(checksum >> 8 * i & 0xff);
  return content;
}

} // namespace

TEST_CASE("what has a footer is what it was without it", "[dump]") {
  for (const auto& content : {""s, "a"s, std::string(1000, 'x')}) {
    auto payload = content;
    append_dump_footer(payload);
    CHECK(payload.size() == content.size() + 10);
    CHECK(without_dump_footer(payload) == content);
  }
}

TEST_CASE("the footer of nothing is that of redis-server", "[dump]") {
  std::string payload;
  append_dump_footer(payload);
  CHECK(payload == "\x0a\x00\x5d\x9b\x5c\x40\x0f\x7f\xa2\xda"s);
}

TEST_CASE("versions up to that of 8.0 are read, and that of Valkey", "[dump]") {
  CHECK(without_dump_footer(payload_of_version("x", 1)) == "x");
  CHECK(without_dump_footer(payload_of_version("x", 12)) == "x");
  CHECK(without_dump_footer(payload_of_version("x", 13)) == std::nullopt);
  CHECK(without_dump_footer(payload_of_version("x", 79)) == std::nullopt);
  CHECK(without_dump_footer(payload_of_version("x", 80)) == "x");
  CHECK(without_dump_footer(payload_of_version("x", 81)) == std::nullopt);
  CHECK(dump_version(payload_of_version("x", 80)) == 80);
  CHECK(without_dump_footer(payload_of_version("x", 0x100)) == std::nullopt);
}

TEST_CASE("a payload that has been cut or changed is none", "[dump]") {
  std::string payload{"content"};
  append_dump_footer(payload);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    CHECK(without_dump_footer(std::string_view{payload}.substr(0, i)) == std::nullopt);
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = payload;
      changed[i] = static_cast<char>(changed[i] ^ 1 << bit);
      CHECK(without_dump_footer(changed) == std::nullopt);
    }
  }
}
