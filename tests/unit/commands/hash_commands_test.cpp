#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

#include <string>

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

/// Hashes of both forms under "packed" and "table", with the same content f -> v, g -> 7.
void add_hashes(test_store& store) {
  store.run("HSET", "packed", "f", "v", "g", 7);
  store.run("HSET", "table", "f", std::string(65, 'x'), "g", 7);
  store.run("HSET", "table", "f", "v");
}

} // namespace

TEST_CASE("HSET counts the fields that are new", "[hash]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("HSET", "h", "a", 1) == integer(1));
  CHECK(store.run("HSET", "h", "a", 2, "b", 3, "c", 4, "c", 5) == integer(2));
  CHECK(store.run("HMSET", "h", "a", "9", "d", "") == ok());
  CHECK(store.run("HSETNX", "h", "a", "no") == integer(0));
  CHECK(store.run("HSETNX", "h", "e", "yes") == integer(1));
  CHECK(store.run("HMGET", "h", "a", "b", "c", "d", "e", "f")
        == array({bulk("9"), bulk("3"), bulk("5"), bulk(""), bulk("yes"), null()}));
  CHECK(store.run("HLEN", "h") == integer(5));
  CHECK(store.run("TYPE", "h") == simple("hash"));
}

TEST_CASE("fields without a value are refused", "[hash]") {
  test_store store;
  CHECK(store.run("HSET", "h", "a", 1, "b") == error(errors::wrong_arity("hset")));
  CHECK(store.run("HMSET", "h", "a", 1, "b") == error(errors::wrong_arity("hmset")));
  CHECK(store.run("HSET", "h", "a") == error(errors::wrong_arity("hset")));
  CHECK(store.run("EXISTS", "h") == integer(0));
}

TEST_CASE("fields are found in both forms of a hash", "[hash]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  add_hashes(store);
  CHECK(store.run("OBJECT", "ENCODING", "packed") == bulk("listpack"));
  CHECK(store.run("OBJECT", "ENCODING", "table") == bulk("hashtable"));
  for (const auto* key : {"packed", "table"}) {
    CHECK(store.run("HGET", key, "f") == bulk("v"));
    CHECK(store.run("HGET", key, "none") == null());
    CHECK(store.run("HEXISTS", key, "g") == integer(1));
    CHECK(store.run("HEXISTS", key, "none") == integer(0));
    CHECK(store.run("HSTRLEN", key, "g") == integer(1));
    CHECK(store.run("HSTRLEN", key, "none") == integer(0));
    CHECK(store.run("HLEN", key) == integer(2));
    CHECK(sorted(store.run("HKEYS", key)) == sorted(bulks({"f", "g"})));
    CHECK(sorted(store.run("HVALS", key)) == sorted(bulks({"7", "v"})));
  }
}

