#include "types/geohash.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <string>

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

TEST_CASE("a cell's four parts follow each other", "[geohash]") {
  const auto cell = geo_cell::at({13, 38}, 9);
  auto first = cell.range().first;
  for (std::uint64_t i = 0; i < 4; ++i) {
    const geo_cell part{cell.bits << 2 | i, cell.step + 1};
    CHECK(part.range().first == first);
    first = part.range().end;
    CHECK(part.south_west().longitude
          == (i < 2 ? cell.south_west() : geo_cell{cell.bits << 2 | 2, 10}.south_west()).longitude);
    CHECK((i % 2 == 0) == (part.south_west().latitude == cell.south_west().latitude));
  }
  CHECK(first == cell.range().end);
}

TEST_CASE("an origin measures as two places do", "[geohash]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 5000; ++round) {
    const geo_point a{random_between(random, -180, 180), random_between(random, -85, 85)};
    const geo_point b = round % 10 == 0 ? geo_point{a.longitude, random_between(random, -85, 85)}
                                        : geo_point{random_between(random, -180, 180),
                                                    random_between(random, -85, 85)};
    const geo_origin from{a};
    const auto distance = from.distance(b, from.haversine(b));
    REQUIRE(distance == geo_distance(a, b));
    REQUIRE(std::abs(geo_distance(b, a) - distance) < 1e-5);
    if (distance < 15'000'000)
      REQUIRE(geo_origin::haversine_of(distance) == Approx(from.haversine(b)).epsilon(1e-9));
  }
  CHECK(geo_origin::haversine_of(0) == 0);
  CHECK(geo_origin::haversine_of(std::numeric_limits<double>::infinity()) == 1);
}
