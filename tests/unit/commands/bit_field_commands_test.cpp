#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

TEST_CASE("BITFIELD sets, counts and reads in one go", "[bitfield]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("BITFIELD", "k", "SET", "u8", 0, 255, "get", "i8", 0, "INCRBY", "u4", "#1", 2)
        == array({integer(0), integer(-1), integer(1)}));
  CHECK(store.run("GET", "k") == bulk("\xf1"));
  CHECK(store.run("BITFIELD", "k", "GET", "u63", 0) == array({integer(std::int64_t{0xf1} << 55)}));
  CHECK(store.run("BITFIELD", "k", "SET", "i64", "#1", INT64_MIN, "GET", "i64", 64)
        == array({integer(0), integer(INT64_MIN)}));
  CHECK(store.run("STRLEN", "k") == integer(16));
}

TEST_CASE("BITFIELD without steps replies with an empty array", "[bitfield]") {
  test_store store;
  CHECK(store.run("BITFIELD", "k") == array({}));
  CHECK(store.run("BITFIELD", "k", "OVERFLOW", "sat") == array({}));
  CHECK(store.run("BITFIELD_RO", "k") == array({}));
  CHECK(store.run("BITFIELD", "k", "GET", "u8", 100) == array({integer(0)}));
  CHECK(store.run("EXISTS", "k") == integer(0));
}

TEST_CASE("BITFIELD wraps, saturates or holds back what a field cannot hold", "[bitfield]") {
  test_store store{1, GENERATE(2, 3)};
  store.run("SET", "k", "\xff");
  CHECK(store.run("BITFIELD", "k", "INCRBY", "u8", 0, 1) == array({integer(0)}));
  CHECK(
    store.run("BITFIELD", "k", "OVERFLOW", "SAT", "INCRBY", "u8", 0, 1000, "INCRBY", "u8", 0, -1000)
    == array({integer(255), integer(0)}));
  CHECK(store.run("BITFIELD", "k", "OVERFLOW", "FAIL", "INCRBY", "u8", 0, -1, "SET", "u8", 0, 256,
                  "OVERFLOW", "WRAP", "SET", "u8", 0, 257)
        == array({null(), null(), integer(0)}));
  CHECK(store.run("GET", "k") == bulk("\x01"));
  CHECK(store.run("BITFIELD", "k", "OVERFLOW", "SAT", "SET", "u8", 0, -1, "GET", "u8", 0)
        == array({integer(1), integer(255)}));
}

TEST_CASE("BITFIELD replies with the null of the protocol", "[bitfield]") {
  test_store store{1, GENERATE(2, 3)};
  const bool old = store.client().protocol == 2;
  CHECK(store.wire("BITFIELD", "k", "OVERFLOW", "FAIL", "SET", "u1", 0, 2)
        == (old ? "*1\r\n$-1\r\n" : "*1\r\n_\r\n"));
}

TEST_CASE("BITFIELD tells what it changed", "[bitfield]") {
  test_store store;
  CHECK(store.events_of("BITFIELD", "k", "GET", "u8", 0).empty());
  CHECK(store.events_of("BITFIELD", "k", "SET", "u8", 0, 1, "SET", "u8", 8, 2)
        == strings{"new k", "setbit k"});
  CHECK(store.replays() == strings{"BITFIELD k SET u8 0 1 SET u8 8 2"});
  CHECK(store.events_of("BITFIELD", "k", "SET", "u8", 0, 1, "INCRBY", "i5", 3, 0).empty());
  CHECK(store.events_of("BITFIELD", "k", "INCRBY", "u8", 0, 1) == strings{"setbit k"});
  CHECK(store.events_of("BITFIELD", "k", "OVERFLOW", "FAIL", "SET", "u8", 80, 256)
        == strings{"setbit k"});
  CHECK(store.run("STRLEN", "k") == integer(11));
}

TEST_CASE("BITFIELD does nothing if one of its steps is wrong", "[bitfield]") {
  test_store store;
  const auto refused = [&](std::string_view why, const strings& steps) {
    strings words{"BITFIELD", "k", "SET", "u8", "0", "1"};
    words.insert(words.end(), steps.begin(), steps.end());
    CHECK(store.run_words(words) == error(why));
    words[0] = "BITFIELD_RO";
    CHECK(store.run_words(words) == error(why));
    CHECK(store.run("EXISTS", "k") == integer(0));
  };
  refused(errors::syntax, {"GET", "u8"});
  refused(errors::syntax, {"SET", "u8", "0"});
  refused(errors::syntax, {"INCRBY", "u8", "0"});
  refused(errors::syntax, {"OVERFLOW"});
  refused(errors::syntax, {"PUT", "u8", "0", "1"});
  refused(errors::invalid_overflow_type, {"OVERFLOW", "none"});
  for (const auto* type : {"u64", "i65", "u0", "8", "", "U8", "u", "x8"})
    refused(errors::invalid_bit_field_type, {"GET", type, "0"});
  for (const auto* offset : {"-1", "#-1", "x", "", "#", "4294967296", "##1", "#4611686018427387904",
                             "#1152921504606846976"})
    refused(errors::invalid_bit_offset, {"GET", "u8", offset});
  refused(errors::not_an_integer, {"SET", "u8", "0", "x"});
  refused(errors::not_an_integer, {"INCRBY", "u8", "0", "9223372036854775808"});
}

TEST_CASE("BITFIELD_RO only reads", "[bitfield]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("SET", "k", "ab");
  CHECK(store.run("BITFIELD_RO", "k", "GET", "u8", 0, "GET", "u8", "#1")
        == array({integer('a'), integer('b')}));
  CHECK(store.run("BITFIELD_RO", "k", "SET", "u8", 0, 1) == error(errors::bit_field_read_only));
  CHECK(store.run("BITFIELD_RO", "k", "INCRBY", "u8", 0, 1) == error(errors::bit_field_read_only));
  store.run("SET", "n", 1);
  CHECK(store.run("BITFIELD_RO", "n", "GET", "u8", 0) == array({integer('1')}));
}

} // namespace thespis::tests
