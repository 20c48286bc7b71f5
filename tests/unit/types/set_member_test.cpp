#include "types/set_member.hpp"

#include <catch2/catch.hpp>

#include <string>

using thespis::types::set_member;

TEST_CASE("a set member says its bytes and their number for every length", "[set_member]") {
  for (const std::size_t size : {0, 1, 2, 3, 8, 15, 16, 17, 28, 29, 100, 70000}) {
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; ++i)
      text[i] = static_cast<char>(i * 7);
    auto* const member = set_member::make(text);
    CAPTURE(size);
    CHECK(member->key() == text);
    set_member::destroy(member);
  }
}

TEST_CASE("a set member of up to 16 bytes takes 16 bytes", "[set_member]") {
  const auto bytes = [](std::size_t size) {
    auto* const member = set_member::make(std::string(size, 'x'));
    const auto out = member->block_bytes();
    set_member::destroy(member);
    return out;
  };
  for (std::size_t size = 0; size <= 16; ++size)
    CHECK(bytes(size) == 16);
  CHECK(bytes(17) == 32);
  CHECK(bytes(28) == 32);
  CHECK(bytes(29) == 48);
}
