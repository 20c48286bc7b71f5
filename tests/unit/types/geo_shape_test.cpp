#include "types/geo_cover.hpp"
#include "types/geo_polygon.hpp"
#include "types/geo_search.hpp"
#include "types/geo_shape.hpp"

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

/// From `low` to `high`.
double random_between(random_bits& random, double low, double high) {
  return low + (high - low) * (static_cast<double>(random.next() >> 11) * 0x1p-53);
}

double rounded(double metres) {
  return std::round(metres * 10000) / 10000;
}

std::size_t times_covered(const geo_cover& cover, std::uint64_t bits) {
  return static_cast<std::size_t>(
    std::count_if(cover.begin(), cover.end(), [&](const geo_cell& cell) {
      const auto range = cell.range();
      return bits >= range.first && bits < range.end;
    }));
}

geo_point random_place(random_bits& random) {
  return {random_between(random, -180, 180),
          random_between(random, -geo_latitude_max, geo_latitude_max)};
}

/// A length of any size from a decimetre to far around the earth.
double random_length(random_bits& random) {
  return random.below(20) == 0 ? 0 : std::pow(10, random_between(random, -1, 8));
}

geo_shape random_shape(random_bits& random, geo_point center) {
  if (random.next() % 2 == 0)
    return geo_shape::circle(center, random_length(random));
  return geo_shape::box(center, random_length(random), random_length(random));
}

/// A place that is likely to be near the shape's border, or anywhere.
geo_point place_near(random_bits& random, const geo_shape& shape) {
  const auto bounds = shape.bounds();
  if (random.below(4) == 0 || !std::isfinite(bounds.north_east.longitude))
    return random_place(random);
  const geo_point place{
    random_between(random, bounds.south_west.longitude, bounds.north_east.longitude),
    random_between(random, bounds.south_west.latitude, bounds.north_east.latitude)};
  return is_on_map(place) ? place : random_place(random);
}

/// As Redis decides it.
bool is_within_by_definition(const geo_shape& shape, double width, double height, geo_point place) {
  if (shape.what() == geo_shape::kind::circle)
    return geo_distance(shape.center(), place) <= width;
  const auto center = shape.center();
  return geo_distance({0, place.latitude}, {0, center.latitude}) <= height / 2
         && geo_distance(place, {center.longitude, place.latitude}) <= width / 2;
}

} // namespace

TEST_CASE("the cells of a shape cover each of its places once", "[geo_shape]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 300; ++round) {
    const geo_point center{random_between(random, -150, 150), random_between(random, -60, 60)};
    const double size = std::pow(10, random_between(random, 0, 6));
    const auto shape = random.next() % 2 == 0
                         ? geo_shape::circle(center, size)
                         : geo_shape::box(center, size, size * random_between(random, 0.1, 1));
    const geo_cover cover{shape};
    CAPTURE(center.longitude, center.latitude, size);
    REQUIRE(times_covered(cover, geohash_encode(center)) == 1);
    const double degrees = size / 100'000;
    for (int i = 0; i < 100; ++i) {
      const geo_point place{center.longitude + random_between(random, -degrees, degrees) * 2,
                            center.latitude + random_between(random, -degrees, degrees)};
      if (!is_on_map(place))
        continue;
      const auto bits = geohash_encode(place);
      REQUIRE(times_covered(cover, bits) <= 1);
      if (shape.distance_within(geohash_decode(bits)))
        REQUIRE(times_covered(cover, bits) == 1);
    }
  }
}

