#include "tests/unit/commands/test_store.hpp"

#include "keyspace/active_expiry.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <string>

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

/// Runs active expiry until nothing more is due.
void expire_actively(test_store& store, std::size_t budget = 100) {
  for (std::size_t i = 0; i < store.shard_count(); ++i)
    while (keyspace::expire_due(store.shard(i), store.now_ms(), budget)) {
    }
}

} // namespace

TEST_CASE("fields expire one by one", "[hash_expiry]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("HSET", "h", "a", 1, "b", 2, "c", 3);
  CHECK(store.run("HPEXPIRE", "h", 100, "FIELDS", 3, "a", "none", "b") == integers({1, -2, 1}));
  CHECK(store.run("HPEXPIRE", "h", 50, "FIELDS", 1, "b") == integers({1}));
  CHECK(store.run("HPTTL", "h", "FIELDS", 4, "a", "b", "c", "none") == integers({100, 50, -1, -2}));
  store.advance(50ms);
  CHECK(store.run("HGET", "h", "b") == null());
  CHECK(store.run("HEXISTS", "h", "b") == integer(0));
  CHECK(store.run("HSTRLEN", "h", "b") == integer(0));
  CHECK(store.run("HMGET", "h", "a", "b") == array({bulk("1"), null()}));
  CHECK(sorted(store.run("HKEYS", "h")) == bulks({"a", "c"}));
  CHECK(sorted(store.run("HVALS", "h")) == bulks({"1", "3"}));
  CHECK(store.run("HGETALL", "h").items.size() == 4);
  CHECK(store.run("HSCAN", "h", 0).items[1].items.size() == 4);
  CHECK(store.run("HRANDFIELD", "h", 10).items.size() == 2);
  CHECK(store.run("HRANDFIELD", "h", -10).items.size() == 10);
  CHECK(store.run("HPTTL", "h", "FIELDS", 1, "b") == integers({-2}));
  // HLEN does not look at the times.
  CHECK(store.run("HLEN", "h") == integer(3));
  CHECK(store.effects().size() == 4); // new, hset, hexpire, hexpire
  expire_actively(store);
  CHECK(store.run("HLEN", "h") == integer(2));
  store.advance(50ms);
  CHECK(sorted(store.run("HKEYS", "h")) == bulks({"c"}));
}

TEST_CASE("a hash of nothing but expired fields looks empty", "[hash_expiry]") {
  test_store store{1, GENERATE(2, 3)};
  store.run("HSET", "h", "a", 1);
  store.run("HPEXPIRE", "h", 1, "FIELDS", 1, "a");
  store.advance(1ms);
  CHECK(store.run("HRANDFIELD", "h") == null());
  CHECK(store.run("HRANDFIELD", "h", 2) == array({}));
  CHECK(store.run("HRANDFIELD", "h", -2, "WITHVALUES") == array({}));
  CHECK(store.run("HGETALL", "h").items.empty());
  CHECK(store.run("EXISTS", "h") == integer(1));
  expire_actively(store);
  CHECK(store.run("EXISTS", "h") == integer(0));
}

TEST_CASE("a hash with fields that expire has an encoding of its own", "[hash_expiry]") {
  test_store store;
  store.access().hash_packed.entries = 3;
  store.run("HSET", "h", "a", 1);
  CHECK(store.run("HEXPIRE", "h", 10, "FIELDS", 1, "none") == integers({-2}));
  CHECK(store.run("OBJECT", "ENCODING", "h") == bulk("listpack"));
  store.run("HEXPIRE", "h", 10, "FIELDS", 1, "a");
  CHECK(store.run("OBJECT", "ENCODING", "h") == bulk("listpackex"));
  store.run("HSET", "h", "b", 1, "c", 1);
  CHECK(store.run("OBJECT", "ENCODING", "h") == bulk("listpackex"));
  store.run("HSET", "h", "d", 1);
  CHECK(store.run("OBJECT", "ENCODING", "h") == bulk("hashtable"));
}

TEST_CASE("HEXPIRE has conditions", "[hash_expiry]") {
  test_store store;
  store.run("HSET", "h", "f", 1);
  const auto expire = [&](const char* condition, int ms) {
    return store.run("HPEXPIRE", "h", ms, condition, "FIELDS", 1, "f").items[0].number;
  };
  CHECK(expire("XX", 100) == 0);
  CHECK(expire("GT", 100) == 0);
  CHECK(expire("NX", 100) == 1);
  CHECK(expire("nx", 100) == 0);
  CHECK(expire("gt", 100) == 0);
  CHECK(expire("GT", 101) == 1);
  CHECK(expire("LT", 101) == 0);
  CHECK(expire("LT", 90) == 1);
  CHECK(expire("XX", 80) == 1);
  store.run("HPERSIST", "h", "FIELDS", 1, "f");
  CHECK(expire("LT", 1'000'000) == 1);
  CHECK(store.run("HPTTL", "h", "FIELDS", 1, "f") == integers({1'000'000}));
}

