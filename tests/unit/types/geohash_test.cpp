#include "types/geohash.hpp"

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

std::string text_of(std::uint64_t bits) {
  const auto text = geohash_text(bits);
  return {text.data(), text.size()};
}

double rounded(double metres) {
  return std::round(metres * 10000) / 10000;
}

std::size_t times_covered(const geo_ranges& ranges, std::uint64_t bits) {
  return static_cast<std::size_t>(std::count_if(ranges.begin(), ranges.end(), [&](auto& range) {
    return bits >= range.first && bits < range.end;
  }));
}

} // namespace

// What redis-server 7.0.15 replies to GEOADD, ZSCORE, GEOHASH, GEOPOS and GEODIST.
TEST_CASE("places have the numbers, texts and distances that Redis gives them", "[geohash]") {
  struct sample {
    geo_point place;
    std::uint64_t bits;
    const char* text;
    geo_point decoded;
  };
  const sample palermo{{13.361389, 38.115556},
                       3479099956230698,
                       "sqc8b49rny0",
                       {13.36138933897018433, 38.11555639549629859}};
  const sample catania{{15.087269, 37.502669},
                       3479447370796909,
                       "sqdtr74hyu0",
                       {15.08726745843887329, 37.50266842333162032}};
  const sample san_francisco{{-122.4194, 37.7749},
                             1367859919124626,
                             "9q8yyk8ytp0",
                             {-122.41940170526504517, 37.77490001056577995}};
  const sample far_south{
    {-179.5, -84.9}, 10685011517, "00bm52kjdu0", {-179.50000137090682983, -84.89999983295615493}};
  for (const auto& each : {palermo, catania, san_francisco, far_south}) {
    CHECK(geohash_encode(each.place) == each.bits);
    CHECK(text_of(each.bits) == each.text);
    CHECK(geohash_decode(each.bits).longitude == each.decoded.longitude);
    CHECK(geohash_decode(each.bits).latitude == each.decoded.latitude);
  }
  CHECK(geohash_encode({0, 0}) == 3377699720527872);
  CHECK(text_of(3377699720527872) == "s0000000000");
  CHECK(rounded(geo_distance(palermo.decoded, catania.decoded)) == 166274.1516);
  CHECK(rounded(geo_distance(palermo.decoded, san_francisco.decoded)) == 10441392.8274);
  CHECK(rounded(geo_distance(san_francisco.decoded, far_south.decoded)) == 13890643.7789);
  CHECK(geo_distance(palermo.decoded, palermo.decoded) == 0);
}

TEST_CASE("the map ends where Mercator's does", "[geohash]") {
  CHECK(is_on_map({180, 85.05112878}));
  CHECK(is_on_map({-180, -85.05112878}));
  CHECK_FALSE(is_on_map({180.0001, 0}));
  CHECK_FALSE(is_on_map({-180.0001, 0}));
  CHECK_FALSE(is_on_map({0, 85.0512}));
  CHECK_FALSE(is_on_map({0, -90}));
  CHECK_FALSE(is_on_map({std::numeric_limits<double>::quiet_NaN(), 0}));
  CHECK_FALSE(is_on_map({0, std::numeric_limits<double>::infinity()}));
}

TEST_CASE("a place comes back within a metre, and any number is on the map", "[geohash]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 5000; ++round) {
    const geo_point place{random_between(random, -180, 180), random_between(random, -85, 85)};
    const auto bits = geohash_encode(place);
    CHECK(bits < std::uint64_t{1} << 52);
    const auto back = geohash_decode(bits);
    REQUIRE(geo_distance(place, back) < 1);
    REQUIRE(geohash_encode(back) == bits);
    REQUIRE(is_on_map(geohash_decode(random.next())));
    REQUIRE(geohash_text(random.next())[10] == '0');
  }
}

TEST_CASE("a cell and its neighbours touch", "[geohash]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 1000; ++round) {
    const auto step = static_cast<unsigned>(3 + random.below(24));
    const geo_point place{random_between(random, -100, 100), random_between(random, -40, 40)};
    const auto cell = geo_cell::at(place, step);
    CHECK(cell.south_west().longitude <= place.longitude);
    CHECK(cell.north_east().latitude >= place.latitude);
    CHECK(cell.moved(1, 0).south_west().longitude == cell.north_east().longitude);
    CHECK(cell.moved(-1, 1).north_east().longitude == cell.south_west().longitude);
    CHECK(cell.moved(0, -1).north_east().latitude == cell.south_west().latitude);
    CHECK(cell.moved(1, -1).moved(-1, 1) == cell);
  }
  const auto corner = geo_cell::at({179, 84}, 4);
  CHECK(corner.moved(1, 0).south_west().longitude == -180);
  CHECK(corner.moved(0, 1).south_west().latitude == -geo_latitude_max);
}

TEST_CASE("the ranges of a shape cover each of its places once", "[geohash]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 300; ++round) {
    const geo_point center{random_between(random, -150, 150), random_between(random, -60, 60)};
    const double size = std::pow(10, random_between(random, 0, 6));
    const auto shape = random.next() % 2 == 0
                         ? geo_shape::circle(center, size)
                         : geo_shape::box(center, size, size * random_between(random, 0.1, 1));
    const geo_ranges ranges{shape};
    CAPTURE(center.longitude, center.latitude, size);
    REQUIRE(times_covered(ranges, geohash_encode(center)) == 1);
    const double degrees = size / 100'000;
    for (int i = 0; i < 100; ++i) {
      const geo_point place{center.longitude + random_between(random, -degrees, degrees) * 2,
                            center.latitude + random_between(random, -degrees, degrees)};
      if (!is_on_map(place))
        continue;
      const auto bits = geohash_encode(place);
      REQUIRE(times_covered(ranges, bits) <= 1);
      if (shape.distance_within(geohash_decode(bits)))
        REQUIRE(times_covered(ranges, bits) == 1);
    }
  }
}

TEST_CASE("a shape covers what is near enough", "[geohash]") {
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

TEST_CASE("a shape as large as the earth is all of the map, each part once", "[geohash]") {
  const geo_ranges ranges{geo_shape::circle({10, 10}, 30'000'000)};
  CHECK(ranges.size() == 4);
  random_bits random(1);
  for (int i = 0; i < 1000; ++i)
    CHECK(times_covered(ranges, random.next() >> 12) == 1);
}
