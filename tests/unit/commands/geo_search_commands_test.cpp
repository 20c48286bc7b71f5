#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

/// Around (15, 37), nearest first: Catania 56 km, edge2 279 km, Palermo 190 km, edge1 279 km.
void add_places(test_store& store, bool packed = true) {
  store.access().zset_packed.entries = packed ? 128u : 0u;
  store.run("GEOADD", "Sicily", "13.361389", "38.115556", "Palermo", "15.087269", "37.502669",
            "Catania", "12.758489", "38.788135", "edge1", "17.241510", "38.788135", "edge2");
}

template <class... Options>
resp_value search(test_store& store, const Options&... options) {
  return store.run("GEOSEARCH", "Sicily", "FROMLONLAT", 15, 37, options...);
}

} // namespace

TEST_CASE("GEOSEARCH finds what a circle or a box covers", "[geo]") {
  test_store store{GENERATE(1u, 3u)};
  add_places(store, GENERATE(false, true));
  CHECK(search(store, "BYRADIUS", 200, "km", "ASC") == bulks({"Catania", "Palermo"}));
  CHECK(search(store, "BYRADIUS", 200000, "m", "DESC") == bulks({"Palermo", "Catania"}));
  CHECK(search(store, "BYRADIUS", 40, "mi") == bulks({"Catania"}));
  CHECK(search(store, "BYRADIUS", 40, "FT") == array({}));
  CHECK(search(store, "BYRADIUS", 0, "m") == array({}));
  CHECK(search(store, "BYBOX", 400, 400, "km", "asc")
        == bulks({"Catania", "Palermo", "edge2", "edge1"}));
  CHECK(search(store, "BYBOX", 300, 150, "km") == bulks({"Catania"}));
  CHECK(search(store, "BYRADIUS", "inf", "km", "ASC").items.size() == 4);
  CHECK(store.run("GEOSEARCH", "Sicily", "ASC", "BYRADIUS", 200, "km", "FROMMEMBER", "Palermo")
        == bulks({"Palermo", "edge1", "Catania"}));
  CHECK(store.run("GEOSEARCH", "Sicily", "FROMMEMBER", "Palermo", "BYRADIUS", 0, "m")
        == bulks({"Palermo"}));
  CHECK(store.run("GEOSEARCH", "none", "FROMMEMBER", "a", "BYRADIUS", 1, "m") == array({}));
}

TEST_CASE("GEOSEARCH limits what it replies", "[geo]") {
  test_store store;
  add_places(store, GENERATE(false, true));
  CHECK(search(store, "BYRADIUS", 300, "km", "COUNT", 1) == bulks({"Catania"}));
  CHECK(search(store, "BYRADIUS", 300, "km", "COUNT", 3, "ASC")
        == bulks({"Catania", "Palermo", "edge2"}));
  CHECK(search(store, "BYRADIUS", 300, "km", "DESC", "COUNT", 2) == bulks({"edge1", "edge2"}));
  CHECK(search(store, "BYRADIUS", 300, "km", "COUNT", "9223372036854775807").items.size() == 4);
  CHECK(search(store, "BYRADIUS", 300, "km", "COUNT", 2, "ANY").items.size() == 2);
  CHECK(search(store, "BYRADIUS", 300, "km", "ANY", "COUNT", 9, "ASC")
        == bulks({"Catania", "Palermo", "edge2", "edge1"}));
}

TEST_CASE("GEOSEARCH keeps the order of the search among equals", "[geo]") {
  test_store store;
  for (int i = 0; i < 300; ++i)
    store.run("GEOADD", "g", 10, i % 3, "m" + std::to_string(1000 + i));
  const auto all = store.run("GEOSEARCH", "g", "FROMLONLAT", 10, 0, "BYRADIUS", 500, "km", "ASC");
  REQUIRE(all.items.size() == 300);
  for (const int count : {1, 50, 100, 150, 299, 300}) {
    const auto some = store.run("GEOSEARCH", "g", "FROMLONLAT", 10, 0, "BYRADIUS", 500, "km",
                                "COUNT", count);
    CHECK(some == array({all.items.begin(), all.items.begin() + count}));
  }
}

