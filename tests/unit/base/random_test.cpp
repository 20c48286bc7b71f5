#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>

using namespace thespis::base;

TEST_CASE("the same seed gives the same bits", "[random]") {
  random_bits a{42};
  random_bits b{42};
  random_bits other{43};
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const auto bits = a.next();
    REQUIRE(bits == b.next());
    differs |= bits != other.next();
  }
  CHECK(differs);
}

TEST_CASE("the bits are those of xoshiro256** seeded by splitmix64", "[random]") {
  // splitmix64(0) begins with e220a8397b1dcdaf 6e789e6aa1b965f4; the first output of xoshiro256**
  // is rotl(s[1] * 5, 7) * 9.
  random_bits random{0};
  const std::uint64_t times5 = 0x6e789e6aa1b965f4u * 5;
  CHECK(random.next() == ((times5 << 7) | (times5 >> 57)) * 9);
}

TEST_CASE("numbers below a bound are in range and evenly spread", "[random]") {
  random_bits random{1};
  CHECK(random.below(0) == 0);
  CHECK(random.below(1) == 0);
  std::array<int, 10> counts{};
  for (int i = 0; i < 100000; ++i)
    ++counts.at(random.below(counts.size()));
  for (const auto count : counts) {
    CHECK(count > 9500);
    CHECK(count < 10500);
  }
}

TEST_CASE("a bound that does not divide the range has no bias", "[random]") {
  // Plain multiplication would give the lower third of 3 * 2^62 twice the weight of the rest.
  random_bits random{2};
  const std::uint64_t bound = 3ull << 62;
  int first_third = 0;
  for (int i = 0; i < 30000; ++i) {
    const auto value = random.below(bound);
    REQUIRE(value < bound);
    first_third += value < bound / 3 ? 1 : 0;
  }
  CHECK(first_third > 9500);
  CHECK(first_third < 10500);
}
