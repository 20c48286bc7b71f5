#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

TEST_CASE("LMOVE takes from one end and adds at another", "[list]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("RPUSH", "one", "a", "b", "c", "d");
  store.run("RPUSH", "two", "x");
  CHECK(store.run("LMOVE", "one", "two", "LEFT", "left") == bulk("a"));
  CHECK(store.run("LMOVE", "one", "two", "right", "LEFT") == bulk("d"));
  CHECK(store.run("LMOVE", "one", "two", "LEFT", "RIGHT") == bulk("b"));
  CHECK(store.list("two") == bulks({"d", "a", "x", "b"}));
  CHECK(store.run("LMOVE", "one", "two", "RIGHT", "RIGHT") == bulk("c"));
  CHECK(store.run("EXISTS", "one") == integer(0));
  CHECK(store.run("LMOVE", "one", "two", "RIGHT", "RIGHT") == null());
  CHECK(store.run("LMOVE", "two", "one", "RIGHT", "UP") == error(errors::syntax));
  CHECK(store.run("LMOVE", "none", "one", "UP", "LEFT") == error(errors::syntax));
}

TEST_CASE("LMOVE within one list turns it", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("RPUSH", "l", "a", "b", "c");
  CHECK(store.run("LMOVE", "l", "l", "LEFT", "RIGHT") == bulk("a"));
  CHECK(store.list("l") == bulks({"b", "c", "a"}));
  CHECK(store.run("RPOPLPUSH", "l", "l") == bulk("a"));
  CHECK(store.run("LMOVE", "l", "l", "LEFT", "LEFT") == bulk("a"));
  CHECK(store.run("LMOVE", "l", "l", "RIGHT", "RIGHT") == bulk("c"));
  CHECK(store.list("l") == bulks({"a", "b", "c"}));
  store.run("LTRIM", "l", 0, 0);
  CHECK(store.events_of("LMOVE", "l", "l", "LEFT", "RIGHT") == strings{"rpush l", "lpop l"});
  CHECK(store.list("l") == bulks({"a"}));
}

TEST_CASE("a list in a circle keeps elements of every length", "[list]") {
  test_store store;
  strings elements;
  for (std::size_t i = 0; i < 60; ++i) {
    elements.emplace_back(i * i % 1500, static_cast<char>('a' + i % 26));
    store.run("RPUSH", "l", elements.back());
  }
  for (std::size_t i = 0; i < 60; ++i)
    CHECK(store.run("RPOPLPUSH", "l", "l") == bulk(elements[59 - i]));
  CHECK(store.list("l") == bulks(elements));
}

TEST_CASE("LMOVE tells first what came and then what went", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("RPUSH", "one", "a", "b");
  CHECK(store.events_of("LMOVE", "one", "two", "LEFT", "RIGHT")
        == strings{"new two", "rpush two", "lpop one"});
  CHECK(store.events_of("RPOPLPUSH", "one", "two") == strings{"lpush two", "rpop one", "del one"});
  CHECK(store.events_of("RPOPLPUSH", "one", "two").empty());
}

TEST_CASE("LMOVE asks for the source before it looks at the destination", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "s", "v");
  CHECK(store.run("LMOVE", "none", "s", "LEFT", "LEFT") == null());
  store.run("RPUSH", "l", "a");
  CHECK(store.run("LMOVE", "l", "s", "LEFT", "LEFT") == error(errors::wrong_type));
  CHECK(store.list("l") == bulks({"a"}));
}

TEST_CASE("LMOVE sees neither expired sources nor expired destinations", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("RPUSH", "one", "a", "b");
  store.run("RPUSH", "two", "x");
  store.run("PEXPIRE", "two", 10);
  store.advance(20ms);
  CHECK(store.run("LMOVE", "one", "two", "LEFT", "LEFT") == bulk("a"));
  CHECK(store.list("two") == bulks({"a"}));
  store.run("PEXPIRE", "one", 10);
  store.run("PEXPIRE", "two", 10);
  store.advance(20ms);
  CHECK(store.run("LMOVE", "one", "two", "LEFT", "LEFT") == null());
  CHECK(store.run("EXISTS", "one", "two") == integer(0));
}

TEST_CASE("LMPOP takes from the first list that there is", "[list]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("LMPOP", 2, "one", "two", "LEFT") == null());
  store.run("RPUSH", "two", "a", "b", "c", "d");
  CHECK(store.run("LMPOP", 2, "one", "two", "LEFT") == array({bulk("two"), bulks({"a"})}));
  CHECK(store.run("LMPOP", 2, "one", "two", "right", "count", 2)
        == array({bulk("two"), bulks({"d", "c"})}));
  CHECK(store.events_of("LMPOP", 2, "one", "two", "LEFT", "COUNT", 10)
        == strings{"lpop two", "del two"});
  CHECK(store.replays() == strings{"LPOP two 1"});
  store.run("RPUSH", "two", "a");
  store.run("SET", "s", "v");
  CHECK(store.run("LMPOP", 2, "two", "s", "RIGHT") == array({bulk("two"), bulks({"a"})}));
  CHECK(store.run("LMPOP", 2, "two", "s", "RIGHT") == error(errors::wrong_type));
}

TEST_CASE("LMPOP of nothing is a null array in RESP2", "[list]") {
  test_store store{1, 2};
  CHECK(store.wire("LMPOP", 1, "l", "LEFT") == "*-1\r\n");
}

TEST_CASE("LMPOP refuses counts and words that it does not know", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("RPUSH", "l", "a");
  CHECK(store.run("LMPOP", 0, "l", "LEFT") == error(errors::key_count_not_positive));
  CHECK(store.run("LMPOP", -1, "l", "LEFT") == error(errors::key_count_not_positive));
  CHECK(store.run("LMPOP", "x", "l", "LEFT") == error(errors::key_count_not_positive));
  CHECK(store.run("LMPOP", 2, "l", "LEFT") == error(errors::syntax));
  CHECK(store.run("LMPOP", 1, "l", "UP") == error(errors::syntax));
  CHECK(store.run("LMPOP", 1, "l", "LEFT", "COUNT") == error(errors::syntax));
  CHECK(store.run("LMPOP", 1, "l", "LEFT", "LIMIT", 1) == error(errors::syntax));
  CHECK(store.run("LMPOP", 1, "l", "LEFT", "COUNT", 1, "COUNT", 1) == error(errors::syntax));
  CHECK(store.run("LMPOP", 1, "l", "LEFT", "COUNT", 0)
        == error("ERR count should be greater than 0"));
  CHECK(store.run("LMPOP", 1, "l", "LEFT", "COUNT", "x")
        == error("ERR count should be greater than 0"));
  CHECK(store.run("LLEN", "l") == integer(1));
}

} // namespace thespis::tests