TEST_CASE("GEOSEARCH tells distance, hash and coordinates in this order", "[geo]") {
  test_store store{1, 2};
  add_places(store);
  CHECK(store.wire("GEOSEARCH", "Sicily", "FROMLONLAT", 15, 37, "BYRADIUS", 100, "km", "WITHCOORD",
                   "WITHHASH", "WITHDIST")
        == "*1\r\n*4\r\n$7\r\nCatania\r\n$7\r\n56.4413\r\n:3479447370796909\r\n*2\r\n"
           "$20\r\n15.08726745843887329\r\n$20\r\n37.50266842333162032\r\n");
  CHECK(search(store, "BYRADIUS", 100, "mi", "WITHDIST") == array({bulks({"Catania", "35.0711"})}));
  store.connect(3);
  store.speak_as(1);
  CHECK(store.wire("GEORADIUS", "Sicily", 15, 37, 100, "km", "WITHCOORD", "WITHDIST")
        == "*1\r\n*3\r\n$7\r\nCatania\r\n$7\r\n56.4413\r\n*2\r\n"
           ",15.08726745843887329\r\n,37.50266842333162032\r\n");
}

TEST_CASE("GEOSEARCH looks across the meridian of 180 degrees", "[geo]") {
  test_store store;
  store.run("GEOADD", "p", "179.5", 0, "west", "-179.5", 0, "east", 0, 0, "far");
  CHECK(store.run("GEOSEARCH", "p", "FROMMEMBER", "west", "BYRADIUS", 200, "km", "ASC")
        == bulks({"west", "east"}));
  CHECK(store.run("GEOSEARCH", "p", "FROMMEMBER", "east", "BYBOX", 400, 400, "km", "ASC")
        == bulks({"east", "west"}));
}

TEST_CASE("GEOSEARCH BYPOLYGON finds what the edges enclose", "[geo]") {
  test_store store{GENERATE(1u, 3u)};
  add_places(store, GENERATE(false, true));
  CHECK(store.run("GEOSEARCH", "Sicily", "BYPOLYGON", 4, 13, 37, 16, 37, 16, 39, 13, 39, "ASC")
        == bulks({"Catania", "Palermo"}));
  CHECK(store.run("GEOSEARCH", "Sicily", "FROMMEMBER", "Palermo", "BYPOLYGON", 3, 12, 37, 18, 39,
                  12, 39, "ASC", "WITHDIST")
        == array({bulks({"Palermo", "0.0000"}), bulks({"edge1", "91400.6586"}),
                  bulks({"edge2", "346127.3044"})}));
  CHECK(store.run("GEOSEARCH", "Sicily", "BYPOLYGON", 3, 0, 0, 1, 0, 0, 1) == array({}));
  CHECK(store.run("GEOSEARCHSTORE", "d", "Sicily", "BYPOLYGON", 4, 13, 37, 16, 37, 16, 39, 13, 39)
        == integer(2));
  CHECK(store.run("GEOSEARCH", "Sicily", "BYPOLYGON", 2, 0, 0, 1, 0)
        == error(errors::geo_too_few_vertices));
  CHECK(store.run("GEOSEARCH", "Sicily", "BYPOLYGON", 4, 0, 0, 1, 0, 0, 1)
        == error(errors::syntax));
  CHECK(store.run("GEOSEARCH", "Sicily", "BYPOLYGON", "9223372036854775807", 0, 0, 1, 0, 0, 1)
        == error(errors::syntax));
  CHECK(store.run("GEOSEARCH", "Sicily", "BYPOLYGON", "x", 0, 0, 1, 0)
        == error(errors::not_an_integer));
  CHECK(store.run("GEOSEARCH", "Sicily", "BYPOLYGON", 3, 0, 0, 1, 0, 0, 91)
        == error("ERR invalid longitude,latitude pair 0.000000,91.000000"));
  CHECK(search(store, "BYRADIUS", 1, "m", "BYPOLYGON", 3, 0, 0, 1, 0, 0, 1)
        == error(errors::syntax));
}

