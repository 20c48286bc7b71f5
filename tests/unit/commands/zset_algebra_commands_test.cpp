#include "tests/unit/commands/test_store.hpp"

#include "base/number.hpp"
#include "base/random.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <map>
#include <random>

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

TEST_CASE("ZUNION adds up the scores of all inputs", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  store.access().zset_packed.entries = GENERATE(0u, 128u);
  store.run("ZADD", "x", 1, "a", 2, "b", 9, "c");
  store.run("ZADD", "y", 5, "b", 1, "d");
  CHECK(store.run("ZUNION", 2, "x", "y") == bulks({"a", "d", "b", "c"}));
  CHECK(store.run("ZUNION", 3, "x", "none", "y", "WITHSCORES")
        == bulks({"a", "1", "d", "1", "b", "7", "c", "9"}));
  CHECK(store.run("ZUNION", 2, "x", "y", "WEIGHTS", 2, "-1", "withscores")
        == bulks({"b", "-1", "d", "-1", "a", "2", "c", "18"}));
  CHECK(store.run("ZUNION", 2, "x", "y", "AGGREGATE", "MAX", "WITHSCORES")
        == bulks({"a", "1", "d", "1", "b", "5", "c", "9"}));
  CHECK(store.run("ZUNION", 2, "x", "y", "aggregate", "min", "WITHSCORES")
        == bulks({"a", "1", "d", "1", "b", "2", "c", "9"}));
  CHECK(store.run("ZUNION", 2, "x", "x", "WITHSCORES") == bulks({"a", "2", "b", "4", "c", "18"}));
  CHECK(store.run("ZUNION", 1, "none") == array({}));
}

TEST_CASE("ZINTER keeps what all inputs have", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  store.access().zset_packed.entries = GENERATE(0u, 128u);
  store.run("ZADD", "x", 1, "a", 2, "b", 9, "c");
  store.run("ZADD", "y", 5, "b", 1, "d", "-10", "c");
  CHECK(store.run("ZINTER", 2, "x", "y", "WITHSCORES") == bulks({"c", "-1", "b", "7"}));
  CHECK(store.run("ZINTER", 2, "x", "y", "WEIGHTS", 1, 0, "WITHSCORES")
        == bulks({"b", "2", "c", "9"}));
  CHECK(store.run("ZINTER", 2, "x", "none") == array({}));
  CHECK(store.run("ZINTERCARD", 2, "x", "y") == integer(2));
  CHECK(store.run("ZINTERCARD", 2, "x", "y", "LIMIT", 1) == integer(1));
  CHECK(store.run("ZINTERCARD", 2, "x", "y", "limit", 0) == integer(2));
  CHECK(store.run("ZINTERCARD", 2, "x", "none") == integer(0));
}

TEST_CASE("ZDIFF keeps what only the first input has", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  store.access().zset_packed.entries = GENERATE(0u, 128u);
  store.run("ZADD", "x", 1, "a", 2, "b", 9, "c");
  store.run("ZADD", "y", 5, "b");
  CHECK(store.run("ZDIFF", 2, "x", "y", "WITHSCORES") == bulks({"a", "1", "c", "9"}));
  CHECK(store.run("ZDIFF", 3, "x", "none", "x") == array({}));
  CHECK(store.run("ZDIFF", 2, "none", "x") == array({}));
  CHECK(store.run("ZDIFF", 1, "x") == bulks({"a", "b", "c"}));
}

TEST_CASE("plain sets are sorted sets whose scores are 1", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("ZADD", "z", 5, "10", 5, "m");
  store.run("SADD", "integers", 2, 10, 1);
  store.run("SADD", "words", "m", "n");
  CHECK(store.run("ZUNION", 3, "z", "integers", "words", "WITHSCORES")
        == bulks({"1", "1", "2", "1", "n", "1", "10", "6", "m", "6"}));
  CHECK(store.run("ZUNION", 1, "integers", "WEIGHTS", 3, "WITHSCORES")
        == bulks({"1", "3", "10", "3", "2", "3"}));
  CHECK(store.run("ZINTER", 2, "z", "integers", "WITHSCORES") == bulks({"10", "6"}));
  CHECK(store.run("ZDIFF", 2, "integers", "z") == bulks({"1", "2"}));
  CHECK(store.run("ZDIFF", 2, "z", "words") == bulks({"10"}));
  CHECK(store.run("ZUNIONSTORE", "integers", 2, "integers", "z") == integer(4));
  CHECK(store.run("TYPE", "integers") == simple("zset"));
}

TEST_CASE("what would be no number is 0 in ZUNION and ZINTER", "[zset]") {
  test_store store;
  store.run("ZADD", "x", "inf", "a");
  store.run("ZADD", "y", "-inf", "a");
  CHECK(store.run("ZUNION", 2, "x", "y", "WITHSCORES") == bulks({"a", "0"}));
  CHECK(store.run("ZINTER", 2, "x", "y", "WITHSCORES") == bulks({"a", "0"}));
  CHECK(store.run("ZUNION", 1, "x", "WEIGHTS", 0, "WITHSCORES") == bulks({"a", "0"}));
}

TEST_CASE("ZUNION WITHSCORES has pairs in RESP3", "[zset]") {
  test_store store{1, 3};
  store.run("ZADD", "x", "1.5", "a");
  CHECK(store.wire("ZUNION", 1, "x", "WITHSCORES") == "*1\r\n*2\r\n$1\r\na\r\n,1.5\r\n");
  CHECK(store.wire("ZDIFF", 1, "x", "WITHSCORES") == "*1\r\n*2\r\n$1\r\na\r\n,1.5\r\n");
  CHECK(store.wire("ZINTER", 1, "x") == "*1\r\n$1\r\na\r\n");
}

