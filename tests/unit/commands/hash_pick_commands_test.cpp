#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

std::string field(int number) {
  return "f" + std::to_string(number);
}

void add_fields(test_store& store, int fields) {
  for (int i = 0; i < fields; ++i)
    store.run("HSET", "h", field(i), i);
}

std::set<std::string> texts(const resp_value& reply) {
  std::set<std::string> all;
  for (const auto& item : reply.items)
    all.insert(item.text);
  return all;
}

} // namespace

TEST_CASE("HRANDFIELD with a count picks that many, none twice", "[hash]") {
  const auto fields = GENERATE(20, 600);
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  add_fields(store, fields);
  for (const int count : {1, 5, fields / 2, fields - 1, fields, fields + 7}) {
    const auto reply = store.run("HRANDFIELD", "h", count);
    const auto wanted = static_cast<std::size_t>(std::min(count, fields));
    CHECK(reply.items.size() == wanted);
    CHECK(texts(reply).size() == wanted);
  }
  CHECK(store.run("HRANDFIELD", "h", 0) == array({}));
  const auto repeated = store.run("HRANDFIELD", "h", -3 * fields);
  CHECK(repeated.items.size() == static_cast<std::size_t>(3 * fields));
  CHECK(store.run("HGET", "h", store.run("HRANDFIELD", "h").text) != null());
}

TEST_CASE("HRANDFIELD puts fields and values into pairs in RESP3", "[hash]") {
  test_store store;
  store.run("HSET", "h", "a", 1);
  CHECK(store.wire("HRANDFIELD", "h", 5, "WITHVALUES") == "*2\r\n$1\r\na\r\n$1\r\n1\r\n");
  CHECK(store.wire("HRANDFIELD", "h", -2, "withvalues")
        == "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\na\r\n$1\r\n1\r\n");
  store.connect(3);
  CHECK(store.wire("HRANDFIELD", "h", 5, "WITHVALUES") == "*1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n");
  CHECK(store.wire("HRANDFIELD", "h", 5) == "*1\r\n$1\r\na\r\n");
}

TEST_CASE("HRANDFIELD refuses counts that are none", "[hash]") {
  test_store store;
  store.run("HSET", "h", "a", 1);
  CHECK(store.run("HRANDFIELD", "h", "x") == error(errors::not_an_integer));
  CHECK(store.run("HRANDFIELD", "h", "-9223372036854775808")
        == error(errors::out_of_bounds(-9223372036854775807, 9223372036854775807)));
  CHECK(store.run("HRANDFIELD", "h", "4611686018427387904", "WITHVALUES")
        == error(errors::out_of_range));
  CHECK(store.run("HRANDFIELD", "h", 1, "VALUES") == error(errors::syntax));
  CHECK(store.run("HRANDFIELD", "h", 1, "WITHVALUES", "x") == error(errors::syntax));
}

TEST_CASE("HRANDFIELD gives every field the same chance", "[hash]") {
  const auto fields = GENERATE(12, 600);
  test_store store;
  add_fields(store, fields);
  // Four picks of each field on average, by each of the ways.
  for (const int count : {fields / 2, fields / 6, -fields}) {
    std::map<std::string, int> seen;
    const int rounds = 400 * fields / std::abs(count);
    for (int i = 0; i < rounds; ++i)
      for (const auto& item : store.run("HRANDFIELD", "h", count).items)
        ++seen[item.text];
    REQUIRE(seen.size() == static_cast<std::size_t>(fields));
    for (const auto& [name, times] : seen)
      CHECK((times > 280 && times < 520));
  }
}

TEST_CASE("HSCAN walks through a hash", "[hash]") {
  const auto fields = GENERATE(20, 1000);
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  add_fields(store, fields);
  const bool bare = GENERATE(false, true);
  std::map<std::string, std::string> seen;
  std::string cursor = "0";
  do {
    const auto reply = bare ? store.run("HSCAN", "h", cursor, "COUNT", 7, "NOVALUES")
                            : store.run("HSCAN", "h", cursor, "COUNT", 7);
    cursor = reply.items[0].text;
    const auto& items = reply.items[1].items;
    for (std::size_t i = 0; i < items.size(); i += bare ? 1 : 2)
      seen[items[i].text] = bare ? "" : items[i + 1].text;
  } while (cursor != "0");
  CHECK(seen.size() == static_cast<std::size_t>(fields));
  if (!bare)
    CHECK(seen["f11"] == "11");
}

TEST_CASE("HSCAN returns what stays while the hash grows and shrinks", "[hash]") {
  test_store store;
  store.access().hash_packed.entries = 10;
  add_fields(store, 300);
  std::set<std::string> seen;
  std::string cursor = "0";
  int added = 300;
  do {
    const auto reply = store.run("HSCAN", "h", cursor, "NOVALUES");
    cursor = reply.items[0].text;
    for (const auto& item : reply.items[1].items)
      seen.insert(item.text);
    for (int i = 0; i < 30 && added < 20'000; ++i)
      store.run("HSET", "h", field(added++), "v");
    store.run("HDEL", "h", field(added - 5));
  } while (cursor != "0");
  for (int i = 0; i < 300; ++i)
    REQUIRE(seen.contains(field(i)));
}

TEST_CASE("HSCAN knows its options", "[hash]") {
  test_store store;
  store.run("HSET", "h", "a", 1, "b", 2);
  CHECK(store.run("HSCAN", "h", 0, "MATCH", "b*") == array({bulk("0"), bulks({"b", "2"})}));
  CHECK(store.run("HSCAN", "h", 0, "match", "*", "novalues", "count", 100)
        == array({bulk("0"), bulks({"a", "b"})}));
  CHECK(store.run("HSCAN", "h", "x") == error(errors::invalid_cursor));
  CHECK(store.run("HSCAN", "h", 0, "COUNT", 0) == error(errors::syntax));
  CHECK(store.run("HSCAN", "h", 0, "COUNT", "x") == error(errors::not_an_integer));
  CHECK(store.run("HSCAN", "h", 0, "COUNT") == error(errors::syntax));
  CHECK(store.run("HSCAN", "h", 0, "TYPE", "hash") == error(errors::syntax));
  // Nobody reads the options of a key that is not there.
  CHECK(store.run("HSCAN", "none", 0, "TYPE", "hash") == array({bulk("0"), array({})}));
}

} // namespace thespis::tests
