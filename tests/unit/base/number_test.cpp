#include "base/number.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <locale.h>
#include <random>
#include <string>

using namespace thespis::base;

namespace {

std::string printed(std::int64_t value) {
  char buffer[24];
  return std::string{format_int64(value, buffer)};
}

std::string printed(double value) {
  char buffer[40];
  return std::string{format_double(value, buffer)};
}

std::string printed_17(double value) {
  char buffer[40];
  return std::string{format_double_17(value, buffer)};
}

std::string printed(long double value) {
  static char buffer[long_double_chars_max];
  return std::string{format_long_double(value, buffer)};
}

} // namespace

TEST_CASE("an integer is read only in its canonical form", "[number]") {
  CHECK(parse_int64("0") == 0);
  CHECK(parse_int64("-1") == -1);
  CHECK(parse_int64("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_int64("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  for (const auto* text : {"", "-", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1.0", "0x1", "1e3",
                           "9223372036854775808", "-9223372036854775809", "92233720368547758070",
                           "99999999999999999999999"})
    CHECK_FALSE(parse_int64(text));
  CHECK_FALSE(parse_int64(std::string_view{"1\0", 2}));
}

TEST_CASE("an unsigned integer has no sign and the full range", "[number]") {
  CHECK(parse_uint64("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK(parse_uint64("0") == 0u);
  for (const auto* text : {"18446744073709551616", "28446744073709551615", "-1", "+1", "01", ""})
    CHECK_FALSE(parse_uint64(text));
}

TEST_CASE("printing and reading an integer is the identity", "[number]") {
  const std::uint64_t seed = 20240607;
  CAPTURE(seed);
  random_bits random{seed};
  for (int i = 0; i < 20000; ++i) {
    const auto bits = random.next() >> random.below(64);
    const auto value = static_cast<std::int64_t>(random.next() % 2 == 0 ? bits : 0 - bits);
    const auto text = printed(value);
    REQUIRE(text == std::to_string(value));
    REQUIRE(parse_int64(text) == value);
    char buffer[24];
    REQUIRE(parse_uint64(format_uint64(bits, buffer)) == bits);
  }
  CHECK(printed(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("a double is read with strtod's syntax", "[number]") {
  CHECK(parse_double("1.5") == 1.5);
  CHECK(parse_double("+1.5") == 1.5);
  CHECK(parse_double(".5") == 0.5);
  CHECK(parse_double("5.") == 5.0);
  CHECK(parse_double("1E3") == 1000.0);
  CHECK(parse_double("0x10") == 16.0);
  CHECK(parse_double("-0x1.8p1") == -3.0);
  CHECK(parse_double("0") == 0.0);
  CHECK(std::signbit(parse_double("-0").value()));
  const auto infinity = std::numeric_limits<double>::infinity();
  for (const auto* text : {"inf", "+inf", "INF", "Infinity", "+INFINITY"})
    CHECK(parse_double(text) == infinity);
  CHECK(parse_double("-inf") == -infinity);
  CHECK(parse_double(std::string(400, '0') + "1") == 1.0);
}

TEST_CASE("a whole number reads as the double that strtod gives", "[number]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int i = 0; i < 20000; ++i) {
    std::string text = random.below(2) == 0 ? "-" : "";
    for (auto digits = 1 + random.below(20); digits > 0; --digits)
      text += static_cast<char>('0' + (random.below(4) == 0 ? random.below(10) : digits % 2));
    CAPTURE(text);
    const auto expected = std::strtod(text.c_str(), nullptr);
    REQUIRE(parse_double(text) == expected);
    REQUIRE(std::signbit(*parse_double(text)) == std::signbit(expected));
  }
}

TEST_CASE("a text that is not exactly one double is refused", "[number]") {
  for (const auto* text :
       {"",   " 1", "\t1", "1 ",  "1x",  "nan",  "-nan", "nan(1)", "1e",     "0x",    ".",
        "e5", "+",  "-",   "--1", "+-1", "infi", "1,5",  "1e309",  "-1e400", "1e-400"})
    CHECK_FALSE(parse_double(text));
  CHECK_FALSE(parse_double(std::string_view{"1\0", 2}));
}

TEST_CASE("a denormal double is read although it is in strtod's error range", "[number]") {
  CHECK(parse_double("4.9e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(parse_double("1e-310").has_value());
}

TEST_CASE("a double prints as Redis 7.2 prints it", "[number]") {
  CHECK(printed(0.0) == "0");
  CHECK(printed(-0.0) == "-0");
  CHECK(printed(3.0) == "3");
  CHECK(printed(-17179869184.5) == "-17179869184.5");
  CHECK(printed(3.1) == "3.1");
  CHECK(printed(0.1) == "0.1");
  CHECK(printed(1e15) == "1000000000000000");
  CHECK(printed(1e18) == "1000000000000000000");
  CHECK(printed(4e18) == "4000000000000000000");
  CHECK(printed(1e19) == "1e+19");
  CHECK(printed(1.5e300) == "1.5e+300");
  CHECK(printed(1e-6) == "0.000001");
  CHECK(printed(1e-7) == "1e-7");
  CHECK(printed(0.0012345678) == "0.0012345678");
  CHECK(printed(0.00012345678) == "1.2345678e-4");
  CHECK(printed(1234.5678901) == "1234.5678901");
  CHECK(printed(12345.6789012) == "1.23456789012e+4");
  CHECK(printed(1700000000.123456) == "1700000000.123456");
  CHECK(printed(std::numeric_limits<double>::quiet_NaN()) == "nan");
  CHECK(printed(-std::numeric_limits<double>::quiet_NaN()) == "nan");
  CHECK(printed(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(printed(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(printed(std::numeric_limits<double>::denorm_min()) == "5e-324");
  CHECK(printed(-std::numeric_limits<double>::max()) == "-1.7976931348623157e+308");
}

TEST_CASE("the 17 digit form is printf's", "[number]") {
  CHECK(printed_17(3.1) == "3.1000000000000001");
  CHECK(printed_17(1e-7) == "9.9999999999999995e-08");
  CHECK(printed_17(1e18) == "1e+18");
  CHECK(printed_17(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("printing and reading a double is the identity", "[number]") {
  const std::uint64_t seed = 7;
  CAPTURE(seed);
  random_bits random{seed};
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<double>(random.next());
    if (std::isnan(value))
      continue;
    REQUIRE(parse_double(printed(value)) == value);
    REQUIRE(parse_double(printed_17(value)) == value);
    const auto small = static_cast<double>(static_cast<std::int64_t>(random.below(2000000))
                                           - 1000000)
                       / 1000;
    REQUIRE(parse_double(printed(small)) == small);
  }
}

TEST_CASE("a long double prints as INCRBYFLOAT does", "[number]") {
  CHECK(printed(10.6L) == "10.6");
  CHECK(printed(0.1L + 0.2L) == "0.3");
  CHECK(printed(3.0e3L) == "3000");
  CHECK(printed(100.0L) == "100");
  CHECK(printed(0.0L) == "0");
  CHECK(printed(-0.0L) == "0");
  CHECK(printed(-1e-20L) == "0");
  CHECK(printed(1e-17L) == "0.00000000000000001");
  CHECK(printed(1e22L) == "10000000000000000000000");
  CHECK(printed(std::numeric_limits<long double>::infinity()) == "inf");
  CHECK(printed(std::numeric_limits<long double>::max()).size() == 4933);
  CHECK(printed(-std::numeric_limits<long double>::max()).size() == 4934);
}

TEST_CASE("a long double is read with the rules of doubles and a wider range", "[number]") {
  CHECK(parse_long_double("1e4000").has_value());
  CHECK(parse_long_double("10.5") == 10.5L);
  CHECK(std::isinf(parse_long_double("inf").value()));
  for (const auto* text : {"", " 1", "1 ", "nan", "1e4933", "1e-5000", "1e", "x"})
    CHECK_FALSE(parse_long_double(text));
  CHECK(parse_long_double(std::string(5119, '1')).has_value() == false); // 1e5118 overflows
  CHECK(parse_long_double(std::string(5118, '0') + "1") == 1.0L);
  CHECK_FALSE(parse_long_double(std::string(5119, '0') + "1"));
}

TEST_CASE("numbers do not depend on the locale's decimal point", "[number]") {
  // A locale with a comma need not be installed; where it is, it must not matter.
  const std::string before = ::setlocale(LC_ALL, nullptr);
  ::setlocale(LC_ALL, "de_DE.UTF-8");
  CHECK(parse_double("0x1.8p0") == 1.5);
  CHECK(parse_long_double("1.5") == 1.5L);
  CHECK(printed(1.5L) == "1.5");
  CHECK_FALSE(parse_double("1,5"));
  ::setlocale(LC_ALL, before.c_str());
}
