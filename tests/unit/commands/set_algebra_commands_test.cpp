#include "tests/unit/commands/test_store.hpp"

#include "base/ascii.hpp"
#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

/// SADD of the integers in [from, to) behind `prefix`, at one go.
void add(test_store& store, const std::string& key, int from, int to,
         const std::string& prefix = "") {
  for (auto i = from; i < to; ++i)
    store.run("SADD", key, prefix + std::to_string(i));
}

std::string lower(std::string text) {
  for (auto& letter : text)
    letter = base::lower(letter);
  return text;
}

} // namespace

TEST_CASE("SINTER, SUNION and SDIFF reply with what sets have together", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SADD", "a", 1, 2, 3, 4);
  store.run("SADD", "b", 3, 4, 5, "x");
  store.run("SADD", "c", 4, "x", "y");
  CHECK(store.run("SINTER", "a", "b", "c") == bulks({"4"}));
  CHECK(sorted(store.run("SINTER", "a", "b")) == bulks({"3", "4"}));
  CHECK(sorted(store.run("SUNION", "a", "b", "c")) == bulks({"1", "2", "3", "4", "5", "x", "y"}));
  CHECK(sorted(store.run("SDIFF", "a", "b")) == bulks({"1", "2"}));
  CHECK(sorted(store.run("SDIFF", "c", "a", "b")) == bulks({"y"}));
  CHECK(sorted(store.run("SINTER", "a", "a")) == bulks({"1", "2", "3", "4"}));
  CHECK(sorted(store.run("SUNION", "a", "a")) == bulks({"1", "2", "3", "4"}));
  CHECK(store.run("SDIFF", "a", "b", "a") == array({}));
  CHECK(sorted(store.run("SDIFF", "a")) == bulks({"1", "2", "3", "4"}));
}

TEST_CASE("a missing key is an empty set to set operations", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SADD", "a", 1, 2);
  CHECK(store.run("SINTER", "a", "none") == array({}));
  CHECK(sorted(store.run("SUNION", "none", "a", "nothing")) == bulks({"1", "2"}));
  CHECK(sorted(store.run("SDIFF", "a", "none")) == bulks({"1", "2"}));
  CHECK(store.run("SDIFF", "none", "a") == array({}));
  CHECK(store.run("SUNION", "none") == array({}));
}

