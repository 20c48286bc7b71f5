#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using keyspace::value_type;
using strings = std::vector<std::string>;

TEST_CASE("ZADD adds members in the order of their scores", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("ZADD", "z", 2, "b", 1, "a", 2, "c") == integer(3));
  CHECK(store.run("ZADD", "z", 3, "a", 1, "d") == integer(1));
  CHECK(store.run("ZRANGE", "z", 0, -1) == bulks({"d", "b", "c", "a"}));
  CHECK(store.run("ZADD", "z", "CH", 4, "a", 1, "d", 1, "e") == integer(2));
  CHECK(store.run("ZCARD", "z") == integer(5));
  CHECK(store.run("TYPE", "z") == simple("zset"));
}

TEST_CASE("ZADD heeds NX, XX, GT and LT", "[zset]") {
  test_store store;
  store.run("ZADD", "z", 5, "m");
  CHECK(store.run("ZADD", "z", "nx", 9, "m", 1, "n") == integer(1));
  CHECK(store.run("ZADD", "z", "XX", "CH", 6, "m", 1, "o") == integer(1));
  CHECK(store.run("ZSCORE", "z", "o") == null());
  CHECK(store.run("ZADD", "z", "GT", "CH", 5, "m") == integer(0));
  CHECK(store.run("ZADD", "z", "GT", "CH", 7, "m", 1, "p") == integer(2));
  CHECK(store.run("ZADD", "z", "LT", "CH", 8, "m") == integer(0));
  CHECK(store.run("ZADD", "z", "LT", "XX", "CH", 6, "m", 1, "q") == integer(1));
  CHECK(store.run("ZMSCORE", "z", "m", "n", "p", "q")
        == array({bulk("6"), bulk("1"), bulk("1"), null()}));
  CHECK(store.run("ZADD", "none", "XX", 1, "m") == integer(0));
  CHECK(store.run("ZADD", "none", "XX", "INCR", 1, "m") == null());
  CHECK(store.run("EXISTS", "none") == integer(0));
}

TEST_CASE("ZADD INCR replies with the score or null", "[zset]") {
  test_store store{1, GENERATE(2, 3)};
  CHECK(store.wire("ZADD", "z", "INCR", "1.5", "m")
        == (store.client().protocol == 2 ? "$3\r\n1.5\r\n" : ",1.5\r\n"));
  store.run("ZADD", "z", "INCR", "1", "m");
  CHECK(store.run("ZADD", "z", "INCR", "NX", 1, "m") == null());
  CHECK(store.run("ZADD", "z", "INCR", "GT", -1, "m") == null());
  CHECK(store.wire("ZINCRBY", "z", "-3", "m")
        == (store.client().protocol == 2 ? "$4\r\n-0.5\r\n" : ",-0.5\r\n"));
  store.run("ZADD", "z", "inf", "m");
  CHECK(store.run("ZINCRBY", "z", "-inf", "m") == error(errors::score_not_a_number));
  CHECK(store.wire("ZSCORE", "z", "m")
        == (store.client().protocol == 2 ? "$3\r\ninf\r\n" : ",inf\r\n"));
}

TEST_CASE("ZADD refuses what makes no sense", "[zset]") {
  test_store store;
  CHECK(store.run("ZADD", "z", 1) == error(errors::wrong_arity("zadd")));
  CHECK(store.run("ZADD", "z", "NX", "CH") == error(errors::syntax));
  CHECK(store.run("ZADD", "z", 1, "m", 2) == error(errors::syntax));
  CHECK(store.run("ZADD", "z", "NX", "XX", 1, "m") == error(errors::zadd_xx_and_nx));
  CHECK(store.run("ZADD", "z", "GT", "NX", 1, "m") == error(errors::zadd_gt_lt_nx));
  CHECK(store.run("ZADD", "z", "GT", "LT", 1, "m") == error(errors::zadd_gt_lt_nx));
  CHECK(store.run("ZADD", "z", "INCR", 1, "m", 2, "n") == error(errors::zadd_incr_single));
  CHECK(store.run("ZADD", "z", 1, "m", "x", "n") == error(errors::not_a_float));
  CHECK(store.run("ZADD", "z", "nan", "m") == error(errors::not_a_float));
  CHECK(store.run("ZINCRBY", "z", "x", "m") == error(errors::not_a_float));
  CHECK(store.run("ZINCRBY", "z", "XX", "m") == error(errors::syntax));
  CHECK(store.run("EXISTS", "z") == integer(0));
  store.run("SET", "s", "v");
  for (const auto& words : std::vector<strings>{{"ZADD", "s", "1", "m"},
                                                {"ZINCRBY", "s", "1", "m"},
                                                {"ZREM", "s", "m"},
                                                {"ZCARD", "s"},
                                                {"ZSCORE", "s", "m"},
                                                {"ZMSCORE", "s", "m"},
                                                {"ZRANK", "s", "m"},
                                                {"ZREVRANK", "s", "m"}})
    CHECK(store.run_words(words) == error(errors::wrong_type));
}

