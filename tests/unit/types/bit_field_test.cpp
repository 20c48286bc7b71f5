#include "types/bit_field.hpp"

#include "base/random.hpp"
#include "types/bitmap.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <random>
#include <string>

using namespace thespis::types;
using thespis::base::random_bits;

namespace {

bit_field any_field(random_bits& random) {
  const bool is_signed = random.next() % 2 == 0;
  return {is_signed, static_cast<unsigned>(1 + random.next() % (is_signed ? 64 : 63))};
}

/// Bit by bit.
std::int64_t value_at(std::string_view bytes, bit_field field, std::uint64_t offset) {
  std::uint64_t value = field.is_signed && bit_at(bytes, offset) ? ~std::uint64_t{0} : 0;
  for (unsigned i = 0; i < field.bits; ++i)
    value = value << 1 | (bit_at(bytes, offset + i) ? 1 : 0);
  return static_cast<std::int64_t>(value);
}

} // namespace

TEST_CASE("the type of a bit field is a letter and a width", "[bit_field]") {
  REQUIRE(bit_field::parse("i64"));
  CHECK(bit_field::parse("i64")->is_signed);
  CHECK(bit_field::parse("i64")->bits == 64);
  REQUIRE(bit_field::parse("u1"));
  CHECK_FALSE(bit_field::parse("u1")->is_signed);
  CHECK(bit_field::parse("u1")->bits == 1);
  for (const auto* text : {"", "i", "u", "i0", "u0", "i65", "u64", "I8", "U8", "8", "i-1", "u08",
                           "i8 ", " i8", "x8", "i99999999999999999999"})
    CHECK_FALSE(bit_field::parse(text));
}

TEST_CASE("a bit field knows its ends", "[bit_field]") {
  CHECK(bit_field{true, 1}.smallest() == -1);
  CHECK(bit_field{true, 1}.largest() == 0);
  CHECK(bit_field{true, 64}.smallest() == INT64_MIN);
  CHECK(bit_field{true, 64}.largest() == INT64_MAX);
  CHECK(bit_field{false, 63}.smallest() == 0);
  CHECK(bit_field{false, 63}.largest() == INT64_MAX);
  CHECK(bit_field{false, 1}.largest() == 1);
  CHECK(bit_field{true, 8}.bytes_needed(0) == 1);
  CHECK(bit_field{true, 8}.bytes_needed(1) == 2);
  CHECK(bit_field{true, 64}.bytes_needed(7) == 9);
}

TEST_CASE("a bit field is written and read at every bit, and nothing beside it", "[bit_field]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes(1 + random.next() % 20, '\0');
    for (auto& byte : bytes)
      byte = static_cast<char>(random.next() & 0xff);
    const auto field = any_field(random);
    const auto offset = random.next() % 180;
    CAPTURE(field.is_signed, field.bits, offset, bytes.size());
    REQUIRE(field.read(bytes, offset) == value_at(bytes, field, offset));
    if (field.bytes_needed(offset) > bytes.size())
      continue;
    const auto before = bytes;
    const auto value = static_cast<std::int64_t>(random.next());
    field.write(bytes, offset, value);
    REQUIRE(field.read(bytes, offset) == fit(field, value, overflow_rule::wrap));
    field.write(bytes, offset, field.read(before, offset));
    REQUIRE(bytes == before);
  }
}

TEST_CASE("a bit field behind the end of a string is zero", "[bit_field]") {
  CHECK(bit_field{true, 64}.read("", 0) == 0);
  CHECK(bit_field{false, 8}.read("\xff", 4) == 0xf0);
  CHECK(bit_field{true, 8}.read("\xff", 8) == 0);
  CHECK(bit_field{true, 8}.read("\xff", std::uint64_t{1} << 62) == 0);
}

TEST_CASE("values that a field cannot hold wrap, stop at the end or fail", "[bit_field]") {
  using rule = overflow_rule;
  const bit_field u8{false, 8};
  CHECK(fit(u8, 255, rule::fail) == 255);
  CHECK(fit(u8, 257, rule::wrap) == 1);
  CHECK(fit(u8, 257, rule::saturate) == 255);
  CHECK(fit(u8, 257, rule::fail) == std::nullopt);
  CHECK(fit(u8, -1, rule::wrap) == 255);
  CHECK(fit(u8, -1, rule::saturate) == 255);
  CHECK(add(u8, 5, -6, rule::wrap) == 255);
  CHECK(add(u8, 5, -6, rule::saturate) == 0);
  CHECK(add(u8, 5, INT64_MIN, rule::saturate) == 0);
  CHECK(add(u8, 5, -6, rule::fail) == std::nullopt);
  const bit_field i8{true, 8};
  CHECK(fit(i8, 128, rule::wrap) == -128);
  CHECK(fit(i8, -129, rule::saturate) == -128);
  CHECK(add(i8, 127, 1, rule::wrap) == -128);
  CHECK(add(i8, 127, 1, rule::saturate) == 127);
  CHECK(add(i8, -128, -1, rule::fail) == std::nullopt);
  CHECK(fit(i8, INT64_MIN + 127, rule::saturate) == 127);
  CHECK(fit(i8, INT64_MIN + 128, rule::saturate) == -128);
  CHECK(fit(i8, INT64_MIN, rule::wrap) == 0);
  CHECK(fit(i8, INT64_MIN, rule::fail) == std::nullopt);
  const bit_field i64{true, 64};
  CHECK(fit(i64, INT64_MIN, rule::saturate) == INT64_MIN);
  CHECK(add(i64, INT64_MAX, 1, rule::wrap) == INT64_MIN);
  CHECK(add(i64, INT64_MIN, -1, rule::wrap) == INT64_MAX);
  CHECK(add(i64, INT64_MAX, INT64_MAX, rule::saturate) == INT64_MAX);
  CHECK(add(i64, INT64_MIN, INT64_MIN, rule::saturate) == INT64_MIN);
  CHECK(add(i64, INT64_MIN, INT64_MAX, rule::fail) == -1);
  const bit_field u63{false, 63};
  CHECK(add(u63, INT64_MAX, INT64_MAX, rule::wrap) == INT64_MAX - 1);
  CHECK(add(u63, INT64_MAX, 1, rule::saturate) == INT64_MAX);
}
