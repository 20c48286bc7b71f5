#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using keyspace::value_type;
using strings = std::vector<std::string>;

TEST_CASE("RENAME moves value and time to live to another name", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  // With three shards: within one and between two.
  const auto* const to = GENERATE("b", "c", "{a}b");
  store.run("SET", "a", "value", "PX", 500);
  store.run("SET", to, "old", "PX", 100);
  store.forget();
  CHECK(store.run("RENAME", "a", to) == ok());
  CHECK(store.events()
        == strings{std::string("new ") + to, "rename_from a", std::string("rename_to ") + to});
  CHECK(store.replays() == strings{std::string("RENAME a ") + to});
  CHECK(store.run("GET", to) == bulk("value"));
  CHECK(store.run("PTTL", to) == integer(500));
  CHECK(store.run("EXISTS", "a") == integer(0));
  CHECK(store.run("DBSIZE") == integer(1));
  store.advance(500ms);
  CHECK(store.run("EXISTS", to) == integer(0));
}

TEST_CASE("RENAME moves integers, long strings and other types", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  const std::string large(5000, 'x');
  store.run("SET", "a", 42);
  store.run("RENAME", "a", "b");
  CHECK(store.run("INCR", "b") == integer(43));
  store.run("SET", "a", large);
  store.run("RENAME", "a", "a much longer name than before, in another block of memory");
  CHECK(store.run("GET", "a much longer name than before, in another block of memory")
        == bulk(large));
  store.plant("h", value_type::hash);
  CHECK(store.run("RENAME", "h", "b") == ok());
  CHECK(store.run("TYPE", "b") == simple("hash"));
}

TEST_CASE("RENAME and RENAMENX need the key", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("RENAME", "a", "b") == error(errors::no_such_key));
  CHECK(store.run("RENAMENX", "a", "b") == error(errors::no_such_key));
  CHECK(store.run("RENAME", "a", "a") == error(errors::no_such_key));
  store.run("SET", "a", 1, "PX", 1);
  store.advance(1ms);
  CHECK(store.run("RENAME", "a", "b") == error(errors::no_such_key));
  CHECK(store.run("RENAME", "a") == error(errors::wrong_arity("rename")));
}

TEST_CASE("A rename to the same name changes nothing", "[generic]") {
  test_store store;
  store.run("SET", "a", 1, "EX", 10);
  store.forget();
  CHECK(store.run("RENAME", "a", "a") == ok());
  CHECK(store.run("RENAMENX", "a", "a") == integer(0));
  CHECK(store.effects().empty());
  CHECK(store.run("TTL", "a") == integer(10));
}

TEST_CASE("RENAMENX only renames to what is free", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("MSET", "a", 1, "b", 2);
  CHECK(store.run("RENAMENX", "a", "b") == integer(0));
  CHECK(store.run("MGET", "a", "b") == bulks({"1", "2"}));
  CHECK(store.run("RENAMENX", "a", "c") == integer(1));
  store.run("PEXPIRE", "b", 1);
  store.advance(1ms);
  CHECK(store.run("RENAMENX", "c", "b") == integer(1));
  CHECK(store.run("PTTL", "b") == integer(-1));
}

TEST_CASE("COPY makes a second value with the same time to live", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  const auto* const to = GENERATE("b", "c", "{a}b");
  CHECK(store.run("COPY", "a", to) == integer(0));
  store.run("SET", "a", "value", "PX", 500);
  store.forget();
  CHECK(store.run("COPY", "a", to) == integer(1));
  CHECK(store.events() == strings{std::string("new ") + to, std::string("copy_to ") + to});
  CHECK(store.run("MGET", "a", to) == bulks({"value", "value"}));
  CHECK(store.run("PTTL", to) == integer(500));
  store.run("APPEND", to, "!");
  CHECK(store.run("GET", "a") == bulk("value"));
}

TEST_CASE("COPY replaces only if told to", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "a", 1);
  store.run("SET", "b", 2, "EX", 10);
  CHECK(store.run("COPY", "a", "b") == integer(0));
  CHECK(store.run("GET", "b") == bulk("2"));
  CHECK(store.run("COPY", "a", "b", "replace") == integer(1));
  CHECK(store.run("GET", "b") == bulk("1"));
  CHECK(store.run("TTL", "b") == integer(-1));
}

TEST_CASE("COPY reaches other databases", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "a", 1);
  CHECK(store.run("COPY", "a", "a", "DB", 3) == integer(1));
  CHECK(store.run("COPY", "a", "a", "DB", 3) == integer(0));
  CHECK(store.events_of("COPY", "a", "a", "DB", 3, "REPLACE") == strings{"new a@3", "copy_to a@3"});
  store.client().database = 3;
  CHECK(store.run("GET", "a") == bulk("1"));
  CHECK(store.run("COPY", "a", "b", "DB", 0) == integer(1));
  store.client().database = 0;
  CHECK(store.run("MGET", "a", "b") == bulks({"1", "1"}));
}

TEST_CASE("COPY refuses itself, wrong databases and unknown options", "[generic]") {
  test_store store;
  store.run("SET", "a", 1);
  CHECK(store.run("COPY", "a", "a") == error(errors::same_object));
  CHECK(store.run("COPY", "a", "a", "DB", 0) == error(errors::same_object));
  CHECK(store.run("COPY", "a", "b", "DB", 16) == error(errors::invalid_db_index));
  CHECK(store.run("COPY", "a", "b", "DB", -1) == error(errors::invalid_db_index));
  CHECK(store.run("COPY", "a", "b", "DB", "x") == error(errors::not_an_integer));
  CHECK(store.run("COPY", "a", "b", "DB", "99999999999")
        == error("ERR value is out of range, value must between -2147483648 and 2147483647"));
  CHECK(store.run("COPY", "a", "b", "DB") == error(errors::syntax));
  CHECK(store.run("COPY", "a", "b", "FOO") == error(errors::syntax));
}

TEST_CASE("MOVE takes a key to another database", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("MOVE", "a", 1) == integer(0));
  store.run("SET", "a", "v", "PX", 100);
  store.forget();
  CHECK(store.run("MOVE", "a", 1) == integer(1));
  CHECK(store.events() == strings{"new a@1", "move_from a", "move_to a@1"});
  CHECK(store.replays() == strings{"MOVE a 1"});
  CHECK(store.run("EXISTS", "a") == integer(0));
  store.run("SET", "a", "w");
  CHECK(store.run("MOVE", "a", 1) == integer(0));
  store.client().database = 1;
  CHECK(store.run("GET", "a") == bulk("v"));
  CHECK(store.run("PTTL", "a") == integer(100));
}

TEST_CASE("MOVE over a key that has expired succeeds", "[generic]") {
  test_store store;
  store.client().database = 1;
  store.run("SET", "a", "old", "PX", 1);
  store.client().database = 0;
  store.run("SET", "a", "new");
  store.advance(1ms);
  CHECK(store.run("MOVE", "a", 1) == integer(1));
}

TEST_CASE("MOVE refuses its own and wrong databases", "[generic]") {
  test_store store;
  store.run("SET", "a", 1);
  CHECK(store.run("MOVE", "a", 0) == error(errors::same_object));
  CHECK(store.run("MOVE", "a", 16) == error(errors::invalid_db_index));
  CHECK(store.run("MOVE", "a", "x") == error(errors::not_an_integer));
  CHECK(store.run("MOVE", "a") == error(errors::wrong_arity("move")));
}

} // namespace thespis::tests
