#include "base/ascii.hpp"

#include <catch2/catch.hpp>

#include <cctype>

using namespace thespis::base;

TEST_CASE("characters are classified as in the C locale", "[ascii]") {
  for (int i = 0; i < 256; ++i) {
    const auto c = static_cast<char>(i);
    CAPTURE(i);
    CHECK(lower(c) == static_cast<char>(std::tolower(i)));
    CHECK(upper(c) == static_cast<char>(std::toupper(i)));
    CHECK(is_space(c) == (std::isspace(i) != 0));
    CHECK(is_digit(c) == (std::isdigit(i) != 0));
    CHECK((hex_value(c) >= 0) == (std::isxdigit(i) != 0));
  }
  CHECK(hex_value('f') == 15);
  CHECK(hex_value('A') == 10);
}

TEST_CASE("names are equal without case", "[ascii]") {
  CHECK(equals_nocase("GeT", "gEt"));
  CHECK(equals_nocase("", ""));
  CHECK_FALSE(equals_nocase("GET", "GETS"));
  CHECK_FALSE(equals_nocase("[", "{"));
}