TEST_CASE("ZADD and ZREM tell what they did", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.events_of("ZADD", "z", 1, "a", 2, "b") == strings{"new z", "zadd z"});
  CHECK(store.events_of("ZADD", "z", 1, "a").empty());
  CHECK(store.replays().empty());
  CHECK(store.events_of("ZADD", "z", "INCR", 1, "a") == strings{"zincr z"});
  CHECK(store.events_of("ZINCRBY", "z", 1, "a") == strings{"zincr z"});
  CHECK(store.replays() == strings{"ZINCRBY z 1 a"});
  CHECK(store.events_of("ZREM", "z", "none").empty());
  CHECK(store.events_of("ZREM", "z", "a", "a") == strings{"zrem z"});
  CHECK(store.events_of("ZREM", "z", "b", "c") == strings{"zrem z", "del z"});
  CHECK(store.run("EXISTS", "z") == integer(0));
}

TEST_CASE("a sorted set is packed up to the limits of its settings", "[zset]") {
  test_store store;
  store.access().zset_packed.entries = 2;
  store.run("ZADD", "z", 1, "a", 2, "b");
  CHECK(store.run("OBJECT", "ENCODING", "z") == bulk("listpack"));
  store.run("ZADD", "z", 3, "c");
  CHECK(store.run("OBJECT", "ENCODING", "z") == bulk("skiplist"));
  store.run("ZREM", "z", "a", "b");
  CHECK(store.run("OBJECT", "ENCODING", "z") == bulk("skiplist"));
  store.run("ZADD", "long", 1, std::string(65, 'm'));
  CHECK(store.run("OBJECT", "ENCODING", "long") == bulk("skiplist"));
  store.run("ZADD", "minus", "-0", "m");
  store.run("ZADD", "long", "-0", "m");
  CHECK(store.run("ZSCORE", "minus", "m") == bulk("0"));
  CHECK(store.run("ZSCORE", "long", "m") == bulk("-0"));
}

TEST_CASE("ZSCORE and ZMSCORE reply with doubles and nulls", "[zset]") {
  test_store store{1, 3};
  store.run("ZADD", "z", "0.1", "m", "1e300", "n", "-inf", "o");
  CHECK(store.wire("ZSCORE", "z", "m") == ",0.1\r\n");
  CHECK(store.wire("ZSCORE", "z", "x") == "_\r\n");
  CHECK(store.wire("ZSCORE", "none", "x") == "_\r\n");
  CHECK(store.wire("ZMSCORE", "z", "n", "x", "o") == "*3\r\n,1e+300\r\n_\r\n,-inf\r\n");
  CHECK(store.wire("ZMSCORE", "none", "n") == "*1\r\n_\r\n");
}

TEST_CASE("ZRANK counts places from either end", "[zset]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.access().zset_packed.entries = GENERATE(0u, 128u);
  store.run("ZADD", "z", 1, "a", 2, "b", 3, "c");
  CHECK(store.run("ZRANK", "z", "a") == integer(0));
  CHECK(store.run("ZREVRANK", "z", "a") == integer(2));
  const bool old = store.client().protocol == 2;
  CHECK(store.wire("ZRANK", "z", "c", "withscore")
        == (old ? "*2\r\n:2\r\n$1\r\n3\r\n" : "*2\r\n:2\r\n,3\r\n"));
  CHECK(store.wire("ZRANK", "z", "x") == (old ? "$-1\r\n" : "_\r\n"));
  CHECK(store.wire("ZRANK", "z", "x", "WITHSCORE") == (old ? "*-1\r\n" : "_\r\n"));
  CHECK(store.wire("ZREVRANK", "none", "x", "WITHSCORE") == (old ? "*-1\r\n" : "_\r\n"));
  CHECK(store.run("ZRANK", "z", "a", "WITHSCORES") == error(errors::syntax));
  CHECK(store.run("ZRANK", "z", "a", "WITHSCORE", "x") == error(errors::wrong_arity("zrank")));
}

// -- taking from the ends ------------------------------------------------------------------------

