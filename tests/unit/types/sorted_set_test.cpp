#include "types/sorted_set.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using thespis::base::random_bits;
using thespis::types::packed_limits;
using thespis::types::sorted_set;

namespace {

using pairs = std::vector<std::pair<std::string, double>>;

pairs content(const sorted_set& set) {
  pairs all;
  set.visit_all(
    [&](std::string_view member, double score) { all.emplace_back(std::string{member}, score); });
  return all;
}

pairs in_order(const std::map<std::string, double>& model) {
  pairs all(model.begin(), model.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.second < b.second; });
  return all;
}

void add(sorted_set& set, const std::string& member, double score, const packed_limits& limits) {
  if (auto at = set.find(member); at)
    set.set_score(at, score);
  else
    set.insert(at, member, score, limits);
}

void compare(const sorted_set& set, const std::map<std::string, double>& model,
             random_bits& random) {
  const auto expected = in_order(model);
  REQUIRE(content(set) == expected);
  REQUIRE(set.size() == expected.size());
  if (expected.empty())
    return;
  const auto first = random.below(expected.size());
  const auto count = random.below(first + 2);
  pairs back;
  set.visit(first, count, true, [&](std::string_view member, double score) {
    back.emplace_back(std::string{member}, score);
  });
  const auto from = expected.rend() - static_cast<std::ptrdiff_t>(first + 1);
  REQUIRE(back == pairs(from, from + static_cast<std::ptrdiff_t>(count)));
  const auto& [member, score] = expected[first];
  const auto at = set.find(member);
  REQUIRE(at);
  REQUIRE(at.score() == score);
  REQUIRE(set.rank_of(at) == first);
  REQUIRE(!set.find("none"));
}

} // namespace

TEST_CASE("a sorted set begins as nothing and packed", "[sorted_set]") {
  sorted_set set;
  CHECK(set.size() == 0);
  CHECK(set.memory_bytes() == 0);
  CHECK(set.is_packed());
  CHECK(!set.find("m"));
  CHECK(set.count_below(1, true) == 0);
  set.insert("m", 1, {});
  CHECK(set.encoding_name() == "listpack");
  CHECK(set.memory_bytes() == 32);
  auto again = sorted_set::adopt(set.release());
  CHECK(set.release() == nullptr);
  auto at = again.find("m");
  again.erase(at);
  CHECK(again.release() == nullptr);
}

TEST_CASE("a sorted set leaves the packed form beyond its limits", "[sorted_set]") {
  const packed_limits limits{4, 8};
  sorted_set many;
  for (int i = 0; i < 4; ++i)
    many.insert(std::to_string(i), i, limits);
  CHECK(many.encoding_name() == "listpack");
  many.insert("4", 4, limits);
  CHECK(many.encoding_name() == "skiplist");
  sorted_set broad;
  broad.insert("8 bytes.", 1, limits);
  CHECK(broad.encoding_name() == "listpack");
  broad.insert("9 bytes..", 1, limits);
  CHECK(broad.encoding_name() == "skiplist");
  CHECK(content(broad) == pairs{{"8 bytes.", 1}, {"9 bytes..", 1}});
  sorted_set never;
  never.insert("m", 1, {0, 64});
  CHECK(never.encoding_name() == "skiplist");
  sorted_set expected;
  expected.expect(4, 8, limits);
  CHECK(expected.is_packed());
  expected.expect(5, 8, limits);
  CHECK(!expected.is_packed());
  sorted_set of_long;
  of_long.expect(1, 9, limits);
  CHECK(!of_long.is_packed());
}

TEST_CASE("a sorted set keeps the sign of zero unless it is packed", "[sorted_set]") {
  const packed_limits limits{GENERATE(0u, 128u), 64};
  sorted_set set;
  set.insert("b", -0.0, limits);
  set.insert("a", 0.0, limits);
  set.insert("c", -0.5, limits);
  auto at = set.find("c");
  set.set_score(at, -0.0);
  CHECK(content(set) == pairs{{"a", 0}, {"b", 0}, {"c", 0}});
  CHECK(std::signbit(*set.score("b")) == !set.is_packed());
  CHECK(std::signbit(*set.score("c")) == !set.is_packed());
  CHECK(!std::signbit(*set.score("a")));
  CHECK(set.count_below(0.0, false) == 0);
  CHECK(set.count_below(-0.0, true) == 3);
}

TEST_CASE("a copy of a sorted set is a set of its own", "[sorted_set]") {
  const packed_limits limits{GENERATE(0u, 1000u), 64};
  sorted_set set;
  for (int i = 0; i < 500; ++i)
    set.insert(std::to_string(i), i % 7, limits);
  const auto copy = set.copy();
  CHECK(content(copy) == content(set));
  CHECK(copy.encoding_name() == set.encoding_name());
  set.erase_range(0, 500);
  CHECK(set.size() == 0);
  CHECK(copy.size() == 500);
}

TEST_CASE("a scan of a sorted set meets every member", "[sorted_set]") {
  const packed_limits limits{GENERATE(0u, 1000u), 64};
  sorted_set set;
  std::map<std::string, double> model;
  for (int i = 0; i < 1000; ++i) {
    set.insert(std::to_string(i), i, limits);
    model[std::to_string(i)] = i;
  }
  std::map<std::string, double> seen;
  std::uint64_t cursor = 0;
  do
    cursor = set.scan(cursor, 10, [&](std::string_view member, double score) {
      seen[std::string{member}] = score;
    });
  while (cursor != 0);
  CHECK(seen == model);
}

TEST_CASE("a sorted set does what a map and a sort do", "[sorted_set]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  // Packed all the time, ranked all the time, and across the border.
  const packed_limits limits{GENERATE(0u, 60u, 100000u), 40};
  const auto scores = GENERATE(1u, 5u, 1000u);
  CAPTURE(seed, limits.entries, scores);
  random_bits random(seed);
  sorted_set set;
  std::map<std::string, double> model;
  for (int step = 0; step < 1000; ++step) {
    const auto score = (static_cast<double>(random.below(scores)) - 2) / 4;
    const auto member = std::string(random.below(4) == 0 ? 30 : 1, 'm')
                        + std::to_string(random.below(300));
    switch (random.below(12)) {
      case 0: {
        if (auto at = set.find(member); at)
          set.erase(at);
        model.erase(member);
        break;
      }
      case 1: {
        if (model.size() < 100)
          break;
        const auto first = random.below(model.size());
        const auto count = std::min<std::size_t>(random.below(4), model.size() - first);
        const auto sorted = in_order(model);
        for (auto i = first; i < first + count; ++i)
          model.erase(sorted[i].first);
        set.erase_range(first, count);
        break;
      }
      default:
        add(set, member, score, limits);
        model[member] = score;
    }
    compare(set, model, random);
    const auto below = set.count_below(score, step % 2 == 0);
    REQUIRE(
      below
      == static_cast<std::size_t>(std::count_if(model.begin(), model.end(), [&](const auto& pair) {
           return pair.second < score || (step % 2 == 0 && pair.second == score);
         })));
    if (scores == 1)
      REQUIRE(set.count_below(member, step % 2 == 0)
              == static_cast<std::size_t>(
                std::count_if(model.begin(), model.end(), [&](const auto& pair) {
                  return pair.first < member || (step % 2 == 0 && pair.first == member);
                })));
  }
}
