#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using keyspace::value_type;
using strings = std::vector<std::string>;

namespace {

const auto syntax_error = error(errors::syntax);

resp_value bad_time(std::string_view command) {
  return error(errors::invalid_expire_time(command));
}

std::string at(const test_store& store, std::int64_t ms) {
  return std::to_string(store.now_ms() + ms);
}

} // namespace

TEST_CASE("SET sets whatever was there and takes the time to live off", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("SET", "k", "v") == ok());
  CHECK(store.events() == strings{"new k", "set k"});
  CHECK(store.replays() == strings{"SET k v"});
  store.run("EXPIRE", "k", 100);
  CHECK(store.events_of("SET", "k", "w") == strings{"set k"});
  CHECK(store.run("TTL", "k") == integer(-1));
  store.plant("h", value_type::hash);
  CHECK(store.run("SET", "h", "v") == ok());
  CHECK(store.run("GET", "h") == bulk("v"));
}

TEST_CASE("SET takes a time to live in each notation", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("SET", "k", "v", "EX", 10) == ok());
  CHECK(store.run("PTTL", "k") == integer(10'000));
  CHECK(store.run("SET", "k", "v", "px", 1500) == ok());
  CHECK(store.run("PTTL", "k") == integer(1500));
  CHECK(store.run("SET", "k", "v", "EXAT", store.now_ms() / 1000 + 7) == ok());
  CHECK(store.run("PTTL", "k") == integer(7000));
  CHECK(store.run("SET", "k", "v", "PXAT", store.now_ms() + 20) == ok());
  CHECK(store.run("PTTL", "k") == integer(20));
  store.advance(20ms);
  CHECK(store.run("GET", "k") == null());
}

TEST_CASE("SET with a relative time is replayed with an absolute one", "[string]") {
  test_store store;
  const auto expected = strings{"SET k v PXAT " + at(store, 10'000)};
  CHECK(store.replays_of("SET", "k", "v", "EX", 10) == expected);
  CHECK(store.replays_of("SET", "k", "v", "PX", 10'000, "GET") == expected);
  CHECK(store.replays_of("SETEX", "k", 10, "v") == expected);
  CHECK(store.replays_of("PSETEX", "k", 10'000, "v") == expected);
  CHECK(store.events() == strings{"set k", "expire k"});
}

TEST_CASE("SET at a time that has passed leaves no key", "[string]") {
  test_store store;
  CHECK(store.run("SET", "k", "v", "PXAT", 1) == ok());
  CHECK(store.run("EXISTS", "k") == integer(0));
}

TEST_CASE("SET KEEPTTL keeps the time to live", "[string]") {
  test_store store;
  store.run("SET", "k", "v", "PX", 500);
  CHECK(store.run("SET", "k", "w", "KEEPTTL") == ok());
  CHECK(store.run("PTTL", "k") == integer(500));
  CHECK(store.run("SET", "new", "w", "keepttl") == ok());
  CHECK(store.run("PTTL", "new") == integer(-1));
}

TEST_CASE("SET NX and XX ask for the key", "[string]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("SET", "k", "v", "XX") == null());
  CHECK(store.effects().empty());
  CHECK(store.run("SET", "k", "v", "NX") == ok());
  CHECK(store.run("SET", "k", "w", "nx") == null());
  CHECK(store.run("SET", "k", "x", "xx", "EX", 100) == ok());
  CHECK(store.run("GET", "k") == bulk("x"));
  store.plant("h", value_type::hash);
  CHECK(store.run("SET", "h", "v", "NX") == null());
  CHECK(store.run("SET", "h", "v", "XX") == ok());
}

TEST_CASE("SET GET replies the old string and is replayed without GET", "[string]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("SET", "k", "v", "GET") == null());
  CHECK(store.replays() == strings{"SET k v"});
  CHECK(store.run("SET", "k", "w", "GET") == bulk("v"));
  CHECK(store.run("SET", "k", "x", "NX", "GET") == bulk("w"));
  CHECK(store.run("GET", "k") == bulk("w"));
  CHECK(store.run("SET", "none", "x", "XX", "GET") == null());
  CHECK(store.run("EXISTS", "none") == integer(0));
  CHECK(store.replays_of("SET", "k", "y", "GET", "KEEPTTL", "XX") == strings{"SET k y KEEPTTL"});
  store.plant("h", value_type::hash);
  CHECK(store.run("SET", "h", "v", "GET") == error(errors::wrong_type));
  CHECK(store.run("TYPE", "h") == simple("hash"));
}

TEST_CASE("SET IFEQ and IFNE compare the value", "[string]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("SET", "k", "v", "IFEQ", "") == null());
  CHECK(store.run("EXISTS", "k") == integer(0));
  CHECK(store.run("SET", "k", "v", "IFNE", "w") == ok());
  CHECK(store.run("SET", "k", "w", "ifeq", "x") == null());
  CHECK(store.run("SET", "k", "w", "IFEQ", "v") == ok());
  CHECK(store.run("SET", "k", "x", "IFNE", "w") == null());
  CHECK(store.run("SET", "k", 10, "IFNE", "v") == ok());
  CHECK(store.run("SET", "k", "end", "IFEQ", "10", "GET", "PX", 100) == bulk("10"));
  CHECK(store.run("SET", "k", "other", "IFEQ", "10", "GET") == bulk("end"));
  CHECK(store.run("GET", "k") == bulk("end"));
  CHECK(store.replays_of("SET", "k", "z", "IFEQ", "end") == strings{"SET k z"});
  store.plant("h", value_type::hash);
  CHECK(store.run("SET", "h", "v", "IFEQ", "v") == error(errors::wrong_type));
  CHECK(store.run("SET", "h", "v", "IFNE", "v") == error(errors::wrong_type));
}

TEST_CASE("SET IFDEQ and IFDNE compare the digest of the value", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "k", "v");
  const auto digest = store.run("DIGEST", "k").text;
  CHECK(store.run("SET", "k", "w", "IFDNE", digest) == null());
  CHECK(store.run("SET", "k", "w", "IFDEQ", digest) == ok());
  CHECK(store.run("SET", "k", "x", "IFDEQ", digest) == null());
  CHECK(store.run("SET", "k", "x", "IFDNE", digest) == ok());
  CHECK(store.run("SET", "none", "x", "IFDEQ", digest) == null());
  CHECK(store.run("SET", "none", "x", "IFDNE", digest) == ok());
  CHECK(store.run("SET", "k", "x", "IFDEQ", "123")
        == error("ERR must be exactly 16 hexadecimal characters"));
}

TEST_CASE("SET refuses options that contradict each other or that it does not know", "[string]") {
  test_store store;
  CHECK(store.run("SET", "k", "v", "NX", "XX") == syntax_error);
  CHECK(store.run("SET", "k", "v", "EX") == syntax_error);
  CHECK(store.run("SET", "k", "v", "EX", 1, "PX", 1) == syntax_error);
  CHECK(store.run("SET", "k", "v", "EXAT", 1, "KEEPTTL") == syntax_error);
  CHECK(store.run("SET", "k", "v", "KEEPTTL", "PX", 1) == syntax_error);
  CHECK(store.run("SET", "k", "v", "PERSIST") == syntax_error);
  CHECK(store.run("SET", "k", "v", "IFEQ") == syntax_error);
  CHECK(store.run("SET", "k", "v", "IFEQ", "a", "NX") == syntax_error);
  CHECK(store.run("SET", "k", "v", "XX", "IFDNE", "a") == syntax_error);
  CHECK(store.run("SET", "k", "v", "FOO") == syntax_error);
  CHECK(store.run("SET", "k", "v", "") == syntax_error);
  CHECK(store.run("EXISTS", "k") == integer(0));
}

TEST_CASE("SET takes the same option twice, the last one counts", "[string]") {
  test_store store;
  CHECK(store.run("SET", "k", "v", "NX", "NX", "EX", 10, "EX", 20) == ok());
  CHECK(store.run("TTL", "k") == integer(20));
  CHECK(store.run("SET", "k", "v", "KEEPTTL", "KEEPTTL", "GET", "GET") == bulk("v"));
}

TEST_CASE("A time that is none is refused by everything that sets one", "[string]") {
  test_store store;
  store.run("SET", "there", "v");
  for (const auto* bad : {"0", "-1", "9223372036854775807", "-9223372036854775808"}) {
    CHECK(store.run("SET", "k", "v", "EX", bad) == bad_time("set"));
    CHECK(store.run("SET", "k", "v", "PX", bad) == bad_time("set"));
    CHECK(store.run("SET", "k", "v", "EXAT", bad) == bad_time("set"));
    CHECK(store.run("SETEX", "k", bad, "v") == bad_time("setex"));
    CHECK(store.run("PSETEX", "k", bad, "v") == bad_time("psetex"));
    CHECK(store.run("GETEX", "there", "EX", bad) == bad_time("getex"));
  }
  CHECK(store.run("SET", "k", "v", "EX", "9223372036854776") == bad_time("set"));
  CHECK(store.run("SET", "k", "v", "PXAT", 0) == bad_time("set"));
  CHECK(store.run("SET", "k", "v", "PXAT", INT64_MAX) == ok());
  CHECK(store.run("PEXPIRETIME", "k") == integer(INT64_MAX));
  for (const auto* no_number : {"", "x", "1.5", " 1", "9223372036854775808"}) {
    CHECK(store.run("SET", "k", "v", "EX", no_number) == error(errors::not_an_integer));
    CHECK(store.run("SETEX", "k", no_number, "v") == error(errors::not_an_integer));
    CHECK(store.run("GETEX", "there", "PXAT", no_number) == error(errors::not_an_integer));
  }
}

TEST_CASE("SETNX sets only what is missing", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("SETNX", "k", "v") == integer(1));
  CHECK(store.run("SETNX", "k", "w") == integer(0));
  CHECK(store.run("GET", "k") == bulk("v"));
  store.run("PEXPIRE", "k", 5);
  store.advance(5ms);
  CHECK(store.run("SETNX", "k", "x") == integer(1));
  CHECK(store.run("TTL", "k") == integer(-1));
}

TEST_CASE("SETEX and PSETEX set string and time", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("SETEX", "k", 10, "v") == ok());
  CHECK(store.run("PTTL", "k") == integer(10'000));
  CHECK(store.run("PSETEX", "k", 1234, "w") == ok());
  CHECK(store.run("PTTL", "k") == integer(1234));
  CHECK(store.run("GET", "k") == bulk("w"));
}

TEST_CASE("GETSET replies the old string", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("GETSET", "k", "v") == null());
  store.run("EXPIRE", "k", 10);
  CHECK(store.run("GETSET", "k", "w") == bulk("v"));
  CHECK(store.run("TTL", "k") == integer(-1));
  CHECK(store.replays_of("GETSET", "k", "x") == strings{"SET k x"});
  store.plant("h", value_type::hash);
  CHECK(store.run("GETSET", "h", "v") == error(errors::wrong_type));
}

TEST_CASE("GETEX replies the string and changes its time to live", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("GETEX", "k", "EX", 10) == null());
  store.run("SET", "k", "v");
  CHECK(store.events_of("GETEX", "k").empty());
  CHECK(store.run("GETEX", "k", "EX", 10) == bulk("v"));
  CHECK(store.run("PTTL", "k") == integer(10'000));
  CHECK(store.events() == strings{"expire k"});
  CHECK(store.replays() == strings{"PEXPIREAT k " + at(store, 10'000)});
  CHECK(store.run("GETEX", "k", "px", 20) == bulk("v"));
  CHECK(store.run("PTTL", "k") == integer(20));
  CHECK(store.run("GETEX", "k", "EXAT", store.now_ms() / 1000 + 5) == bulk("v"));
  CHECK(store.run("PTTL", "k") == integer(5000));
  CHECK(store.events_of("GETEX", "k", "PERSIST") == strings{"persist k"});
  CHECK(store.replays() == strings{"PERSIST k"});
  CHECK(store.run("PTTL", "k") == integer(-1));
  CHECK(store.events_of("GETEX", "k", "PERSIST").empty());
}

TEST_CASE("GETEX at a time that has passed deletes the key", "[string]") {
  test_store store;
  store.run("SET", "k", "v");
  store.forget();
  CHECK(store.run("GETEX", "k", "PXAT", store.now_ms()) == bulk("v"));
  CHECK(store.events() == strings{"del k"});
  CHECK(store.replays() == strings{"DEL k"});
  CHECK(store.run("EXISTS", "k") == integer(0));
}

TEST_CASE("GETEX looks at its options, then at the key, then at the time", "[string]") {
  test_store store;
  CHECK(store.run("GETEX", "none", "FOO") == syntax_error);
  CHECK(store.run("GETEX", "none", "KEEPTTL") == syntax_error);
  CHECK(store.run("GETEX", "none", "NX") == syntax_error);
  CHECK(store.run("GETEX", "none", "EX", 1, "PERSIST") == syntax_error);
  CHECK(store.run("GETEX", "none", "PERSIST", "EX", 1) == syntax_error);
  CHECK(store.run("GETEX", "none", "EX", "x") == null());
  store.plant("h", value_type::hash);
  CHECK(store.run("GETEX", "h", "EX", "x") == error(errors::wrong_type));
}

TEST_CASE("MSET sets all of its keys, the last value of each", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "a", "old", "EX", 100);
  CHECK(store.run("MSET", "a", "1", "b", "2", "c", "3", "a", "4") == ok());
  CHECK(store.run("MGET", "a", "b", "c") == bulks({"4", "2", "3"}));
  CHECK(store.run("TTL", "a") == integer(-1));
}

TEST_CASE("MSET and MSETNX refuse a key without a value and set nothing", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("MSET", "a", "1", "b") == error(errors::wrong_arity("mset")));
  CHECK(store.run("MSETNX", "a", "1", "b") == error(errors::wrong_arity("msetnx")));
  CHECK(store.run("MSET", "a", "1", "b", "2", "c") == error(errors::wrong_arity("mset")));
  CHECK(store.run("DBSIZE") == integer(0));
}

TEST_CASE("MSETNX sets all or nothing", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("MSETNX", "a", "1", "b", "2", "c", "3") == integer(1));
  CHECK(store.replays() == strings{"MSETNX a 1 b 2 c 3"});
  CHECK(store.run("MSETNX", "d", "1", "c", "9") == integer(0));
  CHECK(store.run("MGET", "a", "b", "c", "d") == array({bulk("1"), bulk("2"), bulk("3"), null()}));
  CHECK(store.run("MSETNX", "e", "1", "e", "2") == integer(1));
  CHECK(store.run("GET", "e") == bulk("2"));
}

TEST_CASE("A write over an expired key is replayed behind its deletion", "[string]") {
  test_store store;
  store.run("SET", "k", "v", "PX", 5);
  store.advance(5ms);
  CHECK(store.replays_of("SET", "k", "w") == strings{"DEL k", "SET k w"});
  CHECK(store.events() == strings{"expired k", "new k", "set k"});
}

} // namespace thespis::tests
