/// How many changes a request counts for (INFO's rdb_changes_since_last_save, save points): keys
/// and elements, not events. The figures are redis-server's.

#include "tests/unit/commands/test_store.hpp"

using namespace thespis::tests;

namespace {

template <class... Words>
std::uint64_t changes_of(test_store& store, const Words&... words) {
  const auto before = store.statistics().changes();
  store.run(words...);
  return store.statistics().changes() - before;
}

} // namespace

TEST_CASE("a request counts the keys that it changed, not the events", "[changes]") {
  const auto shards = GENERATE(1, 3);
  test_store store{static_cast<std::size_t>(shards)};
  CHECK(changes_of(store, "SET", "new", 1) == 1);
  CHECK(changes_of(store, "SET", "a", "v", "EX", 100) == 1);
  CHECK(changes_of(store, "SETEX", "a", 100, "v") == 1);
  CHECK(changes_of(store, "GET", "a") == 0);
  CHECK(changes_of(store, "MSET", "m1", 1, "m2", 2, "m3", 3, "m4", 4, "a", 5) == 5);
  CHECK(changes_of(store, "RENAME", "a", "b") == 1);
  CHECK(changes_of(store, "COPY", "b", "c") == 1);
  CHECK(changes_of(store, "MOVE", "c", 1) == 1);
  CHECK(changes_of(store, "INCR", "n") == 1);
  CHECK(changes_of(store, "APPEND", "n", "0") == 1);
  CHECK(changes_of(store, "EXPIRE", "n", 100) == 1);
  CHECK(changes_of(store, "PERSIST", "n") == 1);
  CHECK(changes_of(store, "DEL", "n", "m1", "none") == 2);
  CHECK(changes_of(store, "SWAPDB", 0, 1) == 1);
  CHECK(changes_of(store, "FLUSHDB") == 1);
  CHECK(changes_of(store, "FLUSHALL") == 5);
  CHECK(changes_of(store, "FLUSHALL") == 0);
}
