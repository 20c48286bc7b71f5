#include "types/set_algebra.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

using thespis::base::random_bits;
using thespis::types::by_size;
using thespis::types::difference;
using thespis::types::how_to_subtract;
using thespis::types::set;
using thespis::types::set_element;
using thespis::types::set_limits;

namespace {

using model = std::set<std::string>;

/// Puts what it meets into `to`; each only once.
auto into(model& to) {
  return [&to](set_element element) {
    char digits[24];
    CHECK(to.emplace(element.text(digits)).second);
    return false;
  };
}

set numbers(int from, int to) {
  set out;
  for (auto i = from; i < to; ++i)
    out.add(set_element{std::int64_t{i}}, {});
  return out;
}

/// Several sets of all forms and sizes, drawn from few members.
void fill(std::vector<set>& sets, std::vector<model>& models, random_bits& random) {
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const set_limits limits{{random.below(100), 64}, random.below(200)};
    const auto size = random.below(random.below(2) == 0 ? 200 : 5);
    for (std::uint64_t n = 0; n < size; ++n) {
      const auto member = std::to_string(random.below(150)) + (random.below(9) == 0 ? "x" : "");
      sets[i].add(member, limits);
      models[i].insert(member);
    }
  }
}

} // namespace

TEST_CASE("set operations do what sets of strings do", "[set]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 400; ++round) {
    const auto count = 1 + random.below(random.below(3) == 0 ? 15 : 4);
    std::vector<set> sets(count);
    std::vector<model> models(count);
    fill(sets, models, random);
    model all;
    model common = models[0];
    model rest = models[0];
    for (std::size_t i = 0; i < count; ++i) {
      all.insert(models[i].begin(), models[i].end());
      std::erase_if(common, [&](const auto& member) { return !models[i].contains(member); });
      if (i != 0)
        std::erase_if(rest, [&](const auto& member) { return models[i].contains(member); });
    }
    model found[3];
    intersect(sets, into(found[0]));
    unite(sets, into(found[1]));
    subtract(sets, into(found[2]));
    REQUIRE(found[0] == common);
    REQUIRE(found[1] == all);
    REQUIRE(found[2] == rest);
  }
}

TEST_CASE("set operations end where the visitor wants", "[set]") {
  std::vector<set> sets;
  sets.push_back(numbers(0, 2000));
  sets.push_back(numbers(1000, 3000));
  sets.push_back(numbers(1200, 1300));
  auto left = 150;
  const auto stop = [&](set_element) { return --left == 0; };
  CHECK(unite(sets, stop));
  left = 100;
  CHECK(intersect(sets, stop));
  left = 101;
  CHECK_FALSE(intersect(sets, stop));
  left = 1000;
  CHECK(subtract(sets, stop));
  left = 1001;
  CHECK_FALSE(subtract(sets, stop));
}

TEST_CASE("sets are ordered by size, each once, without empty ones", "[set]") {
  std::vector<set> sets;
  sets.push_back(numbers(0, 3));
  sets.emplace_back();
  sets.push_back(numbers(0, 1));
  // A view of the first one.
  auto* const word = sets[0].release();
  sets[0] = set::adopt(word);
  sets.push_back(set::adopt(word));
  CHECK(by_size(sets) == std::vector<const set*>{&sets[2], by_size(sets)[1]});
  CHECK(by_size(sets)[1]->size() == 3);
  CHECK(how_to_subtract(sets) == difference::empty);
  sets.back().release();
}

TEST_CASE("a difference is found by look-ups unless there are many small sets", "[set]") {
  std::vector<set> sets;
  sets.push_back(numbers(0, 1000));
  sets.push_back(numbers(0, 10));
  CHECK(how_to_subtract(sets) == difference::by_look_up);
  sets.push_back(numbers(5, 20));
  CHECK(how_to_subtract(sets) == difference::by_removal);
  model found;
  subtract(sets, into(found));
  CHECK(found.size() == 980);
}
