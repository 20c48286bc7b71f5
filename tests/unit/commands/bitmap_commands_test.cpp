#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

TEST_CASE("SETBIT replies with the old bit and grows the string", "[bitmap]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("SETBIT", "k", 7, 1) == integer(0));
  CHECK(store.run("GET", "k") == bulk("\x01"));
  CHECK(store.run("SETBIT", "k", 7, 0) == integer(1));
  CHECK(store.run("SETBIT", "k", 7, 0) == integer(0));
  CHECK(store.run("GET", "k") == bulk(std::string_view{"\0", 1}));
  CHECK(store.run("SETBIT", "k", 100, 1) == integer(0));
  CHECK(store.run("STRLEN", "k") == integer(13));
  CHECK(store.run("SETBIT", "long", 80'000, 1) == integer(0));
  CHECK(store.run("STRLEN", "long") == integer(10'001));
  CHECK(store.run("BITCOUNT", "long") == integer(1));
}

TEST_CASE("SETBIT makes a raw string of an integer", "[bitmap]") {
  test_store store;
  store.run("SET", "k", 12);
  CHECK(store.run("SETBIT", "k", 15, 1) == integer(0));
  CHECK(store.run("GET", "k") == bulk("13"));
  CHECK(store.run("OBJECT", "ENCODING", "k") == bulk("raw"));
  CHECK(store.run("INCR", "k") == integer(14));
}

TEST_CASE("SETBIT tells what changed, and nothing else", "[bitmap]") {
  test_store store;
  CHECK(store.events_of("SETBIT", "k", 3, 0) == strings{"new k", "setbit k"});
  CHECK(store.events_of("SETBIT", "k", 3, 0).empty());
  CHECK(store.replays().empty());
  CHECK(store.events_of("SETBIT", "k", 3, 1) == strings{"setbit k"});
  CHECK(store.replays() == strings{"SETBIT k 3 1"});
  CHECK(store.events_of("SETBIT", "k", 80, 0) == strings{"setbit k"});
}

TEST_CASE("SETBIT keeps the time to live", "[bitmap]") {
  test_store store;
  store.run("SET", "k", "x", "PX", 700);
  store.run("SETBIT", "k", 1, 0);
  store.run("BITFIELD", "k", "SET", "u8", 0, 7);
  CHECK(store.run("PTTL", "k") == integer(700));
  store.advance(700ms);
  CHECK(store.run("GETBIT", "k", 1) == integer(0));
  CHECK(store.run("SETBIT", "k", 0, 1) == integer(0));
  CHECK(store.run("PTTL", "k") == integer(-1));
}

TEST_CASE("GETBIT is 0 without a key and behind the end", "[bitmap]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("GETBIT", "k", 0) == integer(0));
  store.run("SET", "k", "A");
  CHECK(store.run("GETBIT", "k", 1) == integer(1));
  CHECK(store.run("GETBIT", "k", 2) == integer(0));
  CHECK(store.run("GETBIT", "k", 8) == integer(0));
  CHECK(store.run("GETBIT", "k", "4294967295") == integer(0));
  store.run("SET", "n", 1);
  CHECK(store.run("GETBIT", "n", 7) == integer(1));
}

TEST_CASE("Bit offsets have a limit", "[bitmap]") {
  test_store store;
  const auto refused = error(errors::invalid_bit_offset);
  for (const auto* offset : {"-1", "abc", "", "1.0", "4294967296", "9223372036854775807", "#1"}) {
    CHECK(store.run("SETBIT", "k", offset, 1) == refused);
    CHECK(store.run("GETBIT", "k", offset) == refused);
  }
  store.access().string_bytes_max = 10;
  CHECK(store.run("SETBIT", "k", 79, 1) == integer(0));
  CHECK(store.run("SETBIT", "k", 80, 1) == refused);
  CHECK(store.run("SETBIT", "k", 80, 2) == refused);
  for (const auto* bit : {"2", "-1", "x", ""})
    CHECK(store.run("SETBIT", "k", 0, bit) == error(errors::invalid_bit));
  CHECK(store.run("SETBIT", "k", 0) == error(errors::wrong_arity("setbit")));
  CHECK(store.run("GETBIT", "k") == error(errors::wrong_arity("getbit")));
}

TEST_CASE("BITCOUNT counts ranges of bytes and of bits", "[bitmap]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("BITCOUNT", "none") == integer(0));
  CHECK(store.run("BITCOUNT", "none", 0, -1) == integer(0));
  store.run("SET", "k", "foobar");
  CHECK(store.run("BITCOUNT", "k") == integer(26));
  CHECK(store.run("BITCOUNT", "k", 0, 0) == integer(4));
  CHECK(store.run("BITCOUNT", "k", 1, 1) == integer(6));
  CHECK(store.run("BITCOUNT", "k", 0, -5) == integer(10));
  CHECK(store.run("BITCOUNT", "k", -1, -1, "byte") == integer(4));
  CHECK(store.run("BITCOUNT", "k", 5, 30, "BIT") == integer(17));
  CHECK(store.run("BITCOUNT", "k", -1, -1, "bit") == integer(0));
  CHECK(store.run("BITCOUNT", "k", -2, -2, "bit") == integer(1));
  CHECK(store.run("BITCOUNT", "k", 3, 2) == integer(0));
  CHECK(store.run("BITCOUNT", "k", 6, 100) == integer(0));
  CHECK(store.run("BITCOUNT", "k", -100, 100) == integer(26));
  CHECK(store.run("BITCOUNT", "k", -100, -200) == integer(0));
  CHECK(store.run("BITCOUNT", "k", -200, -100) == integer(4));
  CHECK(store.run("BITCOUNT", "k", INT64_MIN, INT64_MAX, "BIT") == integer(26));
  store.run("SET", "empty", "");
  CHECK(store.run("BITCOUNT", "empty") == integer(0));
  CHECK(store.run("BITCOUNT", "empty", 0, 0, "BIT") == integer(0));
  store.run("SET", "n", 1);
  CHECK(store.run("BITCOUNT", "n") == integer(3));
}

TEST_CASE("BITCOUNT and BITPOS look at their arguments before the key", "[bitmap]") {
  test_store store;
  store.plant("h", keyspace::value_type::hash);
  for (const auto* key : {"none", "h"}) {
    CHECK(store.run("BITCOUNT", key, 0) == error(errors::syntax));
    CHECK(store.run("BITCOUNT", key, 0, 1, "WORD") == error(errors::syntax));
    CHECK(store.run("BITCOUNT", key, 0, 1, "BIT", 2) == error(errors::syntax));
    CHECK(store.run("BITCOUNT", key, "x", 1) == error(errors::not_an_integer));
    CHECK(store.run("BITCOUNT", key, 1, "x", "WORD") == error(errors::not_an_integer));
    CHECK(store.run("BITPOS", key, "x") == error(errors::not_an_integer));
    CHECK(store.run("BITPOS", key, 2) == error(errors::invalid_bit_argument));
    CHECK(store.run("BITPOS", key, 1, "x") == error(errors::not_an_integer));
    CHECK(store.run("BITPOS", key, 1, 0, "x") == error(errors::not_an_integer));
    CHECK(store.run("BITPOS", key, 1, 0, "x", "WORD") == error(errors::syntax));
    CHECK(store.run("BITPOS", key, 1, 0, 1, "BIT", 2) == error(errors::syntax));
  }
}

TEST_CASE("BITPOS finds the first bit of a kind", "[bitmap]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("SET", "k", std::string{"\xff\xf0\x00", 3});
  CHECK(store.run("BITPOS", "k", 0) == integer(12));
  CHECK(store.run("BITPOS", "k", 1) == integer(0));
  CHECK(store.run("BITPOS", "k", 1, 2) == integer(-1));
  CHECK(store.run("BITPOS", "k", 0, 2) == integer(16));
  CHECK(store.run("BITPOS", "k", 0, 0, 0) == integer(-1));
  CHECK(store.run("BITPOS", "k", 0, -2, -2, "BYTE") == integer(12));
  CHECK(store.run("BITPOS", "k", 0, 3, 13, "BIT") == integer(12));
  CHECK(store.run("BITPOS", "k", 0, 3, 11, "BIT") == integer(-1));
  CHECK(store.run("BITPOS", "k", 1, 9, 9, "BIT") == integer(9));
  CHECK(store.run("BITPOS", "k", 1, 12, -1, "BIT") == integer(-1));
  CHECK(store.run("BITPOS", "k", 1, 5, 1) == integer(-1));
}

TEST_CASE("BITPOS sees zeros behind a string of ones unless an end is given", "[bitmap]") {
  test_store store;
  store.run("SET", "k", "\xff\xff");
  CHECK(store.run("BITPOS", "k", 0) == integer(16));
  CHECK(store.run("BITPOS", "k", 0, 1) == integer(16));
  CHECK(store.run("BITPOS", "k", 0, 2) == integer(-1));
  CHECK(store.run("BITPOS", "k", 0, 0, -1) == integer(-1));
  CHECK(store.run("BITPOS", "none", 0) == integer(0));
  CHECK(store.run("BITPOS", "none", 1) == integer(-1));
  CHECK(store.run("BITPOS", "none", 0, 5, 7) == integer(0));
  store.run("SET", "empty", "");
  CHECK(store.run("BITPOS", "empty", 0) == integer(-1));
}

TEST_CASE("BITOP combines strings, the shorter ones filled up with zeros", "[bitmap]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("SET", "a", "\x0f\xff");
  store.run("SET", "b", "\x3c");
  const auto stored = [&](std::string_view operation) {
    CHECK(store.run("BITOP", operation, "d", "a", "none", "b") == integer(2));
    return store.run("GET", "d");
  };
  CHECK(stored("AND") == bulk(std::string_view{"\0\0", 2}));
  CHECK(stored("or") == bulk("\x3f\xff"));
  CHECK(stored("XOR") == bulk("\x33\xff"));
  CHECK(stored("DIFF") == bulk("\x03\xff"));
  CHECK(stored("diff1") == bulk(std::string_view{"\x30\0", 2}));
  CHECK(stored("ANDOR") == bulk(std::string_view{"\x0c\0", 2}));
  CHECK(stored("ONE") == bulk("\x33\xff"));
  CHECK(store.run("BITOP", "NOT", "d", "a") == integer(2));
  CHECK(store.run("GET", "d") == bulk(std::string_view{"\xf0\0", 2}));
  CHECK(store.run("OBJECT", "ENCODING", "d") == bulk("raw"));
}

TEST_CASE("BITOP may store into one of its sources", "[bitmap]") {
  test_store store{GENERATE(1u, 3u)};
  const std::string longer(3000, '\x0f');
  for (const auto* value : {"12", "abc", ""}) {
    store.run("SET", "d", value, "EX", 100);
    store.run("SET", "a", longer);
    CHECK(store.run("BITOP", "XOR", "d", "d", "a", "d") == integer(3000));
    CHECK(store.run("GET", "d") == bulk(longer));
    CHECK(store.run("TTL", "d") == integer(-1));
    CHECK(store.run("BITOP", "NOT", "d", "d") == integer(3000));
    CHECK(store.run("GET", "d") == bulk(std::string(3000, '\xf0')));
  }
  store.run("SET", "a", 1);
  store.run("SET", "b", 2);
  CHECK(store.run("BITOP", "OR", "a", "a", "b") == integer(1));
  CHECK(store.run("GET", "a") == bulk("3"));
}

TEST_CASE("BITOP deletes what would be empty and replaces other types", "[bitmap]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.events_of("BITOP", "AND", "d", "none").empty());
  store.run("SET", "a", "x");
  CHECK(store.events_of("BITOP", "OR", "d", "a") == strings{"new d", "set d"});
  CHECK(store.replays() == strings{"BITOP OR d a"});
  CHECK(store.events_of("BITOP", "NOT", "d", "a") == strings{"set d"});
  CHECK(store.events_of("BITOP", "NOT", "d", "none") == strings{"del d"});
  CHECK(store.run("EXISTS", "d") == integer(0));
  store.plant("h", keyspace::value_type::hash);
  CHECK(store.run("BITOP", "OR", "d", "a", "h") == error(errors::wrong_type));
  CHECK(store.run("EXISTS", "d") == integer(0));
  CHECK(store.run("BITOP", "OR", "h", "a") == integer(1));
  CHECK(store.run("GET", "h") == bulk("x"));
}

TEST_CASE("BITOP refuses what it does not know", "[bitmap]") {
  test_store store;
  CHECK(store.run("BITOP", "NAND", "d", "a") == error(errors::syntax));
  CHECK(store.run("BITOP", "NOT", "d", "a", "b") == error(errors::bitop_not_one_source));
  CHECK(store.run("BITOP", "diff", "d", "a") == error(errors::bitop_too_few_sources("DIFF")));
  CHECK(store.run("BITOP", "DIFF1", "d", "a") == error(errors::bitop_too_few_sources("DIFF1")));
  CHECK(store.run("BITOP", "ANDOR", "d", "a") == error(errors::bitop_too_few_sources("ANDOR")));
  CHECK(store.run("BITOP", "ONE", "d", "a") == integer(0));
  CHECK(store.run("BITOP", "AND", "d") == error(errors::wrong_arity("bitop")));
}

TEST_CASE("Commands on bits are for strings only", "[bitmap]") {
  test_store store;
  store.plant("h", keyspace::value_type::hash);
  const auto refused = error(errors::wrong_type);
  CHECK(store.run("SETBIT", "h", 0, 1) == refused);
  CHECK(store.run("GETBIT", "h", 0) == refused);
  CHECK(store.run("BITCOUNT", "h") == refused);
  CHECK(store.run("BITPOS", "h", 1) == refused);
  CHECK(store.run("BITFIELD", "h") == refused);
  CHECK(store.run("BITFIELD", "h", "SET", "u8", 0, 1) == refused);
  CHECK(store.run("BITFIELD_RO", "h", "GET", "u8", 0) == refused);
}

} // namespace thespis::tests