TEST_CASE("a shape covers what is near enough", "[geo_shape]") {
  const auto circle = geo_shape::circle({15, 37}, 200'000);
  CHECK(circle.distance_within({15, 37}) == 0);
  REQUIRE(circle.distance_within({13.361389, 38.115556}));
  CHECK(rounded(*circle.distance_within({13.361389, 38.115556}))
        == rounded(geo_distance({15, 37}, {13.361389, 38.115556})));
  CHECK_FALSE(circle.distance_within({12, 38}));
  const auto box = geo_shape::box({15, 37}, 400'000, 100'000);
  CHECK(box.distance_within({17, 37}));
  CHECK_FALSE(box.distance_within({18, 37}));
  CHECK(box.distance_within({15, 37.4}));
  CHECK_FALSE(box.distance_within({15, 37.6}));
}

TEST_CASE("a shape as large as the earth is all of the map, each part once", "[geo_shape]") {
  const geo_cover cover{geo_shape::circle({10, 10}, 30'000'000)};
  CHECK(cover.size() == 4);
  random_bits random(1);
  for (int i = 0; i < 1000; ++i)
    CHECK(times_covered(cover, random.next() >> 12) == 1);
}

TEST_CASE("a shape decides by distances as they are rounded", "[geo_shape]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  int inside = 0;
  for (int round = 0; round < 20000; ++round) {
    const auto center = geohash_decode(geohash_encode(random_place(random)));
    auto place = geohash_decode(geohash_encode(random_place(random)));
    // The border itself: one of the lengths is just so, or a little less.
    const double distance = geo_distance(center, place);
    const double nudged = random.next() % 2 == 0 ? distance : std::nextafter(distance, 0);
    const auto circle = geo_shape::circle(center, nudged);
    REQUIRE(circle.distance_within(place).has_value() == (distance <= nudged));
    const double width = 2 * geo_distance(place, {center.longitude, place.latitude});
    const double height = 2 * geo_distance({0, place.latitude}, {0, center.latitude});
    const double nudged_width = random.next() % 2 == 0 ? width : std::nextafter(width, 0);
    const auto box = geo_shape::box(center, nudged_width, height);
    const bool expected = is_within_by_definition(box, nudged_width, height, place);
    REQUIRE(box.distance_within(place).has_value() == expected);
    inside += expected ? 1 : 0;
    if (expected)
      REQUIRE(*box.distance_within(place) == distance);
  }
  CHECK(inside > 1000);
}

TEST_CASE("a cell that a shape misses has none of its places", "[geo_shape]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  int missed = 0;
  int within = 0;
  for (int round = 0; round < 100000; ++round) {
    const auto center = geohash_decode(geohash_encode(random_place(random)));
    auto shape = random_shape(random, center);
    if (random.below(4) == 0)
      shape.narrow(random_length(random));
    const auto bits = geohash_encode(place_near(random, shape));
    const auto step = static_cast<unsigned>(random.below(27));
    const geo_cell cell{bits >> 2 * (geo_step_max - step), step};
    const bool covers = shape.distance_within(geohash_decode(bits)).has_value();
    const bool misses = shape.misses(cell);
    CAPTURE(center.longitude, center.latitude, bits, step);
    REQUIRE_FALSE((covers && misses));
    missed += misses ? 1 : 0;
    within += covers ? 1 : 0;
  }
  CHECK(missed > 1000);
  CHECK(within > 1000);
}

TEST_CASE("a narrowed shape has the places that are near", "[geo_shape]") {
  auto circle = geo_shape::circle({0, 0}, 500'000);
  CHECK(circle.distance_within({4, 0}));
  circle.narrow(200'000);
  CHECK_FALSE(circle.distance_within({4, 0}));
  CHECK(circle.distance_within({1, 1}));
  CHECK(circle.misses(geo_cell::at({4, 0}, 12)));
  auto box = geo_shape::box({0, 0}, 1'000'000, 1'000'000);
  CHECK(box.distance_within({4, 0}));
  box.narrow(200'000);
  CHECK_FALSE(box.distance_within({4, 0}));
  CHECK(box.distance_within({1, 1}));
}

TEST_CASE("a polygon contains what its edges enclose", "[geo_polygon]") {
  const std::vector<geo_point> corner{{0, 0}, {10, 0}, {10, 5}, {5, 5}, {5, 10}, {0, 10}};
  const geo_polygon area{corner};
  CHECK(area.contains({2, 2}));
  CHECK(area.contains({2, 9}));
  CHECK(area.contains({9, 2}));
  CHECK_FALSE(area.contains({7, 7}));
  CHECK_FALSE(area.contains({-1, 2}));
  CHECK_FALSE(area.contains({2, 11}));
  // The borders in the west and south belong to it.
  CHECK(area.contains({0, 2}));
  CHECK(area.contains({2, 0}));
  CHECK_FALSE(area.contains({10, 2}));
  CHECK_FALSE(area.contains({2, 10}));
  CHECK(area.bounds().north_east.longitude == 10);
  CHECK(area.middle().longitude == 5);
  CHECK(area.middle().latitude == 5);
  // A bow tie.
  const std::vector<geo_point> crossed{{0, 0}, {10, 10}, {10, 0}, {0, 10}};
  const geo_polygon tie{crossed};
  CHECK(tie.contains({1, 5}));
  CHECK(tie.contains({9, 5}));
  CHECK_FALSE(tie.contains({5, 9}));
  CHECK_FALSE(tie.contains({5, 1}));
}

TEST_CASE("a polygon of no extent contains nothing", "[geo_polygon]") {
  const std::vector<geo_point> line{{1, 1}, {2, 2}, {3, 3}};
  CHECK_FALSE(geo_polygon{line}.contains({2, 2}));
  const std::vector<geo_point> spot{{1, 1}, {1, 1}, {1, 1}};
  CHECK_FALSE(geo_polygon{spot}.contains({1, 1}));
}
