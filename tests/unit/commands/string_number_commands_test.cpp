#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

TEST_CASE("INCR, DECR, INCRBY and DECRBY count from 0", "[string]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("INCR", "a") == integer(1));
  CHECK(store.run("DECR", "b") == integer(-1));
  CHECK(store.run("INCRBY", "c", 10) == integer(10));
  CHECK(store.run("DECRBY", "d", 10) == integer(-10));
  CHECK(store.run("INCRBY", "a", -5) == integer(-4));
  CHECK(store.run("DECRBY", "a", -5) == integer(1));
  CHECK(store.run("GET", "a") == bulk("1"));
  CHECK(store.run("OBJECT", "ENCODING", "a") == bulk("int"));
}

TEST_CASE("Counting tells one event and is replayed as it is", "[string]") {
  test_store store;
  CHECK(store.events_of("INCR", "k") == strings{"new k", "incrby k"});
  CHECK(store.events_of("DECRBY", "k", 3) == strings{"incrby k"});
  CHECK(store.replays() == strings{"DECRBY k 3"});
}

TEST_CASE("Counting keeps the time to live", "[string]") {
  test_store store;
  store.run("SET", "k", 5, "PX", 700);
  store.run("INCR", "k");
  CHECK(store.run("PTTL", "k") == integer(700));
  store.run("INCRBYFLOAT", "k", "0.5");
  CHECK(store.run("PTTL", "k") == integer(700));
  store.advance(700ms);
  CHECK(store.run("INCR", "k") == integer(1));
  CHECK(store.run("PTTL", "k") == integer(-1));
}

TEST_CASE("Counting works on digits that were put together", "[string]") {
  test_store store;
  store.run("APPEND", "k", "1");
  store.run("APPEND", "k", "2");
  CHECK(store.run("INCR", "k") == integer(13));
}

TEST_CASE("Counting refuses what is no integer", "[string]") {
  test_store store;
  const auto refused = error(errors::not_an_integer);
  for (const auto* text : {"", "abc", " 1", "1 ", "1.0", "01", "+1", "-0", "9223372036854775808"}) {
    store.run("SET", "k", text);
    CHECK(store.run("INCR", "k") == refused);
    CHECK(store.run("DECR", "k") == refused);
    CHECK(store.run("GET", "k") == bulk(text));
    CHECK(store.run("INCRBY", "none", text) == refused);
    CHECK(store.run("DECRBY", "none", text) == refused);
  }
  CHECK(store.run("EXISTS", "none") == integer(0));
  store.plant("h", keyspace::value_type::hash);
  CHECK(store.run("INCR", "h") == error(errors::wrong_type));
  CHECK(store.run("INCRBYFLOAT", "h", 1) == error(errors::wrong_type));
}

TEST_CASE("Counting stops at the ends of 64 bits", "[string]") {
  test_store store;
  store.run("SET", "k", INT64_MAX);
  CHECK(store.run("INCR", "k") == error(errors::increment_overflow));
  CHECK(store.run("DECRBY", "k", -1) == error(errors::increment_overflow));
  CHECK(store.run("GET", "k") == bulk("9223372036854775807"));
  store.run("SET", "k", INT64_MIN);
  CHECK(store.run("DECR", "k") == error(errors::increment_overflow));
  CHECK(store.run("INCRBY", "k", INT64_MAX) == integer(-1));
  CHECK(store.run("DECRBY", "k", INT64_MIN) == error(errors::decrement_overflow));
}

TEST_CASE("INCRBYFLOAT adds without noise", "[string]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("SET", "k", "10.50");
  CHECK(store.run("INCRBYFLOAT", "k", "0.1") == bulk("10.6"));
  CHECK(store.run("INCRBYFLOAT", "k", "-5") == bulk("5.6"));
  store.run("SET", "k", "5.0e3");
  CHECK(store.run("INCRBYFLOAT", "k", "2.0e2") == bulk("5200"));
  CHECK(store.run("INCRBYFLOAT", "new", "3.0e-5") == bulk("0.00003"));
  CHECK(store.run("INCRBYFLOAT", "int", 3) == bulk("3"));
  CHECK(store.run("INCR", "int") == integer(4));
}

TEST_CASE("INCRBYFLOAT is replayed as SET with the sum", "[string]") {
  test_store store;
  CHECK(store.replays_of("INCRBYFLOAT", "k", "1.5") == strings{"SET k 1.5 KEEPTTL"});
  CHECK(store.events() == strings{"new k", "incrbyfloat k"});
}

TEST_CASE("INCRBYFLOAT refuses what is no number or leads to none", "[string]") {
  test_store store;
  for (const auto* text : {"", "abc", " 1", "1 ", "nan", "1e99999"})
    CHECK(store.run("INCRBYFLOAT", "k", text) == error(errors::not_a_float));
  CHECK(store.run("INCRBYFLOAT", "k", "inf") == error(errors::increment_not_finite));
  CHECK(store.run("INCRBYFLOAT", "k", "-inf") == error(errors::increment_not_finite));
  CHECK(store.run("EXISTS", "k") == integer(0));
  store.run("SET", "k", "abc");
  CHECK(store.run("INCRBYFLOAT", "k", 1) == error(errors::not_a_float));
  CHECK(store.run("INCRBYFLOAT", "k") == error(errors::wrong_arity("incrbyfloat")));
}

} // namespace thespis::tests