TEST_CASE("ZUNIONSTORE and its kin store and tell", "[zset]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("ZADD", "x", 1, "a", 2, "b");
  store.run("ZADD", "y", 1, "b");
  CHECK(store.events_of("ZUNIONSTORE", "d", 2, "x", "y") == strings{"new d", "zunionstore d"});
  CHECK(store.replays() == strings{"ZUNIONSTORE d 2 x y"});
  CHECK(store.run("ZRANGE", "d", 0, -1, "WITHSCORES") == bulks({"a", "1", "b", "3"}));
  CHECK(store.run("OBJECT", "ENCODING", "d") == bulk("listpack"));
  CHECK(store.events_of("ZINTERSTORE", "d", 2, "x", "y") == strings{"zinterstore d"});
  CHECK(store.run("ZCARD", "d") == integer(1));
  CHECK(store.events_of("ZDIFFSTORE", "x", 2, "x", "y") == strings{"zdiffstore x"});
  CHECK(store.run("ZRANGE", "x", 0, -1) == bulks({"a"}));
  CHECK(store.events_of("ZDIFFSTORE", "d", 2, "y", "y") == strings{"del d"});
  CHECK(store.events_of("ZDIFFSTORE", "d", 2, "y", "y").empty());
}

TEST_CASE("ZUNION and its kin refuse what makes no sense", "[zset]") {
  test_store store;
  store.run("ZADD", "x", 1, "a");
  store.run("SET", "s", "v");
  CHECK(store.run("ZUNION", "n", "x") == error(errors::not_an_integer));
  CHECK(store.run("ZUNION", 0, "x") == error(errors::no_input_keys("zunion")));
  CHECK(store.run("ZINTERCARD", -1, "x") == error(errors::no_input_keys("zintercard")));
  CHECK(store.run("ZUNION", 2, "x") == error(errors::syntax));
  CHECK(store.run("ZUNION", "9223372036854775807", "x") == error(errors::syntax));
  CHECK(store.run("ZUNION", 2, "x", "s", "foo") == error(errors::wrong_type));
  CHECK(store.run("ZUNION", 1, "x", "foo") == error(errors::syntax));
  CHECK(store.run("ZUNION", 1, "x", "WEIGHTS") == error(errors::syntax));
  CHECK(store.run("ZUNION", 1, "x", "WEIGHTS", "x") == error(errors::weight_not_a_float));
  CHECK(store.run("ZUNION", 1, "x", "AGGREGATE", "AVG") == error(errors::syntax));
  CHECK(store.run("ZDIFF", 1, "x", "WEIGHTS", 1) == error(errors::syntax));
  CHECK(store.run("ZUNIONSTORE", "d", 1, "x", "WITHSCORES") == error(errors::syntax));
  CHECK(store.run("ZUNIONSTORE", "d", 0, "x") == error(errors::no_input_keys("zunionstore")));
  CHECK(store.run("ZINTERCARD", 1, "x", "WITHSCORES") == error(errors::syntax));
  CHECK(store.run("ZINTERCARD", 1, "x", "LIMIT", -1) == error(errors::limit_negative));
  CHECK(store.run("ZINTERCARD", 1, "x", "LIMIT") == error(errors::syntax));
  CHECK(store.run("EXISTS", "d") == integer(0));
}

TEST_CASE("ZUNION, ZINTER and ZDIFF do what maps do", "[zset]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  base::random_bits random(seed);
  for (int round = 0; round < 60; ++round) {
    test_store store{2};
    store.access().zset_packed.entries = round % 3 == 0 ? 0u : 20u;
    const auto inputs = 1 + random.below(4);
    std::vector<std::map<std::string, double>> models(inputs);
    std::vector<std::string> keys;
    for (auto& model : models) {
      keys.push_back("k" + std::to_string(keys.size()));
      for (auto left = random.below(50); left > 0; --left) {
        const auto member = "m" + std::to_string(random.below(60));
        const auto score = static_cast<int>(random.below(20)) - 10;
        model[member] = score;
        store.run("ZADD", keys.back(), score, member);
      }
    }
    std::map<std::string, double> united;
    auto shared = models[0];
    auto alone = models[0];
    for (const auto& model : models)
      for (const auto& [member, score] : model)
        united[member] += score;
    for (std::size_t i = 1; i < inputs; ++i) {
      std::erase_if(shared, [&](const auto& pair) { return !models[i].contains(pair.first); });
      std::erase_if(alone, [&](const auto& pair) { return models[i].contains(pair.first); });
    }
    for (auto& [member, score] : shared)
      score = united[member];
    const auto expect = [&](const char* name, const std::map<std::string, double>& model) {
      std::vector<std::pair<double, std::string>> ordered;
      for (const auto& [member, score] : model)
        ordered.emplace_back(score, member);
      std::sort(ordered.begin(), ordered.end());
      strings words;
      char digits[40];
      for (const auto& [score, member] : ordered) {
        words.push_back(member);
        words.emplace_back(base::format_double(score, digits));
      }
      strings request{name, std::to_string(inputs)};
      request.insert(request.end(), keys.begin(), keys.end());
      request.emplace_back("WITHSCORES");
      REQUIRE(store.run_words(request) == bulks(words));
    };
    expect("ZUNION", united);
    expect("ZINTER", shared);
    expect("ZDIFF", alone);
  }
}

} // namespace thespis::tests
