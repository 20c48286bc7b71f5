#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

/// a 1, b 2, c 2, d 3, e inf: packed or not.
void add_board(test_store& store, bool packed) {
  store.access().zset_packed.entries = packed ? 128u : 0u;
  store.run("ZADD", "z", 1, "a", 2, "b", 2, "c", 3, "d", "inf", "e");
}

} // namespace

TEST_CASE("ZRANGE takes places from either end", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  add_board(store, GENERATE(false, true));
  CHECK(store.run("ZRANGE", "z", 0, -1) == bulks({"a", "b", "c", "d", "e"}));
  CHECK(store.run("ZRANGE", "z", 1, 2) == bulks({"b", "c"}));
  CHECK(store.run("ZRANGE", "z", -2, 100) == bulks({"d", "e"}));
  CHECK(store.run("ZRANGE", "z", -100, 0, "REV") == bulks({"e"}));
  CHECK(store.run("ZRANGE", "z", 1, 2, "rev") == bulks({"d", "c"}));
  CHECK(store.run("ZREVRANGE", "z", 3, 9) == bulks({"b", "a"}));
  CHECK(store.run("ZRANGE", "z", 3, 2) == array({}));
  CHECK(store.run("ZRANGE", "z", 5, 9) == array({}));
  CHECK(store.run("ZRANGE", "none", 0, -1) == array({}));
  CHECK(store.run("ZRANGE", "z", "-9223372036854775808", "9223372036854775807").items.size() == 5);
}

TEST_CASE("ZRANGE takes scores with and without their bounds", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  add_board(store, GENERATE(false, true));
  CHECK(store.run("ZRANGE", "z", 2, 3, "BYSCORE") == bulks({"b", "c", "d"}));
  CHECK(store.run("ZRANGE", "z", "(2", "+inf", "BYSCORE") == bulks({"d", "e"}));
  CHECK(store.run("ZRANGE", "z", "-inf", "(3", "BYSCORE") == bulks({"a", "b", "c"}));
  CHECK(store.run("ZRANGE", "z", "(3", 1, "BYSCORE", "REV") == bulks({"c", "b", "a"}));
  CHECK(store.run("ZRANGEBYSCORE", "z", 1, "(inf", "LIMIT", 1, 2) == bulks({"b", "c"}));
  CHECK(store.run("ZREVRANGEBYSCORE", "z", "inf", 1, "LIMIT", 1, 2) == bulks({"d", "c"}));
  CHECK(store.run("ZRANGEBYSCORE", "z", 1, 3, "LIMIT", 2, -1) == bulks({"c", "d"}));
  CHECK(store.run("ZRANGEBYSCORE", "z", 1, 3, "LIMIT", -1, 2) == array({}));
  CHECK(store.run("ZRANGEBYSCORE", "z", 1, 3, "LIMIT", 4, 2) == array({}));
  CHECK(store.run("ZRANGEBYSCORE", "z", 1, 3, "LIMIT", 0, 0) == array({}));
  CHECK(store.run("ZRANGEBYSCORE", "z", 3, 1) == array({}));
  CHECK(store.run("ZRANGEBYSCORE", "z", "(2", 2) == array({}));
  // strtod's rules.
  CHECK(store.run("ZRANGEBYSCORE", "z", "", " 1") == bulks({"a"}));
  CHECK(store.run("ZRANGEBYSCORE", "z", "0x2", "1e999") == bulks({"b", "c", "d", "e"}));
  CHECK(store.run("ZCOUNT", "z", 2, 3) == integer(3));
  CHECK(store.run("ZCOUNT", "z", "(3", "(inf") == integer(0));
  CHECK(store.run("ZCOUNT", "none", 0, 1) == integer(0));
}

TEST_CASE("ZRANGE takes members between two others", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  store.access().zset_packed.entries = GENERATE(0u, 128u);
  store.run("ZADD", "l", 0, "a", 0, "b", 0, "bb", 0, "c", 0, "");
  CHECK(store.run("ZRANGE", "l", "-", "+", "BYLEX") == bulks({"", "a", "b", "bb", "c"}));
  CHECK(store.run("ZRANGE", "l", "[b", "(c", "BYLEX") == bulks({"b", "bb"}));
  CHECK(store.run("ZRANGE", "l", "+", "(a", "BYLEX", "REV", "LIMIT", 0, 2) == bulks({"c", "bb"}));
  CHECK(store.run("ZRANGEBYLEX", "l", "-", "[a") == bulks({"", "a"}));
  CHECK(store.run("ZREVRANGEBYLEX", "l", "[b", "-") == bulks({"b", "a", ""}));
  CHECK(store.run("ZRANGEBYLEX", "l", "+", "-") == array({}));
  CHECK(store.run("ZLEXCOUNT", "l", "(", "(bb") == integer(2));
  CHECK(store.run("ZLEXCOUNT", "l", "-", "+") == integer(5));
  CHECK(store.run("ZREMRANGEBYLEX", "l", "[a", "[bb") == integer(3));
  CHECK(store.run("ZRANGE", "l", 0, -1) == bulks({"", "c"}));
}

TEST_CASE("ZRANGE WITHSCORES is flat in RESP2 and has pairs in RESP3", "[zset]") {
  test_store store{1, GENERATE(2, 3)};
  add_board(store, true);
  const bool old = store.client().protocol == 2;
  CHECK(store.wire("ZRANGE", "z", 0, 1, "WITHSCORES")
        == (old ? "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n"
                : "*2\r\n*2\r\n$1\r\na\r\n,1\r\n*2\r\n$1\r\nb\r\n,2\r\n"));
  CHECK(store.wire("ZREVRANGEBYSCORE", "z", "inf", "inf", "withscores")
        == (old ? "*2\r\n$1\r\ne\r\n$3\r\ninf\r\n" : "*1\r\n*2\r\n$1\r\ne\r\n,inf\r\n"));
}

