#include "base/sampling.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

namespace thespis::base {

namespace {

std::vector<std::size_t> by_walk(std::size_t count, std::size_t size, random_bits& random) {
  std::vector<std::size_t> out;
  selection choice{count, size, random};
  for (std::size_t i = 0; i < size && !choice.done(); ++i)
    if (choice.take())
      out.push_back(i);
  return out;
}

std::vector<std::size_t> by_picks(std::size_t count, std::size_t size, random_bits& random) {
  std::vector<std::size_t> out;
  visit_distinct(
    count, [&] { return random.below(size); }, [](std::uint64_t n) { return n; },
    [&](std::uint64_t n) { out.push_back(n); });
  return out;
}

double factorial(std::size_t n) {
  return std::tgamma(static_cast<double>(n) + 1);
}

} // namespace

TEST_CASE("every choice out of many has the same probability", "[sampling]") {
  random_bits random(20261122);
  constexpr std::size_t size = 7;
  for (const auto way : {by_walk, by_picks})
    for (std::size_t count = 0; count <= size; ++count) {
      constexpr int rounds = 20'000;
      std::map<std::vector<std::size_t>, int> seen;
      for (int i = 0; i < rounds; ++i) {
        auto picked = way(count, size, random);
        std::sort(picked.begin(), picked.end());
        REQUIRE(std::set(picked.begin(), picked.end()).size() == count);
        ++seen[picked];
      }
      const auto choices = factorial(size) / factorial(count) / factorial(size - count);
      CAPTURE(count);
      CHECK(static_cast<double>(seen.size()) == std::round(choices));
      double chi_square = 0;
      for (const auto& [choice, times] : seen)
        chi_square += (times - rounds / choices) * (times - rounds / choices) * choices / rounds;
      CHECK(chi_square < choices + 6 * std::sqrt(2 * choices));
    }
}

TEST_CASE("single picks come in an order that is random as well", "[sampling]") {
  random_bits random(5);
  std::vector<int> first(4);
  for (int i = 0; i < 4000; ++i)
    ++first[by_picks(4, 4, random).front()];
  for (const auto times : first)
    CHECK(std::abs(times - 1000) < 150);
}

TEST_CASE("numbers that were seen are known again, whatever they are", "[sampling]") {
  random_bits random(9);
  for (const std::size_t count : {0u, 1u, 5u, 1000u}) {
    seen_numbers seen{count};
    std::set<std::uint64_t> model;
    while (model.size() < count) {
      // Many that are alike: addresses of blocks, small numbers.
      const auto number = random.below(2) == 0 ? random.below(count * 2)
                                               : 0x7f0000000000u + 16 * random.below(count * 2);
      CHECK(seen.add(number) == model.insert(number).second);
    }
    for (const auto number : model)
      CHECK_FALSE(seen.add(number));
  }
}

TEST_CASE("a count below zero says how many picks, up to a limit", "[sampling]") {
  CHECK(repeated_picks(-1) == 1);
  CHECK(repeated_picks(-(std::int64_t{1} << 36)) == std::size_t{1} << 36);
  CHECK_THROWS_AS(repeated_picks(-(std::int64_t{1} << 36) - 1), std::bad_alloc);
  CHECK_THROWS_AS(repeated_picks(INT64_MIN), std::bad_alloc);
}

} // namespace thespis::base