TEST_CASE("GEOSEARCH refuses what makes no sense", "[geo]") {
  test_store store;
  add_places(store);
  CHECK(search(store, "BYRADIUS", "x", "km") == error(errors::geo_radius_not_numeric));
  CHECK(search(store, "BYRADIUS", "nan", "km") == error(errors::geo_radius_not_numeric));
  CHECK(search(store, "BYRADIUS", -1, "parsec") == error(errors::geo_radius_negative));
  CHECK(search(store, "BYRADIUS", 1, "parsec") == error(errors::geo_unit));
  CHECK(search(store, "BYBOX", "x", "y", "km") == error(errors::geo_width_not_numeric));
  CHECK(search(store, "BYBOX", 1, "y", "km") == error(errors::geo_height_not_numeric));
  CHECK(search(store, "BYBOX", 1, -1, "km") == error(errors::geo_box_negative));
  CHECK(search(store, "BYBOX", 1, 1, "km", "BYRADIUS", 1, "m") == error(errors::syntax));
  CHECK(search(store, "FROMMEMBER", "a", "BYRADIUS", 1, "m") == error(errors::syntax));
  CHECK(search(store, "BYRADIUS", 1, "m", "STORE", "d") == error(errors::syntax));
  CHECK(search(store, "BYRADIUS", 1, "m", "STOREDIST") == error(errors::syntax));
  CHECK(search(store, "BYRADIUS", 1, "m", "COUNT") == error(errors::syntax));
  CHECK(search(store, "BYRADIUS", 1, "m", "COUNT", 0) == error(errors::geo_count_not_positive));
  CHECK(search(store, "BYRADIUS", 1, "m", "COUNT", "x") == error(errors::not_an_integer));
  CHECK(search(store, "BYRADIUS", 1, "m", "ANY") == error(errors::geo_any_without_count));
  CHECK(search(store, "WITHDIST", "WITHHASH", "ASC")
        == error(errors::geo_shape_missing("GEOSEARCH")));
  CHECK(store.run("geoSearch", "Sicily", "BYRADIUS", 1, "m", "ASC", "WITHDIST")
        == error("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for geoSearch"));
  CHECK(store.run("GEOSEARCH", "Sicily", "FROMMEMBER", "x", "BYRADIUS", 1, "m")
        == error(errors::geo_no_such_member));
  CHECK(store.run("GEOSEARCH", "Sicily", "FROMLONLAT", 1, 99, "BYRADIUS", 1, "m")
        == error("ERR invalid longitude,latitude pair 1.000000,99.000000"));
  store.run("SET", "s", "v");
  CHECK(store.run("GEOSEARCH", "s", "FROMLONLAT", "x", 99, "BYRADIUS", 1, "m")
        == error(errors::wrong_type));
}

TEST_CASE("GEOSEARCHSTORE stores geohashes or distances", "[geo]") {
  test_store store{GENERATE(1u, 3u)};
  add_places(store);
  CHECK(
    store.events_of("GEOSEARCHSTORE", "d", "Sicily", "FROMLONLAT", 15, 37, "BYRADIUS", 200, "km")
    == strings{"new d", "geosearchstore d"});
  CHECK(store.run("GEOHASH", "d", "Palermo", "Catania") == bulks({"sqc8b49rny0", "sqdtr74hyu0"}));
  CHECK(store.run("GEOSEARCHSTORE", "d", "Sicily", "FROMLONLAT", 15, 37, "BYBOX", 400, 400, "km",
                  "STOREDIST", "COUNT", 3)
        == integer(3));
  CHECK(store.run("ZRANGE", "d", 0, -1) == bulks({"Catania", "Palermo", "edge2"}));
  CHECK(store.run("ZSCORE", "d", "Catania") == bulk("56.4412578701582"));
  store.run("EXPIRE", "d", 100);
  CHECK(store.run("GEOSEARCHSTORE", "d", "d", "FROMLONLAT", 15, 37, "BYRADIUS", 1, "m")
        == integer(0));
  CHECK(store.run("EXISTS", "d") == integer(0));
  store.run("SET", "s", "v");
  CHECK(store.run("GEOSEARCHSTORE", "s", "Sicily", "FROMMEMBER", "Palermo", "BYRADIUS", 1, "m")
        == integer(1));
  CHECK(store.events_of("GEOSEARCHSTORE", "s", "none", "FROMMEMBER", "x", "BYRADIUS", 1, "m")
        == strings{"del s"});
  CHECK(
    store.events_of("GEOSEARCHSTORE", "s", "none", "FROMMEMBER", "x", "BYRADIUS", 1, "m").empty());
  CHECK(
    store.run("GEOSEARCHSTORE", "Sicily", "Sicily", "FROMMEMBER", "Palermo", "BYRADIUS", 1, "km")
    == integer(1));
  CHECK(store.run("ZRANGE", "Sicily", 0, -1) == bulks({"Palermo"}));
  CHECK(store.run("GEOSEARCHSTORE", "d", "Sicily", "FROMMEMBER", "Palermo", "BYRADIUS", 1, "m",
                  "WITHDIST")
        == error(errors::geosearchstore_stores_no_details));
}

