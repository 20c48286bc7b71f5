#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

#include <string>

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

std::int64_t ttl(test_store& store, const char* field) {
  return store.run("HPTTL", "h", "FIELDS", 1, field).items[0].number;
}

} // namespace

TEST_CASE("HGETEX reads fields and changes their times", "[hash_getset]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("HSET", "h", "a", 1, "b", 2);
  CHECK(store.run("HGETEX", "h", "FIELDS", 3, "a", "none", "b")
        == array({bulk("1"), null(), bulk("2")}));
  CHECK(ttl(store, "a") == -1);
  CHECK(store.run("HGETEX", "h", "PX", 100, "FIELDS", 1, "a") == bulks({"1"}));
  CHECK(ttl(store, "a") == 100);
  store.run("HGETEX", "h", "ex", 2, "FIELDS", 1, "a");
  CHECK(ttl(store, "a") == 2000);
  store.run("HGETEX", "h", "PXAT", store.now_ms() + 70, "FIELDS", 1, "a");
  CHECK(ttl(store, "a") == 70);
  store.run("HGETEX", "h", "EXAT", store.now_ms() / 1000 + 3, "FIELDS", 1, "a");
  CHECK(ttl(store, "a") == 3000);
  store.run("HGETEX", "h", "PERSIST", "FIELDS", 1, "a");
  CHECK(ttl(store, "a") == -1);
  CHECK(store.run("HGETEX", "none", "PX", 100, "FIELDS", 2, "a", "b") == array({null(), null()}));
}

TEST_CASE("HGETEX tells and replays what it changed", "[hash_getset]") {
  test_store store;
  store.run("HSET", "h", "a", 1, "b", 2);
  CHECK(store.events_of("HGETEX", "h", "FIELDS", 1, "a").empty());
  CHECK(store.events_of("HGETEX", "h", "PERSIST", "FIELDS", 1, "a").empty());
  const auto at = std::to_string(store.now_ms() + 100);
  CHECK(store.events_of("HGETEX", "h", "PX", 100, "FIELDS", 2, "a", "none")
        == strings{"hexpire h"});
  CHECK(store.replays() == strings{"HPEXPIREAT h " + at + " FIELDS 1 a"});
  CHECK(store.events_of("HGETEX", "h", "PERSIST", "FIELDS", 2, "a", "b") == strings{"hpersist h"});
  CHECK(store.replays() == strings{"HPERSIST h FIELDS 1 a"});
  CHECK(store.events_of("HGETEX", "h", "EXAT", 1, "FIELDS", 2, "a", "b")
        == strings{"hdel h", "del h"});
  CHECK(store.replays() == strings{"HDEL h a b"});
  CHECK(store.run("EXISTS", "h") == integer(0));
}

TEST_CASE("HGETDEL reads fields and deletes them", "[hash_getset]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("HSET", "h", "a", 1, "b", 2);
  store.forget();
  CHECK(store.run("HGETDEL", "h", "FIELDS", 3, "a", "none", "a")
        == array({bulk("1"), null(), null()}));
  CHECK(store.events() == strings{"hdel h"});
  CHECK(store.replays() == strings{"HDEL h a"});
  CHECK(store.events_of("HGETDEL", "h", "FIELDS", 1, "a").empty());
  CHECK(store.events_of("HGETDEL", "h", "FIELDS", 1, "b") == strings{"hdel h", "del h"});
  CHECK(store.run("HGETDEL", "h", "FIELDS", 2, "a", "b") == array({null(), null()}));
}

TEST_CASE("HGETEX and HGETDEL refuse what they do not understand", "[hash_getset]") {
  test_store store;
  store.run("HSET", "h", "a", 1);
  store.forget();
  const auto no_fields = error(errors::fields_missing);
  CHECK(store.run("HGETEX", "h", "FIELDS", 1) == error(errors::wrong_arity("hgetex")));
  CHECK(store.run("HGETEX", "h", "XFIELDSX", 1, "a") == no_fields);
  CHECK(store.run("HGETEX", "h", "PXAT", 1, 1) == no_fields);
  CHECK(store.run("HGETEX", "h", "PERSIST", 1, "FIELDS", 1, "a") == no_fields);
  CHECK(store.run("HGETEX", "h", "EX", 1, "FIELDS") == error(errors::wrong_arity("hgetex")));
  CHECK(store.run("HGETEX", "h", "FIELDS", 2, "a") == error(errors::field_count_mismatch));
  CHECK(store.run("HGETEX", "h", "FIELDS", 0, "a") == error(errors::field_count_not_positive));
  CHECK(store.run("HGETEX", "h", "EX", "x", "FIELDS", 1, "a") == error(errors::not_an_integer));
  CHECK(store.run("HGETEX", "h", "PX", -1, "FIELDS", 1, "a")
        == error(errors::negative_expire_time));
  CHECK(store.run("HGETEX", "h", "EX", "281474976710656", "FIELDS", 1, "a")
        == error(errors::invalid_expire_time("hgetex")));
  CHECK(store.run("HGETDEL", "h", "XFIELDSX", 1, "a") == no_fields);
  CHECK(store.run("HGETDEL", "h", "FIELDS", 2, "a") == error(errors::field_count_mismatch));
  CHECK(store.run("HGETDEL", "h", "FIELDS", -1, "a") == error(errors::field_count_not_positive));
  CHECK(store.effects().empty());
}