TEST_CASE("ZPOPMIN and ZPOPMAX take from the ends", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  store.access().zset_packed.entries = GENERATE(0u, 128u);
  store.run("ZADD", "z", 1, "a", 2, "b", 3, "c", 4, "d", 5, "e");
  CHECK(store.run("ZPOPMIN", "z") == bulks({"a", "1"}));
  CHECK(store.run("ZPOPMAX", "z", 2) == bulks({"e", "5", "d", "4"}));
  CHECK(store.run("ZPOPMAX", "z", 0) == array({}));
  CHECK(store.events_of("ZPOPMIN", "z", 1) == strings{"zpopmin z"});
  CHECK(store.events_of("ZPOPMAX", "z", 9) == strings{"zpopmax z", "del z"});
  CHECK(store.run("ZPOPMIN", "z") == array({}));
  CHECK(store.run("ZPOPMIN", "z", -1) == error(errors::not_positive));
  CHECK(store.run("ZPOPMIN", "z", "x") == error(errors::not_positive));
  CHECK(store.run("ZPOPMIN", "z", 1, 2) == error(errors::syntax));
  store.run("SET", "s", "v");
  CHECK(store.run("ZPOPMIN", "s") == error(errors::wrong_type));
}

TEST_CASE("ZPOPMIN replies with pairs in RESP3 if it was given a count", "[zset]") {
  test_store store{1, 3};
  store.run("ZADD", "z", 1, "a", 2, "b");
  CHECK(store.wire("ZPOPMIN", "z") == "*2\r\n$1\r\na\r\n,1\r\n");
  CHECK(store.wire("ZPOPMIN", "z", 1) == "*1\r\n*2\r\n$1\r\nb\r\n,2\r\n");
}

TEST_CASE("ZMPOP takes from the first sorted set that there is", "[zset]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("ZADD", "y", 1, "a", 2, "b", 3, "c");
  store.run("ZADD", "z", 1, "x");
  const bool old = store.client().protocol == 2;
  CHECK(store.wire("ZMPOP", 3, "none", "y", "z", "MAX")
        == (old ? "*2\r\n$1\r\ny\r\n*1\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n"
                : "*2\r\n$1\r\ny\r\n*1\r\n*2\r\n$1\r\nc\r\n,3\r\n"));
  CHECK(store.events_of("ZMPOP", 2, "y", "z", "min", "COUNT", 10) == strings{"zpopmin y", "del y"});
  CHECK(store.replays() == strings{"ZPOPMIN y 2"});
  CHECK(store.wire("ZMPOP", 1, "y", "MIN") == (old ? "*-1\r\n" : "_\r\n"));
  store.run("SET", "s", "v");
  CHECK(store.run("ZMPOP", 2, "s", "z", "MIN") == error(errors::wrong_type));
  CHECK(store.run("ZMPOP", 0, "z", "MIN") == error(errors::key_count_not_positive));
  CHECK(store.run("ZMPOP", "x", "z", "MIN") == error(errors::key_count_not_positive));
  CHECK(store.run("ZMPOP", 2, "z", "MIN") == error(errors::syntax));
  CHECK(store.run("ZMPOP", 1, "z", "MID") == error(errors::syntax));
  CHECK(store.run("ZMPOP", 1, "z", "MIN", "COUNT") == error(errors::syntax));
  CHECK(store.run("ZMPOP", 1, "z", "MIN", "COUNT", 0) == error(errors::count_not_positive));
  CHECK(store.run("ZMPOP", 1, "z", "MIN", "COUNT", 1, "COUNT", 1) == error(errors::syntax));
}

// -- without order -------------------------------------------------------------------------------

TEST_CASE("ZRANDMEMBER picks members", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  store.access().zset_packed.entries = GENERATE(0u, 128u);
  CHECK(store.run("ZRANDMEMBER", "z") == null());
  CHECK(store.run("ZRANDMEMBER", "z", 3) == array({}));
  for (int i = 0; i < 20; ++i)
    store.run("ZADD", "z", i, "m" + std::to_string(i));
  CHECK(store.run("ZSCORE", "z", store.run("ZRANDMEMBER", "z").text) != null());
  for (int count : {1, 3, 15, 20, 30}) {
    auto picked = sorted(store.run("ZRANDMEMBER", "z", count)).items;
    CHECK(picked.size() == static_cast<std::size_t>(std::min(count, 20)));
    // All different.
    for (std::size_t i = 1; i < picked.size(); ++i)
      CHECK(picked[i - 1].text != picked[i].text);
  }
  CHECK(store.run("ZRANDMEMBER", "z", -50).items.size() == 50);
  CHECK(store.run("ZRANDMEMBER", "z", -5, "WITHSCORES").items.size() == 10);
  CHECK(store.run("ZRANDMEMBER", "z", 0) == array({}));
}