TEST_CASE("GEORADIUS and its sisters search and store", "[geo]") {
  test_store store{GENERATE(1u, 3u)};
  add_places(store);
  CHECK(store.run("GEORADIUS", "Sicily", 15, 37, 200, "km", "ASC")
        == bulks({"Catania", "Palermo"}));
  CHECK(store.run("GEORADIUS_RO", "Sicily", 15, 37, 200, "km", "DESC", "COUNT", 1)
        == bulks({"Palermo"}));
  CHECK(store.run("GEORADIUSBYMEMBER", "Sicily", "Palermo", 100, "km", "ASC")
        == bulks({"Palermo", "edge1"}));
  CHECK(store.run("GEORADIUSBYMEMBER_RO", "Sicily", "Palermo", 100, "km", "DESC")
        == bulks({"edge1", "Palermo"}));
  CHECK(store.events_of("GEORADIUS", "Sicily", 15, 37, 200, "km", "STORE", "d")
        == strings{"new d", "georadiusstore d"});
  CHECK(store.run("GEORADIUSBYMEMBER", "Sicily", "Palermo", 100, "km", "STORE", "STOREDIST",
                  "STOREDIST", "e", "COUNT", 1)
        == integer(1));
  CHECK(store.run("ZRANGE", "e", 0, -1, "WITHSCORES") == bulks({"Palermo", "0"}));
  CHECK(store.run("EXISTS", "STOREDIST") == integer(0));
  CHECK(store.events_of("GEORADIUS", "none", 15, 37, 200, "km", "STORE", "d") == strings{"del d"});
  CHECK(store.run("GEORADIUS", "none", 15, 37, 200, "km") == array({}));
  CHECK(store.run("GEORADIUSBYMEMBER", "none", "x", 200, "km", "ASC") == array({}));
}

TEST_CASE("GEORADIUS and its sisters refuse what makes no sense", "[geo]") {
  test_store store;
  add_places(store);
  CHECK(store.run("GEORADIUS", "Sicily", 15, "x", "y", "z") == error(errors::not_a_float));
  CHECK(store.run("GEORADIUS", "Sicily", 200, 1, "y", "z")
        == error("ERR invalid longitude,latitude pair 200.000000,1.000000"));
  CHECK(store.run("GEORADIUS", "Sicily", 1, 1, "y", "z") == error(errors::geo_radius_not_numeric));
  CHECK(store.run("GEORADIUSBYMEMBER", "Sicily", "x", "y", "z")
        == error(errors::geo_no_such_member));
  CHECK(store.run("GEORADIUSBYMEMBER", "Sicily", "Palermo", 1, "z") == error(errors::geo_unit));
  CHECK(store.run("GEORADIUS_RO", "Sicily", 1, 1, 1, "m", "STORE", "d") == error(errors::syntax));
  CHECK(store.run("GEORADIUSBYMEMBER_RO", "Sicily", "Palermo", 1, "m", "STOREDIST", "d")
        == error(errors::syntax));
  CHECK(store.run("GEORADIUS", "Sicily", 1, 1, 1, "m", "STORE") == error(errors::syntax));
  CHECK(store.run("GEORADIUS", "Sicily", 1, 1, 1, "m", "FROMMEMBER", "a") == error(errors::syntax));
  CHECK(store.run("GEORADIUS", "Sicily", 1, 1, 1, "m", "BYRADIUS", 1, "m")
        == error(errors::syntax));
  CHECK(store.run("GEORADIUS", "Sicily", 1, 1, 1, "m", "WITHHASH", "STORE", "d")
        == error(errors::georadius_stores_no_details));
  CHECK(store.run("GEORADIUS", "Sicily", 1, 1, 1, "m", "ANY")
        == error(errors::geo_any_without_count));
  store.run("SET", "s", "v");
  for (const char* name : {"GEORADIUS", "GEORADIUS_RO"})
    CHECK(store.run(name, "s", "x", 1, 1, "m") == error(errors::wrong_type));
  for (const char* name : {"GEORADIUSBYMEMBER", "GEORADIUSBYMEMBER_RO"})
    CHECK(store.run(name, "s", "x", "y", "m") == error(errors::wrong_type));
}

} // namespace thespis::tests