TEST_CASE("times of fields are told in seconds and milliseconds, left and absolute",
          "[hash_expiry]") {
  test_store store;
  const auto now = store.now_ms();
  store.run("HSET", "h", "a", 1, "b", 1, "c", 1, "d", 1);
  store.run("HEXPIRE", "h", 10, "FIELDS", 1, "a");
  store.run("HPEXPIRE", "h", 10'001, "FIELDS", 1, "b");
  store.run("HEXPIREAT", "h", now / 1000 + 20, "FIELDS", 1, "c");
  store.run("HPEXPIREAT", "h", now + 20'999, "FIELDS", 1, "d");
  CHECK(store.run("HTTL", "h", "FIELDS", 4, "a", "b", "c", "d") == integers({10, 11, 20, 21}));
  CHECK(store.run("HPTTL", "h", "FIELDS", 4, "a", "b", "c", "d")
        == integers({10'000, 10'001, 20'000, 20'999}));
  CHECK(store.run("HEXPIRETIME", "h", "FIELDS", 2, "a", "b")
        == integers({now / 1000 + 10, now / 1000 + 11}));
  CHECK(store.run("HPEXPIRETIME", "h", "FIELDS", 2, "a", "d")
        == integers({now + 10'000, now + 20'999}));
}

TEST_CASE("a missing hash has no times", "[hash_expiry]") {
  test_store store;
  for (const auto* name : {"HTTL", "HPTTL", "HEXPIRETIME", "HPEXPIRETIME", "HPERSIST"})
    CHECK(store.run(name, "none", "FIELDS", 2, "a", "b") == integers({-2, -2}));
  for (const auto* name : {"HEXPIRE", "HPEXPIRE", "HEXPIREAT", "HPEXPIREAT"})
    CHECK(store.run(name, "none", 10, "FIELDS", 2, "a", "b") == integers({-2, -2}));
  CHECK(store.effects().empty());
}

TEST_CASE("a time that has passed deletes fields at once", "[hash_expiry]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("HSET", "h", "a", 1, "b", 2);
  store.forget();
  CHECK(store.run("HEXPIRE", "h", 0, "FIELDS", 3, "a", "none", "a") == integers({2, -2, -2}));
  CHECK(store.events() == strings{"hdel h"});
  CHECK(store.replays() == strings{"HDEL h a"});
  CHECK(store.run("OBJECT", "ENCODING", "h") == bulk("listpack"));
  store.forget();
  CHECK(store.run("HPEXPIREAT", "h", 1, "LT", "FIELDS", 1, "b") == integers({2}));
  CHECK(store.events() == strings{"hdel h", "del h"});
  CHECK(store.run("EXISTS", "h") == integer(0));
}

TEST_CASE("times of fields are replayed as absolute ones, for those that were set",
          "[hash_expiry]") {
  test_store store;
  store.run("HSET", "h", "a", 1, "b", 2, "c", 3);
  store.run("HEXPIRE", "h", 5, "FIELDS", 1, "b");
  const auto at = std::to_string(store.now_ms() + 9000);
  CHECK(store.events_of("HEXPIRE", "h", 9, "NX", "FIELDS", 3, "a", "b", "c")
        == strings{"hexpire h"});
  CHECK(store.replays() == strings{"HPEXPIREAT h " + at + " FIELDS 2 a c"});
  CHECK(store.replays_of("HEXPIRE", "h", 9, "NX", "FIELDS", 1, "a").empty());
  CHECK(store.events_of("HPERSIST", "h", "FIELDS", 2, "a", "none") == strings{"hpersist h"});
  CHECK(store.replays() == strings{"HPERSIST h FIELDS 2 a none"});
  CHECK(store.events_of("HPERSIST", "h", "FIELDS", 1, "a").empty());
}

TEST_CASE("HEXPIRE and its like refuse what they do not understand", "[hash_expiry]") {
  test_store store;
  store.run("HSET", "h", "a", 1);
  store.forget();
  const auto no_fields = error(errors::fields_missing);
  CHECK(store.run("HEXPIRE", "h", "x", "FIELDS", 1, "a") == error(errors::not_an_integer));
  CHECK(store.run("HEXPIRE", "h", -1, "FIELDS", 1, "a")
        == error("ERR invalid expire time, must be >= 0"));
  for (const std::string time : {"9223372036854775807", "70368744177664", "68719476735"})
    CHECK(store.run("HEXPIRE", "h", time, "FIELDS", 1, "a")
          == error(errors::invalid_expire_time("hexpire")));
  CHECK(store.run("HPEXPIREAT", "h", "70368744177664", "FIELDS", 1, "a")
        == error(errors::invalid_expire_time("hpexpireat")));
  CHECK(store.run("HPEXPIREAT", "h", "70368744177663", "FIELDS", 1, "a") == integers({1}));
  CHECK(store.run("HEXPIRE", "h", 1, "YY", "FIELDS", 1, "a") == no_fields);
  CHECK(store.run("HEXPIRE", "h", 1, "FIELD", 1, "a") == no_fields);
  CHECK(store.run("HEXPIRE", "h", 1, "NX", "XX", "FIELDS", 1, "a") == no_fields);
  CHECK(store.run("HEXPIRE", "h", 1, "FIELDS", 0, "a")
        == error("ERR Parameter `numFields` should be greater than 0"));
  CHECK(store.run("HEXPIRE", "h", 1, "FIELDS", "x", "a")
        == error("ERR Parameter `numFields` should be greater than 0"));
  CHECK(store.run("HTTL", "h", "FIELDS", 0, "a")
        == error("ERR Number of fields must be a positive integer"));
  CHECK(store.run("HTTL", "h", "FIELDS", 2, "a")
        == error("ERR The `numfields` parameter must match the number of arguments"));
  CHECK(store.run("HEXPIRE", "h", 1, "FIELDS", 1, "a", "b")
        == error("ERR The `numfields` parameter must match the number of arguments"));
  CHECK(store.run("HPERSIST", "h", "FILDS", 1, "a") == no_fields);
  CHECK(store.run("HEXPIRE", "h", 1, "FIELDS", 1) == error(errors::wrong_arity("hexpire")));
  CHECK(store.run("HTTL", "h", "FIELDS", 1) == error(errors::wrong_arity("httl")));
}

TEST_CASE("setting a field takes its time off, counting does not", "[hash_expiry]") {
  test_store store;
  store.run("HSET", "h", "a", 1, "b", 1, "c", 1);
  store.run("HPEXPIRE", "h", 100, "FIELDS", 3, "a", "b", "c");
  store.run("HSET", "h", "a", 2);
  store.run("HINCRBY", "h", "b", 1);
  CHECK(store.replays_of("HINCRBYFLOAT", "h", "c", "0.5")
        == strings{"HSETEX h KEEPTTL FIELDS 1 c 1.5"});
  CHECK(store.run("HPTTL", "h", "FIELDS", 3, "a", "b", "c") == integers({-1, 100, 100}));
}

TEST_CASE("a write finds an expired field gone, and says so", "[hash_expiry]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("HSET", "h", "a", 5, "b", 5);
  store.run("HPEXPIRE", "h", 10, "FIELDS", 2, "a", "b");
  store.advance(10ms);
  store.forget();
  SECTION("HSET") {
    CHECK(store.run("HSET", "h", "a", 1) == integer(1));
    CHECK(store.events() == strings{"hexpired h", "hset h"});
    CHECK(store.replays() == strings{"HDEL h a", "HSET h a 1"});
    CHECK(store.run("HPTTL", "h", "FIELDS", 1, "a") == integers({-1}));
  }
  SECTION("HSETNX") {
    CHECK(store.run("HSETNX", "h", "a", 1) == integer(1));
  }
  SECTION("HINCRBY") {
    CHECK(store.run("HINCRBY", "h", "a", 1) == integer(1));
    CHECK(store.run("HPTTL", "h", "FIELDS", 1, "a") == integers({-1}));
  }
  SECTION("HDEL") {
    CHECK(store.run("HDEL", "h", "a") == integer(0));
    CHECK(store.events() == strings{"hexpired h"});
    CHECK(store.replays() == strings{"HDEL h a"});
    store.forget();
    CHECK(store.run("HDEL", "h", "b") == integer(0));
    CHECK(store.events() == strings{"hexpired h", "del h"});
    CHECK(store.replays() == strings{"HDEL h b"});
    CHECK(store.run("EXISTS", "h") == integer(0));
  }
  SECTION("HEXPIRE") {
    CHECK(store.run("HEXPIRE", "h", 100, "FIELDS", 1, "a") == integers({-2}));
  }
  SECTION("HPERSIST") {
    CHECK(store.run("HPERSIST", "h", "FIELDS", 2, "a", "b") == integers({-2, -2}));
    CHECK(store.run("EXISTS", "h") == integer(0));
  }
  SECTION("HGETDEL") {
    CHECK(store.run("HGETDEL", "h", "FIELDS", 2, "a", "b") == array({null(), null()}));
    CHECK(store.run("EXISTS", "h") == integer(0));
  }
  SECTION("HGETEX") {
    CHECK(store.run("HGETEX", "h", "EX", 5, "FIELDS", 2, "a", "b") == array({null(), null()}));
    CHECK(store.run("EXISTS", "h") == integer(0));
  }
}

TEST_CASE("expired fields go without being asked for", "[hash_expiry]") {
  test_store store{GENERATE(1u, 3u)};
  const std::size_t budget = GENERATE(1u, 3u, 1000u);
  store.run("HSET", "one", "a", 1);
  store.run("HSET", "two", "a", 1, "b", 2, "c", 3);
  store.run("HPEXPIRE", "one", 10, "FIELDS", 1, "a");
  store.run("HPEXPIRE", "two", 10, "FIELDS", 2, "a", "b");
  store.run("HPEXPIRE", "two", 20, "FIELDS", 1, "c");
  store.forget();
  expire_actively(store, budget);
  CHECK(store.events().empty());
  store.advance(10ms);
  expire_actively(store, budget);
  CHECK(store.run("EXISTS", "one") == integer(0));
  CHECK(store.run("HLEN", "two") == integer(1));
  if (budget == 1000) {
    auto events = store.events();
    std::sort(events.begin(), events.end());
    CHECK(events == strings{"del one", "hexpired one", "hexpired two"});
    auto replays = store.replays();
    std::sort(replays.begin(), replays.end());
    CHECK(replays.size() == 2);
    CHECK(replays[0] == "HDEL one a");
    CHECK((replays[1] == "HDEL two a b" || replays[1] == "HDEL two b a"));
  }
  store.advance(10ms);
  expire_actively(store, budget);
  CHECK(store.run("EXISTS", "two") == integer(0));
  for (std::size_t i = 0; i < store.shard_count(); ++i) {
    CHECK(keyspace::next_due_ms(store.shard(i)) == INT64_MAX);
    CHECK(store.shard(i).databases[0].alarms() == 0);
  }
}

TEST_CASE("a hash takes the times of its fields along", "[hash_expiry]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("HSET", "h", "a", 1, "b", 2);
  store.run("HPEXPIRE", "h", 10, "FIELDS", 1, "a");
  SECTION("under another name") {
    store.run("RENAME", "h", "other");
  }
  SECTION("as a copy") {
    store.run("COPY", "h", "other");
    CHECK(store.run("DEL", "h") == integer(1));
  }
  SECTION("over another hash with times") {
    store.run("HSET", "other", "z", 1);
    store.run("HPEXPIRE", "other", 3, "FIELDS", 1, "z");
    store.run("RENAME", "h", "other");
  }
  CHECK(store.run("HPTTL", "other", "FIELDS", 2, "a", "b") == integers({10, -1}));
  store.advance(9ms);
  expire_actively(store);
  CHECK(store.run("HLEN", "other") == integer(2));
  store.advance(1ms);
  expire_actively(store);
  CHECK(store.run("HLEN", "other") == integer(1));
}

TEST_CASE("an overwritten hash leaves no alarm behind", "[hash_expiry]") {
  test_store store;
  store.run("HSET", "h", "a", 1);
  store.run("HPEXPIRE", "h", 10, "FIELDS", 1, "a");
  CHECK(store.db("h").alarms() == 1);
  SECTION("by a string") {
    store.run("SET", "h", "v");
  }
  SECTION("by nothing") {
    store.run("DEL", "h");
  }
  SECTION("by a clean database") {
    store.run("FLUSHDB");
  }
  CHECK(store.db("h").alarms() == 0);
  store.advance(100ms);
  store.forget();
  expire_actively(store);
  CHECK(store.effects().empty());
}

TEST_CASE("many fields of many hashes expire in slices", "[hash_expiry]") {
  test_store store;
  for (int hash = 0; hash < 20; ++hash)
    for (int field = 0; field < 300; ++field) {
      const auto key = "h" + std::to_string(hash);
      store.run("HSET", key, field, "v");
      store.run("HPEXPIRE", key, 1000 + field % 3, "FIELDS", 1, field);
    }
  store.run("HSET", "h0", "stays", "v");
  store.advance(1002ms);
  store.forget();
  int slices = 1;
  while (keyspace::expire_due(store.shard(0), store.now_ms(), 50)) {
    ++slices;
    REQUIRE(slices < 1000);
  }
  CHECK(slices >= 6000 / 50);
  CHECK(store.run("DBSIZE") == integer(1));
  CHECK(store.run("HGETALL", "h0") == bulks({"stays", "v"}));
}

} // namespace thespis::tests
