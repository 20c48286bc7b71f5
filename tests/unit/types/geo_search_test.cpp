#include "types/geo_search.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

using namespace thespis::types;
using thespis::base::random_bits;

namespace {

double random_between(random_bits& random, double low, double high) {
  return low + (high - low) * (static_cast<double>(random.next() >> 11) * 0x1p-53);
}

struct member {
  std::string name;
  double score;
};

/// Places in heaps and alone, some of them twice, and some scores that are no geohash.
std::vector<member> random_members(random_bits& random, std::size_t count) {
  std::vector<member> all;
  geo_point heap{};
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 50 == 0)
      heap = {random_between(random, -180, 180), random_between(random, -85, 85)};
    geo_point place{heap.longitude + random_between(random, -1, 1),
                    heap.latitude + random_between(random, -1, 1)};
    if (random.below(5) == 0 || !is_on_map(place))
      place = {random_between(random, -180, 180), random_between(random, -85, 85)};
    if (random.below(50) == 0)
      place.longitude = random.next() % 2 == 0 ? 180 : -180;
    auto score = static_cast<double>(geohash_encode(place));
    if (random.below(10) == 0 && !all.empty())
      score = all[random.below(all.size())].score;
    if (random.below(100) == 0)
      score = random_between(random, -1e18, 1e18);
    all.push_back({"m" + std::to_string(i), score});
  }
  return all;
}

sorted_set set_of(const std::vector<member>& members, std::uint32_t packed_entries) {
  sorted_set made;
  packed_limits limits;
  limits.entries = packed_entries;
  for (const auto& each : members)
    made.insert(each.name, each.score, limits);
  return made;
}

std::vector<geo_match> found_by(const sorted_set& in, const geo_shape& shape,
                                geo_search_order order = geo_search_order::by_cell,
                                std::size_t limit = std::numeric_limits<std::size_t>::max()) {
  std::vector<geo_match> found;
  const auto visit = [&](const geo_match& match) {
    found.push_back(match);
    return found.size() < limit;
  };
  geo_search{in, shape, order, visit}.run();
  return found;
}

/// What Redis would find, in its order: every member in the range of each cell.
std::vector<std::string> expected_for(const sorted_set& in, const geo_shape& shape) {
  std::vector<std::string> names;
  for (const auto& cell : geo_cover{shape}) {
    const auto range = cell.range();
    in.visit_all([&](std::string_view name, double score) {
      if (score < static_cast<double>(range.first) || score >= static_cast<double>(range.end))
        return;
      if (shape.distance_within(geohash_decode(geohash_bits(score))))
        names.emplace_back(name);
    });
  }
  return names;
}

std::vector<std::string> names_of(const std::vector<geo_match>& matches) {
  std::vector<std::string> names;
  for (const auto& match : matches)
    names.emplace_back(match.member);
  return names;
}

} // namespace

TEST_CASE("a search finds what looking at every member finds, in the same order", "[geo_search]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int set = 0; set < 8; ++set) {
    const auto count = random.below(set == 0 ? 120 : 4000);
    const auto members = random_members(random, count);
    const auto in = set_of(members, set == 0 ? 128 : 0);
    for (int round = 0; round < 60; ++round) {
      geo_point center{random_between(random, -180, 180), random_between(random, -85, 85)};
      if (!members.empty() && random.next() % 2 == 0)
        center = geohash_decode(geohash_bits(members[random.below(members.size())].score));
      const double length = random.below(10) == 0 ? 0
                                                  : std::pow(10, random_between(random, 0, 7.5));
      const std::vector<geo_point> triangle{
        {random_between(random, -180, 180), random_between(random, -85, 85)},
        {random_between(random, -180, 180), random_between(random, -85, 85)},
        {180, random_between(random, -85, 85)}};
      const geo_shape shapes[] = {
        geo_shape::circle(center, length),
        geo_shape::box(center, length, length * random_between(random, 0, 2)),
        geo_shape::polygon(center, geo_polygon{triangle})};
      for (const auto& shape : shapes) {
        CAPTURE(center.longitude, center.latitude, length, static_cast<int>(shape.what()));
        const auto found = found_by(in, shape);
        const auto expected = expected_for(in, shape);
        REQUIRE(names_of(found) == expected);
        REQUIRE(std::is_sorted(found.begin(), found.end(),
                               [](auto& a, auto& b) { return a.order < b.order; }));
        for (const auto& match : found)
          REQUIRE(match.distance
                  == geo_distance(center, geohash_decode(geohash_bits(match.score))));
        auto nearest = found_by(in, shape, geo_search_order::nearest_first);
        std::sort(nearest.begin(), nearest.end(),
                  [](auto& a, auto& b) { return a.order < b.order; });
        REQUIRE(names_of(nearest) == expected);
      }
    }
  }
}

TEST_CASE("a search ends when the visitor has enough", "[geo_search]") {
  random_bits random(7);
  const auto in = set_of(random_members(random, 2000), 0);
  const auto everywhere = geo_shape::circle({0, 0}, 30'000'000);
  const auto all = names_of(found_by(in, everywhere));
  REQUIRE(all.size() > 1500);
  for (const std::size_t limit : {1u, 2u, 100u, 1000u}) {
    const auto some = names_of(found_by(in, everywhere, geo_search_order::by_cell, limit));
    CHECK(some == std::vector<std::string>(all.begin(), all.begin() + static_cast<long>(limit)));
  }
}

TEST_CASE("every score has bits", "[geo_search]") {
  CHECK(geohash_bits(0) == 0);
  CHECK(geohash_bits(3479099956230698) == 3479099956230698);
  CHECK(geohash_bits(-1) == ~std::uint64_t{0});
  CHECK(geohash_bits(1.5) == 1);
  CHECK(geohash_bits(0x1p63) == std::uint64_t{1} << 63);
  CHECK(geohash_bits(1e30) == 0);
  CHECK(geohash_bits(std::numeric_limits<double>::infinity()) == 0);
  CHECK(geohash_bits(-std::numeric_limits<double>::infinity()) == std::uint64_t{1} << 63);
  CHECK(geohash_bits(-1e30) == std::uint64_t{1} << 63);
}
