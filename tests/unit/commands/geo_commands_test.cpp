#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

void add_cities(test_store& store) {
  store.run("GEOADD", "Sicily", "13.361389", "38.115556", "Palermo", "15.087269", "37.502669",
            "Catania");
}

} // namespace

TEST_CASE("GEOADD stores places as scores of a sorted set", "[geo]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.events_of("GEOADD", "Sicily", "13.361389", "38.115556", "Palermo")
        == strings{"new Sicily", "zadd Sicily"});
  CHECK(store.run("GEOADD", "Sicily", 15, 37, "Catania", 13, 38, "Palermo") == integer(1));
  CHECK(store.run("TYPE", "Sicily") == simple("zset"));
  CHECK(store.run("OBJECT", "ENCODING", "Sicily") == bulk("listpack"));
  store.run("GEOADD", "Sicily", "13.361389", "38.115556", "Palermo");
  CHECK(store.run("ZSCORE", "Sicily", "Palermo") == bulk("3479099956230698"));
  CHECK(store.events_of("GEOADD", "Sicily", "13.361389", "38.115556", "Palermo").empty());
  // The corners of the map.
  CHECK(store.run("GEOADD", "c", 180, "85.05112878", "ne", -180, "-85.05112878", "sw")
        == integer(2));
  CHECK(store.run("ZSCORE", "c", "sw") == bulk("0"));
  CHECK(store.run("GEOPOS", "c", "ne") == array({bulks({"180", "85.0511287799999991"})}));
}

TEST_CASE("GEOADD adds or moves as its options say", "[geo]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.events_of("GEOADD", "g", "XX", 1, 1, "a").empty());
  CHECK(store.run("EXISTS", "g") == integer(0));
  CHECK(store.run("GEOADD", "g", "nx", 1, 1, "a") == integer(1));
  CHECK(store.run("GEOADD", "g", "NX", "CH", 2, 2, "a", 2, 2, "b") == integer(1));
  CHECK(store.run("GEOADD", "g", "XX", "ch", 3, 3, "a", 3, 3, "c") == integer(1));
  CHECK(store.run("ZCARD", "g") == integer(2));
  CHECK(store.run("GEOADD", "g", 4, 4, "a") == integer(0));
  // A member may be called like an option.
  CHECK(store.run("GEOADD", "g", 4, 4, "nx") == integer(1));
}

TEST_CASE("GEOADD refuses what is no place", "[geo]") {
  test_store store;
  CHECK(store.run("GEOADD", "g", 1, 1) == error(errors::wrong_arity("geoadd")));
  CHECK(store.run("GEOADD", "g", 1, 1, "a", 1) == error(errors::syntax));
  CHECK(store.run("GEOADD", "g", "NX", "XX", 1, 1, "a") == error(errors::syntax));
  CHECK(store.run("GEOADD", "g", "NX", "CH", "NX") == error(errors::syntax));
  CHECK(store.run("GEOADD", "g", "x", 1, "a") == error(errors::not_a_float));
  CHECK(store.run("GEOADD", "g", 1, "nan", "a") == error(errors::not_a_float));
  CHECK(store.run("GEOADD", "g", 1, 1, "a", 181, 0, "b")
        == error("ERR invalid longitude,latitude pair 181.000000,0.000000"));
  CHECK(store.run("GEOADD", "g", "-inf", "85.06", "b")
        == error("ERR invalid longitude,latitude pair -inf,85.060000"));
  // The first thing that is wrong.
  CHECK(store.run("GEOADD", "g", 1, 86, "a", "x", 0, "b")
        == error("ERR invalid longitude,latitude pair 1.000000,86.000000"));
  CHECK(store.run("EXISTS", "g") == integer(0));
  store.run("SET", "s", "v");
  CHECK(store.run("GEOADD", "s", 1, 1, "a") == error(errors::wrong_type));
}