TEST_CASE("HGETALL replies with a map, and an array where there are none", "[hash]") {
  test_store store;
  store.run("HSET", "h", "a", 1, "b", 2);
  CHECK(store.wire("HGETALL", "h") == "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n");
  CHECK(store.wire("HGETALL", "none") == "*0\r\n");
  store.connect(3);
  CHECK(store.wire("HGETALL", "h") == "%2\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n");
  CHECK(store.wire("HGETALL", "none") == "%0\r\n");
  CHECK(store.wire("HKEYS", "h") == "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  CHECK(store.wire("HVALS", "none") == "*0\r\n");
}

TEST_CASE("a missing hash has no fields", "[hash]") {
  test_store store{1, GENERATE(2, 3)};
  CHECK(store.run("HGET", "none", "f") == null());
  CHECK(store.run("HMGET", "none", "f", "g") == array({null(), null()}));
  CHECK(store.run("HDEL", "none", "f") == integer(0));
  CHECK(store.run("HEXISTS", "none", "f") == integer(0));
  CHECK(store.run("HLEN", "none") == integer(0));
  CHECK(store.run("HSTRLEN", "none", "f") == integer(0));
  CHECK(store.run("HRANDFIELD", "none") == null());
  CHECK(store.run("HRANDFIELD", "none", 3) == array({}));
  CHECK(store.run("HSCAN", "none", 0) == array({bulk("0"), array({})}));
  CHECK(store.effects().empty());
}

TEST_CASE("hash commands meet a key of another type", "[hash]") {
  test_store store;
  store.run("SET", "s", "v");
  store.forget();
  const std::vector<strings> requests{
    {"HSET", "s", "f", "v"},
    {"HMSET", "s", "f", "v"},
    {"HSETNX", "s", "f", "v"},
    {"HGET", "s", "f"},
    {"HMGET", "s", "f"},
    {"HGETALL", "s"},
    {"HKEYS", "s"},
    {"HVALS", "s"},
    {"HDEL", "s", "f"},
    {"HEXISTS", "s", "f"},
    {"HLEN", "s"},
    {"HSTRLEN", "s", "f"},
    {"HINCRBY", "s", "f", "1"},
    {"HINCRBYFLOAT", "s", "f", "1"},
    {"HRANDFIELD", "s"},
    {"HRANDFIELD", "s", "1"},
    {"HSCAN", "s", "0"},
    {"HEXPIRE", "s", "1", "FIELDS", "1", "f"},
    {"HPEXPIREAT", "s", "1", "NX", "FIELDS", "1", "f"},
    {"HTTL", "s", "FIELDS", "1", "f"},
    {"HPERSIST", "s", "FIELDS", "1", "f"},
    {"HGETEX", "s", "FIELDS", "1", "f"},
    {"HGETDEL", "s", "FIELDS", "1", "f"},
    {"HSETEX", "s", "FIELDS", "1", "f", "v"},
  };
  for (const auto& request : requests) {
    CAPTURE(request);
    CHECK(store.run_words(request) == error(errors::wrong_type));
  }
  CHECK(store.effects().empty());
  CHECK(store.run("GET", "s") == bulk("v"));
}

TEST_CASE("HDEL deletes the hash with its last field", "[hash]") {
  test_store store{GENERATE(1u, 3u)};
  add_hashes(store);
  for (const std::string key : {"packed", "table"}) {
    CHECK(store.run("HDEL", key, "none", "f", "f") == integer(1));
    CHECK(store.run("EXISTS", key) == integer(1));
    CHECK(store.events_of("HDEL", key, "g", "none") == strings{"hdel " + key, "del " + key});
    CHECK(store.replays() == strings{"HDEL " + key + " g none"});
    CHECK(store.run("EXISTS", key) == integer(0));
    CHECK(store.events_of("HDEL", key, "g").empty());
  }
}

TEST_CASE("a change of a hash tells one event and is replayed as it is", "[hash]") {
  test_store store;
  CHECK(store.events_of("HSET", "h", "a", 1, "b", 2) == strings{"new h", "hset h"});
  CHECK(store.replays() == strings{"HSET h a 1 b 2"});
  CHECK(store.events_of("HMSET", "h", "a", 1) == strings{"hset h"});
  CHECK(store.events_of("HSETNX", "h", "c", 1) == strings{"hset h"});
  CHECK(store.events_of("HSETNX", "h", "c", 1).empty());
  CHECK(store.events_of("HDEL", "h", "none").empty());
  CHECK(store.events_of("HINCRBY", "h", "a", 1) == strings{"hincrby h"});
  CHECK(store.replays() == strings{"HINCRBY h a 1"});
  CHECK(store.events_of("HINCRBYFLOAT", "h", "a", "0.5") == strings{"hincrbyfloat h"});
  CHECK(store.replays() == strings{"HSET h a 2.5"});
}

TEST_CASE("a hash keeps its key's time to live", "[hash]") {
  test_store store;
  store.run("HSET", "h", "a", 1);
  store.run("PEXPIRE", "h", 100);
  store.run("HSET", "h", "b", std::string(100, 'x'));
  store.run("HDEL", "h", "a");
  CHECK(store.run("PTTL", "h") == integer(100));
  store.advance(100ms);
  CHECK(store.run("HLEN", "h") == integer(0));
  CHECK(store.run("HSET", "h", "a", 1) == integer(1));
  CHECK(store.run("PTTL", "h") == integer(-1));
}

TEST_CASE("the border between the forms of a hash is a setting", "[hash]") {
  test_store store;
  store.access().hash_packed.entries = 2;
  store.access().hash_packed.element_bytes = 3;
  const auto encoding = [&](const auto&... pairs) {
    store.run("DEL", "h");
    store.run("HSET", "h", pairs...);
    return store.run("OBJECT", "ENCODING", "h");
  };
  CHECK(encoding("a", "123", "b", "1") == bulk("listpack"));
  CHECK(encoding("a", "1234") == bulk("hashtable"));
  CHECK(encoding("1234", "a") == bulk("hashtable"));
  CHECK(encoding("a", "1", "b", "1", "c", "1") == bulk("hashtable"));
  // As many pairs would not fit, so a table it is, however many of them are the same.
  CHECK(encoding("a", "1", "a", "1", "a", "1") == bulk("hashtable"));
  CHECK(encoding("a", "1", "a", "1") == bulk("listpack"));
  store.run("HINCRBY", "h", "n", 1000);
  CHECK(store.run("OBJECT", "ENCODING", "h") == bulk("hashtable"));
}

TEST_CASE("HINCRBY and HINCRBYFLOAT count from 0", "[hash]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("HINCRBY", "h", "n", 5) == integer(5));
  CHECK(store.run("HINCRBY", "h", "n", -7) == integer(-2));
  CHECK(store.run("HINCRBYFLOAT", "h", "n", "2.5") == bulk("0.5"));
  CHECK(store.run("HINCRBYFLOAT", "new", "n", "3.0e3") == bulk("3000"));
  CHECK(store.run("HGET", "h", "n") == bulk("0.5"));
  add_hashes(store);
  CHECK(store.run("HINCRBY", "table", "g", 3) == integer(10));
  CHECK(store.run("HINCRBYFLOAT", "table", "g", "0.1") == bulk("10.1"));
}

TEST_CASE("fields that are no numbers are not counted", "[hash]") {
  test_store store;
  store.run("HSET", "h", "text", "abc", "max", "9223372036854775807", "empty", "", "space", " 1");
  store.forget();
  CHECK(store.run("HINCRBY", "h", "text", 1) == error("ERR hash value is not an integer"));
  CHECK(store.run("HINCRBY", "h", "empty", 1) == error("ERR hash value is not an integer"));
  CHECK(store.run("HINCRBY", "h", "max", 1) == error(errors::increment_overflow));
  CHECK(store.run("HINCRBY", "h", "f", "1.5") == error(errors::not_an_integer));
  CHECK(store.run("HINCRBYFLOAT", "h", "text", 1) == error("ERR hash value is not a float"));
  CHECK(store.run("HINCRBYFLOAT", "h", "space", 1) == error("ERR hash value is not a float"));
  CHECK(store.run("HINCRBYFLOAT", "h", "f", "x") == error(errors::not_a_float));
  CHECK(store.run("HINCRBYFLOAT", "h", "f", "inf") == error("ERR value is NaN or Infinity"));
  CHECK(store.effects().empty());
  CHECK(store.run("HLEN", "h") == integer(4));
  CHECK(store.run("HINCRBY", "none", "f", "x") == error(errors::not_an_integer));
  CHECK(store.run("EXISTS", "none") == integer(0));
}

} // namespace thespis::tests
