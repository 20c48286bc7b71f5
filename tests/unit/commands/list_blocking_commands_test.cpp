/// The commands that wait, where they may not: then they answer as if their time were over. How
/// they wait is seen in tests/actor and tests/end_to_end.

#include "tests/unit/commands/test_store.hpp"

using namespace thespis::tests;

TEST_CASE("BLPOP and its like take what is there, and replay as what cannot wait", "[list]") {
  for (std::size_t shards : {1u, 3u}) {
    test_store store{shards};
    store.run("RPUSH", "l", "a", "b", "c", "d", "e");
    CHECK(store.replays_of("BLPOP", "none", "l", 0) == std::vector<std::string>{"LPOP l"});
    CHECK(store.events_of("BRPOP", "l", 0) == std::vector<std::string>{"rpop l"});
    CHECK(store.run("BLMOVE", "l", "to", "RIGHT", "LEFT", 0) == bulk("d"));
    CHECK(store.run("BRPOPLPUSH", "l", "to", 0) == bulk("c"));
    CHECK(store.replays_of("BLMPOP", 0, 2, "none", "to", "LEFT", "COUNT", 5)
          == std::vector<std::string>{"LPOP to 2"});
    store.run("ZADD", "z", 1, "a", 2, "b", 3, "c");
    CHECK(store.replays_of("BZPOPMIN", "none", "z", 0) == std::vector<std::string>{"ZPOPMIN z"});
    CHECK(store.events_of("BZPOPMAX", "z", 0) == std::vector<std::string>{"zpopmax z"});
    CHECK(store.replays_of("BZMPOP", 0, 1, "z", "MAX") == std::vector<std::string>{"ZPOPMAX z 1"});
  }
}

TEST_CASE("where they may not wait they reply null", "[list]") {
  test_store store;
  CHECK(store.wire("BLPOP", "none", 0) == "*-1\r\n");
  CHECK(store.wire("BRPOP", "none", 0) == "*-1\r\n");
  CHECK(store.wire("BLMOVE", "none", "to", "LEFT", "LEFT", 0) == "$-1\r\n");
  CHECK(store.wire("BRPOPLPUSH", "none", "to", 0) == "$-1\r\n");
  CHECK(store.wire("BLMPOP", 0, 1, "none", "LEFT") == "*-1\r\n");
  CHECK(store.wire("BZPOPMIN", "none", 0) == "*-1\r\n");
  CHECK(store.wire("BZMPOP", 0, 1, "none", "MIN") == "*-1\r\n");
}

TEST_CASE("the timeout of commands that wait", "[list]") {
  test_store store;
  const auto refused = [&](std::string_view timeout) {
    return store.run("BLPOP", "k", timeout).text;
  };
  CHECK(refused("x") == "ERR timeout is not a float or out of range");
  CHECK(refused("") == "ERR timeout is not a float or out of range");
  CHECK(refused("-1") == "ERR timeout is negative");
  CHECK(refused("1e300") == "ERR timeout is out of range");
  // No overflow when the time of day is added.
  CHECK(refused("9223372036854775") == "ERR timeout is out of range");
  CHECK(store.run("BLPOP", "k", "9000000000000000") == null());
  CHECK(store.run("BLPOP", "k", "-0") == null());
}