TEST_CASE("HSETEX sets fields with their time", "[hash_getset]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("HSETEX", "h", "PX", 100, "FIELDS", 2, "a", 1, "b", 2) == integer(1));
  CHECK(store.run("HMGET", "h", "a", "b") == bulks({"1", "2"}));
  CHECK(ttl(store, "a") == 100);
  CHECK(store.run("HSETEX", "h", "KEEPTTL", "FIELDS", 1, "a", 3) == integer(1));
  CHECK(ttl(store, "a") == 100);
  CHECK(store.run("HSETEX", "h", "FIELDS", 1, "a", 4) == integer(1));
  CHECK(ttl(store, "a") == -1);
  CHECK(store.run("HGET", "h", "a") == bulk("4"));
  store.run("HSETEX", "h", "EXAT", store.now_ms() / 1000 + 5, "FIELDS", 1, "a", 1);
  CHECK(ttl(store, "a") == 5000);
  store.advance(100ms);
  CHECK(store.run("HGET", "h", "b") == null());
}

TEST_CASE("HSETEX has conditions over all of its fields", "[hash_getset]") {
  test_store store;
  CHECK(store.run("HSETEX", "h", "FXX", "FIELDS", 1, "a", 1) == integer(0));
  CHECK(store.run("EXISTS", "h") == integer(0));
  CHECK(store.run("HSETEX", "h", "FNX", "FIELDS", 2, "a", 1, "b", 1) == integer(1));
  CHECK(store.run("HSETEX", "h", "FNX", "FIELDS", 2, "c", 2, "b", 2) == integer(0));
  CHECK(store.run("HSETEX", "h", "FXX", "FIELDS", 2, "a", 2, "c", 2) == integer(0));
  CHECK(store.run("HLEN", "h") == integer(2));
  CHECK(store.run("HSETEX", "h", "fxx", "px", 5, "FIELDS", 2, "a", 3, "b", 3) == integer(1));
  store.advance(5ms);
  // What has expired does not exist.
  CHECK(store.run("HSETEX", "h", "FXX", "FIELDS", 1, "a", 4) == integer(0));
  CHECK(store.run("HSETEX", "h", "FNX", "FIELDS", 1, "a", 4) == integer(1));
}

TEST_CASE("HSETEX tells what it did and replays it with an absolute time", "[hash_getset]") {
  test_store store;
  const auto at = std::to_string(store.now_ms() + 1000);
  CHECK(store.events_of("HSETEX", "h", "FNX", "EX", 1, "FIELDS", 1, "a", 1)
        == strings{"new h", "hset h", "hexpire h"});
  CHECK(store.replays() == strings{"HSETEX h PXAT " + at + " FIELDS 1 a 1"});
  CHECK(store.events_of("HSETEX", "h", "KEEPTTL", "FIELDS", 1, "a", 1) == strings{"hset h"});
  CHECK(store.replays() == strings{"HSETEX h KEEPTTL FIELDS 1 a 1"});
  CHECK(store.events_of("HSETEX", "h", "FNX", "FIELDS", 1, "a", 1).empty());
  CHECK(store.events_of("HSETEX", "h", "PX", 0, "FIELDS", 2, "a", 1, "b", 2)
        == strings{"hset h", "hdel h", "del h"});
  CHECK(store.replays() == strings{"HDEL h a b"});
  CHECK(store.run("EXISTS", "h") == integer(0));
}

TEST_CASE("HSETEX refuses what it does not understand", "[hash_getset]") {
  test_store store;
  const auto arity = error(errors::wrong_arity("hsetex"));
  CHECK(store.run("HSETEX", "h", "FIELDS", 2, "a", 1) == arity);
  CHECK(store.run("HSETEX", "h", "FIELDS", 1, "a", 1, "b") == arity);
  CHECK(store.run("HSETEX", "h", "FIELDS", 1, "a", 1, "EX", 1) == arity);
  CHECK(store.run("HSETEX", "h", "EX", 1, "FIELDS", 1) == arity);
  CHECK(store.run("HSETEX", "h", "FIELDS", 0, "a", 1) == error("ERR invalid number of fields"));
  CHECK(store.run("HSETEX", "h", "XFIELDS", 1, "a", 1) == error("ERR unknown argument: XFIELDS"));
  CHECK(store.run("HSETEX", "h", "FXX", "FNX", "FIELDS", 1, "a", 1)
        == error("ERR Only one of FXX or FNX arguments can be specified"));
  CHECK(store.run("HSETEX", "h", "EX", 5, "KEEPTTL", "FIELDS", 1, "a", 1)
        == error("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"));
  CHECK(store.run("HSETEX", "h", "KEEPTTL", "PX", 5, "FIELDS", 1, "a", 1)
        == error("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"));
  CHECK(store.run("HSETEX", "h", "FNX", "KEEPTTL", "FNY", "EX")
        == error("ERR unknown argument: FNY"));
  CHECK(store.run("HSETEX", "h", "FNX", "FIELD", "x", "PX")
        == error("ERR unknown argument: FIELD"));
  CHECK(store.run("HSETEX", "h", "EX", 1, "FNX", "EX")
        == error("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"));
  CHECK(store.run("HSETEX", "h", "EX", "x", "FIELDS", 1, "a", 1) == error(errors::not_an_integer));
  CHECK(store.run("HSETEX", "h", "EX", -5, "FIELDS", 1, "a", 1)
        == error(errors::negative_expire_time));
  CHECK(store.run("EXISTS", "h") == integer(0));
  CHECK(store.effects().empty());
}

} // namespace thespis::tests