TEST_CASE("GEOADD keeps more places than fit on the stack", "[geo]") {
  test_store store;
  strings request{"GEOADD", "g"};
  for (int i = 0; i < 200; ++i)
    request.insert(request.end(), {std::to_string(i % 180), "10", "m" + std::to_string(i)});
  CHECK(store.run_words(request) == integer(200));
  CHECK(store.run("OBJECT", "ENCODING", "g") == bulk("skiplist"));
  CHECK(store.run("GEOHASH", "g", "m7", "m199") == bulks({"s1ubzk3npz0", "s3v8bk7qhp0"}));
}

TEST_CASE("GEODIST measures in four units", "[geo]") {
  test_store store{1, GENERATE(2, 3)};
  add_cities(store);
  CHECK(store.wire("GEODIST", "Sicily", "Palermo", "Catania") == "$11\r\n166274.1516\r\n");
  CHECK(store.run("GEODIST", "Sicily", "Palermo", "Catania", "KM") == bulk("166.2742"));
  CHECK(store.run("GEODIST", "Sicily", "Palermo", "Catania", "mi") == bulk("103.3182"));
  CHECK(store.run("GEODIST", "Sicily", "Catania", "Palermo", "ft") == bulk("545518.8700"));
  CHECK(store.run("GEODIST", "Sicily", "Palermo", "Palermo", "m") == bulk("0.0000"));
  CHECK(store.run("GEODIST", "Sicily", "Palermo", "none") == null());
  CHECK(store.run("GEODIST", "none", "a", "b") == null());
  CHECK(store.run("GEODIST", "none", "a", "b", "parsec") == error(errors::geo_unit));
  CHECK(store.run("GEODIST", "Sicily", "a", "b", "m", "m") == error(errors::syntax));
  store.run("SET", "s", "v");
  CHECK(store.run("GEODIST", "s", "a", "b") == error(errors::wrong_type));
}

TEST_CASE("GEODIST shows small distances with leading zeros", "[geo]") {
  test_store store;
  store.run("GEOADD", "g", 0, 0, "a", "0.000006", 0, "b");
  CHECK(store.run("GEODIST", "g", "a", "b") == bulk("0.5967"));
  CHECK(store.run("GEODIST", "g", "a", "b", "km") == bulk("0.0006"));
}

TEST_CASE("GEOHASH and GEOPOS reply for each member", "[geo]") {
  test_store store{1, 2};
  add_cities(store);
  CHECK(store.run("GEOHASH", "Sicily", "Palermo", "none", "Catania")
        == array({bulk("sqc8b49rny0"), null(), bulk("sqdtr74hyu0")}));
  CHECK(store.wire("GEOHASH", "Sicily", "none") == "*1\r\n$-1\r\n");
  CHECK(store.wire("GEOHASH", "none", "a") == "*1\r\n$-1\r\n");
  CHECK(store.run("GEOHASH", "Sicily") == array({}));
  CHECK(store.wire("GEOPOS", "Sicily", "Palermo", "none")
        == "*2\r\n*2\r\n$20\r\n13.36138933897018433\r\n$20\r\n38.11555639549629859\r\n*-1\r\n");
  CHECK(store.wire("GEOPOS", "none", "a") == "*1\r\n*-1\r\n");
  CHECK(store.run("GEOPOS", "Sicily") == array({}));
  store.connect(3);
  store.speak_as(1);
  CHECK(store.wire("GEOPOS", "Sicily", "Palermo", "none")
        == "*2\r\n*2\r\n,13.36138933897018433\r\n,38.11555639549629859\r\n_\r\n");
  store.run("SET", "s", "v");
  CHECK(store.run("GEOHASH", "s", "a") == error(errors::wrong_type));
  CHECK(store.run("GEOPOS", "s", "a") == error(errors::wrong_type));
}

TEST_CASE("scores that no GEOADD gave are some place, too", "[geo]") {
  test_store store;
  store.run("ZADD", "z", -1, "a", "1e17", "b", "inf", "c", "4503599627370496", "d");
  CHECK(store.run("GEOHASH", "z", "a", "b", "c").items.size() == 3);
  CHECK(store.run("GEOPOS", "z", "a") == array({bulks({"180", "85.0511287799999991"})}));
  CHECK(store.run("GEOPOS", "z", "c")
        == array({bulks({"-179.99999731779098511", "-85.05112751263942528"})}));
}

} // namespace thespis::tests
