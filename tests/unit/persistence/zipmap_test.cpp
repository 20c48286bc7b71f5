#include "persistence/zipmap.hpp"

#include "persistence/byte_order.hpp"
#include "tests/unit/persistence/packed_blocks.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis::persistence;
using namespace thespis::persistence::tests;
using namespace std::string_literals;
using thespis::base::random_bits;

namespace {

void append_zipmap_length(std::string& out, std::size_t size) {
  if (size < 254)
    return append_little_endian(out, size, 1);
  out += '\xfe';
  append_little_endian(out, size, 4);
}

/// Fields and values in turn; behind each value so many bytes that are not used.
std::string zipmap_of(const elements& all, std::size_t unused = 0) {
  std::string out(1, static_cast<char>(std::min<std::size_t>(all.size() / 2, 254)));
  for (std::size_t i = 0; i < all.size(); ++i) {
    append_zipmap_length(out, all[i].size());
    if (i % 2 == 1)
      out += static_cast<char>(unused);
    out += all[i];
    if (i % 2 == 1)
      out += std::string(unused, '\xff');
  }
  return out + '\xff';
}

std::string tight_zipmap_of(const elements& all) {
  return zipmap_of(all);
}

} // namespace

TEST_CASE("a zipmap of Redis is read", "[zipmap]") {
  CHECK(elements_in<zipmap_reader>("\x00\xff"s) == elements{});
  // The example of zipmap.c: "foo" => "bar", "hello" => "world".
  CHECK(elements_in<zipmap_reader>("\x02\x03"s + "foo" + "\x03\x00"s + "bar" + "\x05" + "hello"
                                   + "\x05\x00"s + "world" + "\xff")
        == elements{"foo", "bar", "hello", "world"});
}

TEST_CASE("what goes into a zipmap comes out of it", "[zipmap]") {
  const auto seed = some_seed();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 200; ++round) {
    auto all = some_elements(random, 40);
    all.resize(all.size() & ~std::size_t{1});
    REQUIRE(elements_in<zipmap_reader>(zipmap_of(all)) == all);
    REQUIRE(elements_in<zipmap_reader>(zipmap_of(all, random.below(256))) == all);
  }
}

TEST_CASE("a zipmap of 254 pairs and more must be counted", "[zipmap]") {
  for (const std::size_t pairs : {253, 254, 255, 1000}) {
    auto block = zipmap_of(elements(2 * pairs, "x"));
    CHECK(elements_in<zipmap_reader>(block)->size() == 2 * pairs);
    block[0] = '\x01';
    CHECK(elements_in<zipmap_reader>(block) == std::nullopt);
  }
}

TEST_CASE("a field of a zipmap without a value is none", "[zipmap]") {
  CHECK(elements_in<zipmap_reader>("\x01\x01"s + "a" + "\xff") == std::nullopt);
  CHECK(elements_in<zipmap_reader>("\xfe\x01"s + "a" + "\xff") == std::nullopt);
  CHECK(elements_in<zipmap_reader>("\x01\x01"s + "a" + "\xff\x00\xff"s) == std::nullopt);
}

TEST_CASE("a zipmap that is damaged is refused, or is one of as many elements", "[zipmap]") {
  check_damaged_blocks<zipmap_reader>(tight_zipmap_of, 2);
}

TEST_CASE("noise in the frame of a zipmap is no cause to read outside of it", "[zipmap]") {
  check_noise<zipmap_reader>(2, [](std::string& block) { block.front() = '\xfe'; });
}