TEST_CASE("ZRANDMEMBER gives every member its chance", "[zset]") {
  test_store store;
  store.access().zset_packed.entries = GENERATE(0u, 128u);
  for (int i = 0; i < 10; ++i)
    store.run("ZADD", "z", i, std::to_string(i));
  for (const int count : {1, 2, 6}) {
    std::vector<int> seen(10);
    for (int i = 0; i < 1000; ++i)
      for (const auto& member : store.run("ZRANDMEMBER", "z", count).items)
        ++seen[static_cast<std::size_t>(std::stoi(member.text))];
    for (const auto times : seen)
      CHECK(std::abs(times - 100 * count) < 100);
  }
}

TEST_CASE("ZRANDMEMBER refuses what makes no sense", "[zset]") {
  test_store store{1, 3};
  store.run("ZADD", "z", 1, "m");
  CHECK(store.wire("ZRANDMEMBER", "z", 5, "withscores") == "*1\r\n*2\r\n$1\r\nm\r\n,1\r\n");
  CHECK(store.run("ZRANDMEMBER", "z", "x") == error(errors::not_an_integer));
  CHECK(store.run("ZRANDMEMBER", "z", 1, "x") == error(errors::syntax));
  CHECK(store.run("ZRANDMEMBER", "z", 1, "WITHSCORES", "x") == error(errors::syntax));
  CHECK(store.run("ZRANDMEMBER", "z", "-9223372036854775808")
        == error(errors::out_of_bounds(-INT64_MAX, INT64_MAX)));
  CHECK(store.run("ZRANDMEMBER", "z", "-9223372036854775807", "WITHSCORES")
        == error(errors::out_of_range));
  store.run("SET", "s", "v");
  CHECK(store.run("ZRANDMEMBER", "s") == error(errors::wrong_type));
  CHECK(store.run("ZRANDMEMBER", "s", 1) == error(errors::wrong_type));
}

TEST_CASE("ZSCAN meets every member with its score", "[zset]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  const bool packed = GENERATE(false, true);
  store.access().zset_packed.entries = packed ? 1000u : 0u;
  for (int i = 0; i < 300; ++i)
    store.run("ZADD", "z", i, "m" + std::to_string(i));
  std::string cursor = "0";
  std::size_t seen = 0;
  do {
    const auto page = store.run("ZSCAN", "z", cursor, "COUNT", 20);
    cursor = page.items[0].text;
    const auto& pairs = page.items[1].items;
    for (std::size_t i = 0; i < pairs.size(); i += 2)
      CHECK("m" + pairs[i + 1].text == pairs[i].text);
    seen += pairs.size() / 2;
  } while (cursor != "0");
  CHECK(seen == 300);
  store.run("DEL", "z");
  store.run("ZADD", "z", "0.1", "a", 2, "b");
  CHECK(store.wire("ZSCAN", "z", 0, "match", "a")
        == (packed ? "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$3\r\n0.1\r\n"
                   : "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$19\r\n0.10000000000000001\r\n"));
  CHECK(sorted(store.run("ZSCAN", "z", 0, "NOSCORES").items[1]) == bulks({"a", "b"}));
}

TEST_CASE("ZSCAN judges its options only where there is something to scan", "[zset]") {
  test_store store;
  CHECK(store.run("ZSCAN", "none", 0, "foo") == array({bulk("0"), array({})}));
  CHECK(store.run("ZSCAN", "none", "x") == error(errors::invalid_cursor));
  store.run("ZADD", "z", 1, "m");
  CHECK(store.run("ZSCAN", "z", 0, "foo") == error(errors::syntax));
  CHECK(store.run("ZSCAN", "z", 0, "COUNT", 0) == error(errors::syntax));
  CHECK(store.run("ZSCAN", "z", 0, "COUNT", "x") == error(errors::not_an_integer));
  store.run("SET", "s", "v");
  CHECK(store.run("ZSCAN", "s", 0) == error(errors::wrong_type));
}

TEST_CASE("a sorted set is copied, renamed and expires as any value", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  store.access().zset_packed.entries = GENERATE(0u, 128u);
  store.run("ZADD", "z", 1, "a", 2, "b");
  CHECK(store.run("COPY", "z", "copy") == integer(1));
  store.run("ZREM", "z", "a");
  CHECK(store.run("ZRANGE", "copy", 0, -1) == bulks({"a", "b"}));
  store.run("RENAME", "copy", "other");
  store.run("PEXPIRE", "other", 10);
  store.run("ZADD", "other", 3, "c");
  CHECK(store.run("ZCARD", "other") == integer(3));
  store.advance(11ms);
  CHECK(store.run("ZCARD", "other") == integer(0));
}

} // namespace thespis::tests
