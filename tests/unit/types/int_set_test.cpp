#include "types/int_set.hpp"

#include "base/random.hpp"
#include "base/size_class.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <vector>

using thespis::base::random_bits;
using thespis::types::int_set;

namespace {

constexpr auto least = std::numeric_limits<std::int64_t>::min();
constexpr auto most = std::numeric_limits<std::int64_t>::max();

std::vector<std::int64_t> content(const int_set& all) {
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < all.size(); ++i)
    out.push_back(all.at(i));
  return out;
}

/// Near a border of the widths, or anywhere.
std::int64_t random_value(random_bits& random, std::uint64_t spread) {
  static constexpr std::int64_t borders[] = {0,           32767,       -32768,      2147483647,
                                             -2147483648, most - 2000, least + 2000};
  const auto border = borders[random.below(1 + random.below(spread))];
  return border + (static_cast<std::int64_t>(random.below(3000)) - 1500);
}

} // namespace

TEST_CASE("a set of integers takes as many bytes as its widest needs", "[int_set]") {
  int_set all;
  CHECK(all.memory_bytes() == 0);
  CHECK(all.width() == 0);
  all.insert(-32768);
  all.insert(32767);
  CHECK(all.width() == 2);
  CHECK(all.memory_bytes() == 16);
  all.insert(32768);
  CHECK(all.width() == 4);
  all.insert(-2147483649);
  CHECK(all.width() == 8);
  CHECK(content(all) == std::vector<std::int64_t>{-2147483649, -32768, 32767, 32768});
  // It stays as wide as it was.
  all.erase(-2147483649);
  CHECK(all.width() == 8);
  CHECK(content(all) == std::vector<std::int64_t>{-32768, 32767, 32768});
}

TEST_CASE("a set of integers holds the least and the greatest of all", "[int_set]") {
  int_set all;
  CHECK(all.insert(most));
  CHECK(all.insert(least));
  CHECK(all.insert(0));
  CHECK_FALSE(all.insert(least));
  CHECK(content(all) == std::vector<std::int64_t>{least, 0, most});
  CHECK(all.contains(least));
  CHECK(all.contains(most));
  CHECK_FALSE(all.contains(most - 1));
  CHECK(all.erase(least));
  CHECK_FALSE(all.erase(least));
  CHECK(all.erase(most));
  CHECK(all.erase(0));
  CHECK(all.empty());
  CHECK(all.release() == nullptr);
}

TEST_CASE("a set of integers does not find what is too wide for it", "[int_set]") {
  int_set all;
  all.insert(-1);
  all.insert(0);
  for (const auto value : {std::int64_t{65535}, std::int64_t{65536}, most, least}) {
    CHECK_FALSE(all.contains(value));
    CHECK_FALSE(all.erase(value));
  }
}

TEST_CASE("a set of integers goes through a word and back", "[int_set]") {
  int_set all;
  all.insert(5);
  all.insert(-70000);
  const auto copy = all.copy();
  auto again = int_set::adopt(all.release());
  CHECK(all.empty());
  again.erase(5);
  CHECK(content(again) == std::vector<std::int64_t>{-70000});
  CHECK(content(copy) == std::vector<std::int64_t>{-70000, 5});
}

TEST_CASE("a set of integers does what a std::set does", "[int_set]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (const std::uint64_t spread : {1, 3, 5, 7}) {
    int_set all;
    std::set<std::int64_t> model;
    for (int step = 0; step < 6000; ++step) {
      const auto value = random_value(random, spread);
      // Grows for a while, then shrinks to nothing.
      if (random.below(100) < (step < 3000 ? 70u : 20u)) {
        REQUIRE(all.insert(value) == model.insert(value).second);
      } else if (!model.empty() && random.below(2) == 0) {
        auto near = model.lower_bound(value);
        const auto victim = near == model.end() ? *model.begin() : *near;
        REQUIRE(all.erase(victim));
        model.erase(victim);
      } else {
        REQUIRE(all.erase(value) == (model.erase(value) == 1));
      }
      REQUIRE(all.size() == model.size());
      REQUIRE(all.contains(value) == model.contains(value));
      if (step % 100 == 0) {
        REQUIRE(content(all) == std::vector<std::int64_t>(model.begin(), model.end()));
        REQUIRE(all.memory_bytes()
                == (model.empty() ? 0 : thespis::base::size_class(8 + model.size() * all.width())));
      }
    }
  }
}
