#include "persistence/ziplist.hpp"

#include "base/number.hpp"
#include "persistence/byte_order.hpp"
#include "tests/unit/persistence/packed_blocks.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis::persistence;
using namespace thespis::persistence::tests;
using namespace std::string_literals;
using thespis::base::random_bits;

namespace {

/// Encoding and content, as Redis 6.2 chooses them.
std::string ziplist_coded(const std::string& element) {
  std::string out;
  const auto integer = element.size() <= 20 ? thespis::base::parse_int64(element) : std::nullopt;
  if (integer) {
    const auto value = *integer;
    const auto number = [&](char encoding, std::size_t bytes) {
      out += encoding;
      append_little_endian(out, static_cast<std::uint64_t>(value), bytes);
      return out;
    };
    if (value >= 0 && value <= 12)
      return {static_cast<char>(0xf1 + value)};
    if (value >= INT8_MIN && value <= INT8_MAX)
      return number('\xfe', 1);
    if (value >= INT16_MIN && value <= INT16_MAX)
      return number('\xc0', 2);
    if (value >= -(1 << 23) && value < 1 << 23)
      return number('\xf0', 3);
    if (value >= INT32_MIN && value <= INT32_MAX)
      return number('\xd0', 4);
    return number('\xe0', 8);
  }
  if (element.size() < 1u << 6) {
    append_big_endian(out, element.size(), 1);
  } else if (element.size() < 1u << 14) {
    append_big_endian(out, 1u << 14 | element.size(), 2);
  } else {
    out += '\x80';
    append_big_endian(out, element.size(), 4);
  }
  return out + element;
}

/// `wide`: every length before in five bytes, as what is left of updates may be.
std::string ziplist_of(const elements& all, bool wide = false) {
  std::string body;
  std::size_t before = 0;
  std::size_t last_at = 10;
  for (const auto& element : all) {
    last_at = 10 + body.size();
    std::string one;
    if (wide || before >= 254) {
      one += '\xfe';
      append_little_endian(one, before, 4);
    } else {
      append_little_endian(one, before, 1);
    }
    one += ziplist_coded(element);
    before = one.size();
    body += one;
  }
  std::string out;
  append_little_endian(out, body.size() + 11, 4);
  append_little_endian(out, last_at, 4);
  append_little_endian(out, std::min<std::size_t>(all.size(), 65535), 2);
  return out + body + '\xff';
}

std::string narrow_ziplist_of(const elements& all) {
  return ziplist_of(all);
}

} // namespace

TEST_CASE("a ziplist of Redis is read", "[ziplist]") {
  CHECK(elements_in<ziplist_reader>("\x0b\x00\x00\x00\x0a\x00\x00\x00\x00\x00\xff"s) == elements{});
  // The example of ziplist.c.
  CHECK(elements_in<ziplist_reader>("\x0f\x00\x00\x00\x0c\x00\x00\x00\x02\x00\x00\xf3\x02\xf6\xff"s)
        == elements{"2", "5"});
}

TEST_CASE("integers of all widths come out of a ziplist", "[ziplist]") {
  elements all;
  for (const auto integer : border_integers())
    all.push_back(std::to_string(integer));
  for (int i = -200; i <= 200; ++i)
    all.push_back(std::to_string(i));
  CHECK(elements_in<ziplist_reader>(ziplist_of(all)) == all);
}

TEST_CASE("texts of all lengths come out of a ziplist", "[ziplist]") {
  elements all;
  for (std::size_t size = 0; size < 400; ++size)
    all.push_back(std::string(size, 'x'));
  for (const std::size_t size : {16383, 16384, 70'000})
    all.push_back(std::string(size, 'y'));
  CHECK(elements_in<ziplist_reader>(ziplist_of(all)) == all);
}

TEST_CASE("what goes into a ziplist comes out of it", "[ziplist]") {
  const auto seed = some_seed();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 200; ++round) {
    const auto all = some_elements(random, 40);
    REQUIRE(elements_in<ziplist_reader>(ziplist_of(all)) == all);
    REQUIRE(elements_in<ziplist_reader>(ziplist_of(all, true)) == all);
  }
}

TEST_CASE("a ziplist of 65535 elements and more must be counted", "[ziplist]") {
  for (const std::size_t count : {65534, 65535, 70'000}) {
    auto block = ziplist_of(elements(count, "1"));
    CHECK(elements_in<ziplist_reader>(block)->size() == count);
    block[8] = '\x01';
    CHECK(elements_in<ziplist_reader>(block) == std::nullopt);
  }
}

TEST_CASE("a ziplist that is damaged is refused, or is one of as many elements", "[ziplist]") {
  check_damaged_blocks<ziplist_reader>(narrow_ziplist_of);
}

TEST_CASE("a bit that changes in the frame of a ziplist is noticed", "[ziplist]") {
  check_flips_of_text<ziplist_reader>(narrow_ziplist_of);
}

TEST_CASE("noise in the frame of a ziplist is no cause to read outside of it", "[ziplist]") {
  check_noise<ziplist_reader>(11, [](std::string& block) {
    block.replace(0, 4, {static_cast<char>(block.size()), '\0', '\0', '\0'});
    block.replace(8, 3, {'\xff', '\xff', '\0'});
  });
}