TEST_CASE("set operations reply sets in RESP3", "[set]") {
  test_store store{GENERATE(1u, 3u), 3};
  store.run("SADD", "a", 1, 2);
  CHECK(store.wire("SINTER", "a", "none") == "~0\r\n");
  CHECK(store.wire("SINTER", "a", "a") == "~2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  CHECK(store.wire("SUNION", "a") == "~2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  CHECK(store.wire("SDIFF", "a", "none") == "~2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  CHECK(store.wire("SDIFF", "none") == "~0\r\n");
}

TEST_CASE("set operations refuse other types, even behind an empty set", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "k", "v");
  store.run("SADD", "a", 1);
  const auto wrong = error(errors::wrong_type);
  for (const auto* name : {"SINTER", "SUNION", "SDIFF"}) {
    CHECK(store.run(name, "a", "k") == wrong);
    CHECK(store.run(name, "none", "k") == wrong);
    CHECK(store.run(name) == error(errors::wrong_arity(lower(name))));
  }
  for (const auto* name : {"SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"}) {
    CHECK(store.events_of(name, "to", "none", "k") == strings{});
    CHECK(store.run(name, "to", "none", "k") == wrong);
    CHECK(store.run(name, "to") == error(errors::wrong_arity(lower(name))));
  }
  for (const auto* name : {"SINTERCARD", "SUNIONCARD", "SDIFFCARD"})
    CHECK(store.run(name, 2, "none", "k") == wrong);
}

TEST_CASE("SINTERSTORE, SUNIONSTORE and SDIFFSTORE replace their destination", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SADD", "a", 1, 2, 3);
  store.run("SADD", "b", 3, 4);
  CHECK(store.events_of("SINTERSTORE", "to", "a", "b") == strings{"new to", "sinterstore to"});
  CHECK(store.replays() == strings{"SINTERSTORE to a b"});
  CHECK(store.run("SMEMBERS", "to") == bulks({"3"}));
  store.run("EXPIRE", "to", 100);
  CHECK(store.events_of("SUNIONSTORE", "to", "a", "b") == strings{"sunionstore to"});
  CHECK(store.run("TTL", "to") == integer(-1));
  CHECK(store.run("SMEMBERS", "to") == bulks({"1", "2", "3", "4"}));
  store.run("SET", "to", "a string");
  CHECK(store.events_of("SDIFFSTORE", "to", "a", "b") == strings{"sdiffstore to"});
  CHECK(store.run("SMEMBERS", "to") == bulks({"1", "2"}));
  CHECK(store.run("SINTERSTORE", "to", "a", "b") == integer(1));
  CHECK(store.run("SUNIONSTORE", "to", "a", "b") == integer(4));
  CHECK(store.run("SDIFFSTORE", "to", "a", "b") == integer(2));
}

TEST_CASE("a result without elements deletes the destination", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SADD", "a", 1);
  const auto* const name = GENERATE("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE");
  CHECK(store.events_of(name, "to", "none") == strings{});
  CHECK(store.replays() == strings{});
  store.run("SET", "to", "v");
  CHECK(store.events_of(name, "to", "none") == strings{"del to"});
  CHECK(store.run(name, "to", "none", "nothing") == integer(0));
  CHECK(store.run("EXISTS", "to") == integer(0));
}

TEST_CASE("the destination may be one of the sources", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SADD", "a", 1, 2, 3);
  store.run("SADD", "b", 3, 4);
  CHECK(store.run("SUNIONSTORE", "a", "a", "b") == integer(4));
  CHECK(store.run("SDIFFSTORE", "a", "a", "b") == integer(2));
  CHECK(store.run("SMEMBERS", "a") == bulks({"1", "2"}));
  CHECK(store.run("SINTERSTORE", "a", "a", "b") == integer(0));
  CHECK(store.run("EXISTS", "a") == integer(0));
}

TEST_CASE("a stored result has the encoding of 7.2", "[set]") {
  test_store store;
  add(store, "i", 0, 600);
  REQUIRE(store.encoding("i") == "hashtable");
  add(store, "j", 100, 300);
  add(store, "m", 0, 200, "m");
  add(store, "m", 0, 200);
  // Integers become an intset again, wherever they come from.
  store.run("SINTERSTORE", "to", "i", "m");
  CHECK(store.encoding("to") == "intset");
  store.run("SINTERSTORE", "to", "i", "j");
  CHECK(store.encoding("to") == "intset");
  store.run("SUNIONSTORE", "to", "j");
  CHECK(store.encoding("to") == "intset");
  store.run("SUNIONSTORE", "to", "i");
  CHECK(store.encoding("to") == "hashtable");
  store.run("SADD", "n", "m1", "m2", 5, 700);
  store.run("SINTERSTORE", "to", "m", "n");
  CHECK(store.encoding("to") == "listpack");
  store.run("SUNIONSTORE", "to", "j", "n");
  CHECK(store.encoding("to") == "hashtable");
  store.run("SDIFFSTORE", "to", "n", "i");
  CHECK(store.encoding("to") == "listpack");
  // Found by look-ups: as few as there are. By removal: as many as there were.
  store.run("SDIFFSTORE", "to", "m", "i");
  CHECK(store.encoding("to") == "hashtable");
  add(store, "r", 0, 199, "m");
  store.run("SADD", "one", 1);
  store.run("SADD", "two", 2);
  store.run("SADD", "three", 3);
  store.run("SDIFFSTORE", "to", "r", "one", "two", "three");
  CHECK(store.encoding("to") == "hashtable");
  add(store, "p1", 0, 60, "m");
  add(store, "p2", 60, 120, "m");
  add(store, "p3", 119, 198, "m");
  store.run("SDIFFSTORE", "to", "r", "p1", "p2", "p3", "one");
  CHECK(store.run("SMEMBERS", "to") == bulks({"m198"}));
  CHECK(store.encoding("to") == "hashtable");
  store.run("SUNIONSTORE", "all", "p1", "p2", "p3");
  store.run("SDIFFSTORE", "to", "r", "all");
  CHECK(store.run("SMEMBERS", "to") == bulks({"m198"}));
  CHECK(store.encoding("to") == "listpack");
}

TEST_CASE("SINTERCARD, SUNIONCARD and SDIFFCARD count up to a limit", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  add(store, "a", 0, 1000, "m");
  add(store, "b", 500, 2000, "m");
  CHECK(store.run("SINTERCARD", 2, "a", "b") == integer(500));
  CHECK(store.run("SUNIONCARD", 2, "a", "b") == integer(2000));
  CHECK(store.run("SDIFFCARD", 2, "a", "b") == integer(500));
  CHECK(store.run("SUNIONCARD", 2, "a", "b", "APPROX") == integer(2000));
  CHECK(store.run("SUNIONCARD", 2, "a", "b", "LIMIT", 1500, "approx") == integer(1500));
  for (const auto* name : {"SINTERCARD", "SUNIONCARD", "SDIFFCARD"}) {
    CHECK(store.run(name, 2, "a", "b", "LIMIT", 1) == integer(1));
    CHECK(store.run(name, 2, "a", "b", "LIMIT", 499) == integer(499));
    CHECK(store.run(name, 2, "a", "b", "limit", 0) == store.run(name, 2, "a", "b"));
    CHECK(store.run(name, 1, "a") == integer(1000));
    CHECK(store.run(name, 1, "none") == integer(0));
  }
  CHECK(store.run("SINTERCARD", 2, "none", "a") == integer(0));
  CHECK(store.run("SUNIONCARD", 2, "none", "a") == integer(1000));
}

TEST_CASE("SINTERCARD checks its arguments", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  for (const std::string name : {"SINTERCARD", "SUNIONCARD", "SDIFFCARD"}) {
    CHECK(store.run(name, 1) == error(errors::wrong_arity(lower(name))));
    for (const auto* count : {"0", "-1", "x", "9223372036854775808"})
      CHECK(store.run(name, count, "a") == error(errors::key_count_not_positive));
    CHECK(store.run(name, 2, "a") == error(errors::key_count_too_large));
    CHECK(store.run(name, "9223372036854775807", "a") == error(errors::key_count_too_large));
    CHECK(store.run(name, 1, "a", "b") == error(errors::syntax));
    CHECK(store.run(name, 1, "a", "LIMIT") == error(errors::syntax));
    CHECK(store.run(name, 1, "a", "LIMIT", -1) == error("ERR LIMIT can't be negative"));
    CHECK(store.run(name, 1, "a", "LIMIT", "x") == error("ERR LIMIT can't be negative"));
    CHECK(store.run(name, 1, "a", "LIMIT", 1, "LIMIT", 2) == integer(0));
  }
  CHECK(store.run("SINTERCARD", 1, "a", "APPROX") == error(errors::syntax));
  CHECK(store.run("SDIFFCARD", 1, "a", "APPROX") == error(errors::syntax));
}

TEST_CASE("set operations do not see what has expired", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SADD", "a", 1, 2);
  store.run("SADD", "b", 2, 3);
  store.run("PEXPIRE", "b", 1);
  store.advance(1ms);
  CHECK(store.run("SUNION", "a", "b") == bulks({"1", "2"}));
  CHECK(store.run("SINTERSTORE", "a", "a", "b") == integer(0));
}

} // namespace thespis::tests