TEST_CASE("ZRANGE and its kin refuse what makes no sense", "[zset]") {
  test_store store;
  add_board(store, true);
  CHECK(store.run("ZRANGE", "z", "x", 1) == error(errors::not_an_integer));
  CHECK(store.run("ZRANGE", "z", 0, 1, "LIMIT", 0, 1) == error(errors::limit_without_by));
  CHECK(store.run("ZRANGE", "z", 0, 1, "LIMIT", 0, -1) == bulks({"a", "b"}));
  CHECK(store.run("ZRANGE", "z", 0, 1, "BYSCORE", "LIMIT", 0) == error(errors::syntax));
  CHECK(store.run("ZRANGE", "z", 0, 1, "BYSCORE", "LIMIT", 0, "x")
        == error(errors::not_an_integer));
  CHECK(store.run("ZRANGE", "z", "-", "+", "BYLEX", "WITHSCORES")
        == error(errors::scores_with_by_lex));
  CHECK(store.run("ZRANGE", "z", 0, 1, "BYSCORE", "BYLEX") == error(errors::syntax));
  CHECK(store.run("ZRANGE", "z", "a", "b", "BYLEX") == error(errors::lex_range_invalid));
  CHECK(store.run("ZRANGE", "z", "(", "b1", "BYSCORE") == error(errors::score_range_not_floats));
  CHECK(store.run("ZRANGEBYSCORE", "z", "nan", 1) == error(errors::score_range_not_floats));
  CHECK(store.run("ZREVRANGE", "z", 0, 1, "REV") == error(errors::syntax));
  CHECK(store.run("ZRANGE", "z", 0, 1, "REV", "REV") == error(errors::syntax));
  CHECK(store.run("ZRANGEBYSCORE", "z", 0, 1, "BYSCORE") == error(errors::syntax));
  CHECK(store.run("ZRANGEBYLEX", "z", "-", "+", "WITHSCORES") == error(errors::scores_with_by_lex));
  CHECK(store.run("ZCOUNT", "z", 1, "x") == error(errors::score_range_not_floats));
  CHECK(store.run("ZLEXCOUNT", "z", "a", "+") == error(errors::lex_range_invalid));
  CHECK(store.run("ZREMRANGEBYRANK", "z", 0, "x") == error(errors::not_an_integer));
  store.run("SET", "s", "v");
  for (const char* name : {"ZRANGE", "ZREVRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZCOUNT",
                           "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE"})
    CHECK(store.run(name, "s", 0, 1) == error(errors::wrong_type));
  for (const char* name : {"ZRANGEBYLEX", "ZREVRANGEBYLEX", "ZLEXCOUNT", "ZREMRANGEBYLEX"})
    CHECK(store.run(name, "s", "-", "+") == error(errors::wrong_type));
  CHECK(store.run("ZRANGESTORE", "d", "s", 0, 1) == error(errors::wrong_type));
}

TEST_CASE("ZREMRANGEBY… removes and tells", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  add_board(store, GENERATE(false, true));
  CHECK(store.events_of("ZREMRANGEBYRANK", "z", 7, 9).empty());
  CHECK(store.run("ZREMRANGEBYRANK", "z", -1, -1) == integer(1));
  CHECK(store.events_of("ZREMRANGEBYSCORE", "z", 2, 2) == strings{"zremrangebyscore z"});
  CHECK(store.run("ZRANGE", "z", 0, -1) == bulks({"a", "d"}));
  CHECK(store.events_of("ZREMRANGEBYRANK", "z", 0, -1) == strings{"zremrangebyrank z", "del z"});
  CHECK(store.run("ZREMRANGEBYSCORE", "z", 0, 1) == integer(0));
}

TEST_CASE("ZRANGESTORE stores what ZRANGE replies", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  add_board(store, GENERATE(false, true));
  CHECK(store.run("ZRANGESTORE", "d", "z", 2, 3, "BYSCORE", "LIMIT", 1, 5) == integer(2));
  CHECK(store.run("ZRANGE", "d", 0, -1, "WITHSCORES") == bulks({"c", "2", "d", "3"}));
  CHECK(store.events_of("ZRANGESTORE", "n", "z", 0, 1, "REV") == strings{"new n", "zrangestore n"});
  CHECK(store.run("ZRANGE", "n", 0, -1) == bulks({"d", "e"}));
  store.run("SET", "s", "v");
  store.run("EXPIRE", "s", 100);
  CHECK(store.events_of("ZRANGESTORE", "s", "z", 0, 0) == strings{"zrangestore s"});
  CHECK(store.run("TTL", "s") == integer(-1));
  CHECK(store.events_of("ZRANGESTORE", "s", "none", 0, 0) == strings{"del s"});
  CHECK(store.run("ZRANGESTORE", "s", "z", 9, 9) == integer(0));
  CHECK(store.run("ZRANGESTORE", "z", "z", 0, 1) == integer(2));
  CHECK(store.run("ZRANGE", "z", 0, -1) == bulks({"a", "b"}));
  CHECK(store.run("ZRANGESTORE", "d", "z", 0, 1, "WITHSCORES") == error(errors::syntax));
}

} // namespace thespis::tests
