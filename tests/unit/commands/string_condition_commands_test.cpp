#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using keyspace::value_type;
using strings = std::vector<std::string>;

TEST_CASE("DIGEST replies 16 hexadecimal digits of XXH3", "[string]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("DIGEST", "k") == null());
  store.run("SET", "k", "");
  // The published test value for no input and seed 0.
  CHECK(store.run("DIGEST", "k") == bulk("2d06800538d394c2"));
  store.run("SET", "k", 12);
  const auto of_integer = store.run("DIGEST", "k");
  store.run("SET", "j", "1");
  store.run("APPEND", "j", "2");
  CHECK(store.run("DIGEST", "j") == of_integer);
  store.plant("h", value_type::hash);
  CHECK(store.run("DIGEST", "h") == error(errors::wrong_type));
}

TEST_CASE("DELEX without a condition deletes any type", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("DELEX", "k") == integer(0));
  store.plant("h", value_type::hash);
  CHECK(store.run("DELEX", "h") == integer(1));
  store.run("SET", "k", "v");
  CHECK(store.events_of("DELEX", "k") == strings{"del k"});
  CHECK(store.replays() == strings{"DEL k"});
}

TEST_CASE("DELEX deletes where value or digest meet the condition", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "k", "v");
  const auto digest = store.run("DIGEST", "k").text;
  CHECK(store.run("DELEX", "k", "IFEQ", "w") == integer(0));
  CHECK(store.run("DELEX", "k", "IFNE", "v") == integer(0));
  CHECK(store.run("DELEX", "k", "IFDNE", digest) == integer(0));
  CHECK(store.run("DELEX", "k", "IFDEQ", "0000000000000000") == integer(0));
  CHECK(store.run("DELEX", "k", "ifdeq", digest) == integer(1));
  store.run("SET", "k", 5);
  CHECK(store.run("DELEX", "k", "IFEQ", 5) == integer(1));
  store.run("SET", "k", 5);
  CHECK(store.run("DELEX", "k", "IFNE", 6) == integer(1));
  CHECK(store.run("DELEX", "k", "IFNE", 6) == integer(0));
}

TEST_CASE("DELEX refuses what is no condition", "[string]") {
  test_store store;
  store.run("SET", "k", "v");
  CHECK(store.run("DELEX", "k", "IFEQ") == error(errors::wrong_arity("delex")));
  CHECK(store.run("DELEX", "k", "IFEQ", "v", "x") == error(errors::wrong_arity("delex")));
  CHECK(store.run("DELEX", "k", "NX", "v")
        == error("ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE"));
  CHECK(store.run("DELEX", "k", "IFDEQ", "v")
        == error("ERR must be exactly 16 hexadecimal characters"));
  store.plant("h", value_type::hash);
  CHECK(store.run("DELEX", "h", "IFEQ", "v")
        == error("ERR Key should be of string type if conditions are specified"));
  CHECK(store.run("EXISTS", "k", "h") == integer(2));
}

TEST_CASE("MSETEX sets all of its keys with one time to live", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("MSETEX", 3, "a", 1, "b", 2, "c", 3, "EX", 10) == integer(1));
  const auto until = " PXAT " + std::to_string(store.now_ms() + 10'000);
  CHECK(store.replays() == strings{"SET a 1" + until, "SET b 2" + until, "SET c 3" + until});
  for (const auto* key : {"a", "b", "c"})
    CHECK(store.run("PTTL", key) == integer(10'000));
  CHECK(store.run("MSETEX", 2, "a", 7, "d", 8, "KEEPTTL") == integer(1));
  CHECK(store.run("PTTL", "a") == integer(10'000));
  CHECK(store.run("PTTL", "d") == integer(-1));
  CHECK(store.run("MSETEX", 1, "a", 9) == integer(1));
  CHECK(store.run("PTTL", "a") == integer(-1));
  CHECK(store.run("MGET", "a", "b", "c", "d") == bulks({"9", "2", "3", "8"}));
}

TEST_CASE("MSETEX NX and XX ask for all of the keys", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("MSETEX", 2, "a", 1, "b", 2, "XX") == integer(0));
  CHECK(store.run("MSETEX", 2, "a", 1, "b", 2, "NX") == integer(1));
  CHECK(store.run("MSETEX", 2, "b", 3, "c", 4, "NX") == integer(0));
  CHECK(store.run("MSETEX", 2, "b", 3, "c", 4, "XX", "PX", 10) == integer(0));
  CHECK(store.run("MSETEX", 2, "a", 3, "b", 4, "xx", "PX", 10) == integer(1));
  CHECK(store.run("MGET", "a", "b", "c") == array({bulk("3"), bulk("4"), null()}));
}

TEST_CASE("MSETEX refuses counts and options that make no sense", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  for (const auto* count : {"0", "-1", "x", "2147483648", "9223372036854775808"})
    CHECK(store.run("MSETEX", count, "a", 1) == error("ERR invalid numkeys value"));
  CHECK(store.run("MSETEX", 2, "a", 1, "b") == error("ERR wrong number of key-value pairs"));
  CHECK(store.run("MSETEX", 2147483647, "a", 1) == error("ERR wrong number of key-value pairs"));
  CHECK(store.run("MSETEX", 1, "a", 1, "NX", "XX") == error(errors::syntax));
  CHECK(store.run("MSETEX", 1, "a", 1, "GET") == error(errors::syntax));
  CHECK(store.run("MSETEX", 1, "a", 1, "IFEQ", "x") == error(errors::syntax));
  CHECK(store.run("MSETEX", 1, "a", 1, "EX", 1, "KEEPTTL") == error(errors::syntax));
  CHECK(store.run("MSETEX", 1, "a", 1, "EX", 0) == error(errors::invalid_expire_time("msetex")));
  CHECK(store.run("MSETEX", 1, "a", 1, "EX", "x") == error(errors::not_an_integer));
  CHECK(store.run("DBSIZE") == integer(0));
}

} // namespace thespis::tests
