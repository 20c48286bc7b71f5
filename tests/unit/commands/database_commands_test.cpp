#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;

TEST_CASE("DBSIZE counts the keys of the client's database", "[server]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("DBSIZE") == integer(0));
  store.run("MSET", "a", 1, "b", 2, "c", 3);
  CHECK(store.run("DBSIZE") == integer(3));
  store.client().database = 1;
  CHECK(store.run("DBSIZE") == integer(0));
}

TEST_CASE("FLUSHDB empties one database", "[server]") {
  test_store store{GENERATE(1u, 3u)};
  const auto* const mode = GENERATE("", "SYNC", "async");
  store.run("MSET", "a", 1, "b", 2, "c", 3);
  store.run("EXPIRE", "a", 10);
  store.client().database = 1;
  store.run("SET", "a", "other");
  store.client().database = 0;
  std::vector<std::string> request{"FLUSHDB"};
  if (*mode != '\0')
    request.emplace_back(mode);
  CHECK(store.run_words(request) == ok());
  CHECK(store.run("DBSIZE") == integer(0));
  store.run("SET", "a", "again");
  CHECK(store.run("TTL", "a") == integer(-1));
  store.client().database = 1;
  CHECK(store.run("GET", "a") == bulk("other"));
}

TEST_CASE("FLUSHALL empties all databases", "[server]") {
  test_store store{GENERATE(1u, 3u)};
  for (const int database : {0, 5, 15}) {
    store.client().database = database;
    store.run("MSET", "a", 1, "b", 2, "c", 3);
  }
  CHECK(store.run("FLUSHALL") == ok());
  for (const int database : {0, 5, 15}) {
    store.client().database = database;
    CHECK(store.run("DBSIZE") == integer(0));
  }
}

TEST_CASE("Flushing is replayed even if there was nothing, and is no event of a key", "[server]") {
  test_store store;
  CHECK(store.replays_of("FLUSHALL") == std::vector<std::string>{"FLUSHALL"});
  CHECK(store.effects().front().cls == keyspace::event_class::flush);
  store.client().database = 2;
  CHECK(store.replays_of("FLUSHDB") == std::vector<std::string>{"@2 FLUSHDB"});
}

TEST_CASE("FLUSHDB and FLUSHALL refuse other words", "[server]") {
  test_store store{GENERATE(1u, 3u)};
  const auto* const command = GENERATE("FLUSHDB", "FLUSHALL");
  store.run("SET", "a", 1);
  CHECK(store.run(command, "NOW") == error(errors::syntax));
  CHECK(store.run(command, "SYNC", "ASYNC") == error(errors::syntax));
  CHECK(store.run("DBSIZE") == integer(1));
}

TEST_CASE("SWAPDB exchanges two databases for everybody", "[server]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("MSET", "a", 1, "b", 2, "c", 3);
  store.run("PEXPIRE", "a", 10);
  CHECK(store.run("SWAPDB", 0, 1) == ok());
  CHECK(store.run("DBSIZE") == integer(0));
  store.client().database = 1;
  CHECK(store.run("MGET", "a", "b", "c") == bulks({"1", "2", "3"}));
  CHECK(store.run("PTTL", "a") == integer(10));
  CHECK(store.run("SWAPDB", 1, 1) == ok());
  CHECK(store.run("DBSIZE") == integer(3));
}

TEST_CASE("SWAPDB refuses what is no database", "[server]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("SWAPDB", "x", 1) == error(errors::invalid_first_db));
  CHECK(store.run("SWAPDB", "99999999999", 1) == error(errors::invalid_first_db));
  CHECK(store.run("SWAPDB", 1, "x") == error(errors::invalid_second_db));
  CHECK(store.run("SWAPDB", 0, 16) == error(errors::invalid_db_index));
  CHECK(store.run("SWAPDB", -1, 0) == error(errors::invalid_db_index));
  CHECK(store.run("SWAPDB", 1) == error(errors::wrong_arity("swapdb")));
}

} // namespace thespis::tests
