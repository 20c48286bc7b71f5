#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

#include <map>
#include <set>

namespace thespis::tests {

namespace errors = protocol::errors;
using keyspace::value_type;

namespace {

/// All keys of a whole iteration, as often as they came.
std::multiset<std::string> scan_all(test_store& store, const std::vector<std::string>& options) {
  std::multiset<std::string> found;
  std::string cursor = "0";
  do {
    std::vector<std::string> request{"SCAN", cursor};
    request.insert(request.end(), options.begin(), options.end());
    const auto reply = store.run_words(request);
    REQUIRE(reply.items.size() == 2);
    cursor = reply.items[0].text;
    for (const auto& key : reply.items[1].items)
      found.insert(key.text);
  } while (cursor != "0");
  return found;
}

void add_keys(test_store& store, int count) {
  for (int i = 0; i < count; ++i)
    store.run("SET", "key:" + std::to_string(i), i);
}

} // namespace

TEST_CASE("KEYS replies the keys that match", "[generic]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("KEYS", "*") == array({}));
  store.run("MSET", "one", 1, "two", 2, "three", 3);
  CHECK(sorted(store.run("KEYS", "*")) == bulks({"one", "three", "two"}));
  CHECK(sorted(store.run("KEYS", "t*")) == bulks({"three", "two"}));
  CHECK(store.run("KEYS", "[^t]??") == bulks({"one"}));
  CHECK(store.run("KEYS", "") == array({}));
  CHECK(store.run("KEYS") == error(errors::wrong_arity("keys")));
}

TEST_CASE("KEYS, SCAN and RANDOMKEY do not show what has expired", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "a", 1);
  for (const auto* key : {"b", "c", "d", "e"})
    store.run("SET", key, 1, "PX", 1);
  store.advance(1ms);
  CHECK(store.run("KEYS", "*") == bulks({"a"}));
  CHECK(store.run("DBSIZE") == integer(5));
  CHECK(store.run("RANDOMKEY") == bulk("a"));
  CHECK(scan_all(store, {}) == std::multiset<std::string>{"a"});
  // SCAN deletes what it meets.
  CHECK(store.run("DBSIZE") == integer(1));
}

TEST_CASE("SCAN goes through all keys", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  add_keys(store, 1000);
  const auto* const count = GENERATE("1", "7", "1000", "9223372036854775807");
  const auto found = scan_all(store, {"COUNT", count});
  CHECK(std::set<std::string>(found.begin(), found.end()).size() == 1000);
}

TEST_CASE("SCAN returns every key that stays while others come and go", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  add_keys(store, 500);
  std::set<std::string> found;
  std::string cursor = "0";
  int round = 0;
  do {
    const auto reply = store.run("SCAN", cursor, "COUNT", 5);
    cursor = reply.items[0].text;
    for (const auto& key : reply.items[1].items)
      found.insert(key.text);
    for (int i = 0; i < 50 && round < 100; ++i)
      store.run("SET", "more:" + std::to_string(round) + ":" + std::to_string(i), "x");
    if (round > 0 && round <= 100)
      for (int i = 0; i < 40; ++i)
        store.run("DEL", "more:" + std::to_string(round - 1) + ":" + std::to_string(i));
    ++round;
  } while (cursor != "0");
  int missed = 0;
  for (int i = 0; i < 500; ++i)
    missed += found.count("key:" + std::to_string(i)) == 0 ? 1 : 0;
  CHECK(missed == 0);
}

TEST_CASE("SCAN shows what matches pattern and type", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  add_keys(store, 20);
  store.plant("key:list", value_type::list);
  CHECK(scan_all(store, {"MATCH", "key:1?"}).size() == 10);
  CHECK(scan_all(store, {"TYPE", "list"}) == std::multiset<std::string>{"key:list"});
  CHECK(scan_all(store, {"type", "STRING", "match", "*"}).size() == 20);
  CHECK(scan_all(store, {"TYPE", "nonsense"}).empty());
  CHECK(scan_all(store, {"TYPE", "list", "TYPE", "string", "COUNT", "3"}).size() == 20);
}

TEST_CASE("SCAN refuses what is no cursor, count or option", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  for (const auto* cursor : {"x", "1x", " 1", "1 ", "-", "18446744073709551616"})
    CHECK(store.run("SCAN", cursor) == error(errors::invalid_cursor));
  CHECK(store.run("SCAN", "") == array({bulk("0"), array({})}));
  CHECK(store.run("SCAN", "+0") == array({bulk("0"), array({})}));
  CHECK(store.run("SCAN", std::string{"0\0x", 3}) == array({bulk("0"), array({})}));
  CHECK(store.run("SCAN", std::string{"\0", 1}) == array({bulk("0"), array({})}));
  CHECK(store.run("SCAN", std::string{"x\0", 2}) == error(errors::invalid_cursor));
  CHECK(store.run("SCAN", 0, "COUNT", 0) == error(errors::syntax));
  CHECK(store.run("SCAN", 0, "COUNT", -1) == error(errors::syntax));
  CHECK(store.run("SCAN", 0, "COUNT", "x") == error(errors::not_an_integer));
  CHECK(store.run("SCAN", 0, "COUNT") == error(errors::syntax));
  CHECK(store.run("SCAN", 0, "FOO", "x") == error(errors::syntax));
  CHECK(store.run("SCAN") == error(errors::wrong_arity("scan")));
}

TEST_CASE("Any number is a cursor", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  add_keys(store, 100);
  for (const auto* cursor : {"1", "12345", "4294967296", "18446744073709551615", "-1"})
    CHECK(store.run("SCAN", cursor).items.size() == 2);
}

TEST_CASE("RANDOMKEY picks every key, evenly over the shards", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("RANDOMKEY") == null());
  add_keys(store, 30);
  std::map<std::string, int> picks;
  for (int i = 0; i < 30'000; ++i)
    ++picks[store.run("RANDOMKEY").text];
  CHECK(picks.size() == 30);
  for (const auto& [key, count] : picks) {
    CAPTURE(key);
    CHECK(count > 500);
    CHECK(count < 2000);
  }
}

TEST_CASE("RANDOMKEY of nothing but expired keys is null", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  for (int i = 0; i < 200; ++i)
    store.run("SET", i, i, "PX", 1);
  store.advance(1ms);
  CHECK(store.run("RANDOMKEY") == null());
  CHECK(store.run("DBSIZE") == integer(0));
}

TEST_CASE("RANDOMKEY comes to an end where expired keys have to stay", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  for (int i = 0; i < 200; ++i)
    store.run("SET", i, i, "PX", 1);
  store.access().keep_expired_until_ms = store.now_ms() + 1000;
  store.advance(1ms);
  CHECK(store.run("RANDOMKEY").type == protocol::resp_type::bulk);
  CHECK(store.run("DBSIZE") == integer(200));
  store.run("SET", "alive", 1);
  CHECK(store.run("RANDOMKEY") == bulk("alive"));
  store.advance(1s);
  CHECK(store.run("RANDOMKEY") == bulk("alive"));
}

} // namespace thespis::tests
