#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

#include <set>

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

/// SADD of "<prefix>0", "<prefix>1" …, one by one.
void add_members(test_store& store, const std::string& key, int count,
                 const std::string& prefix = "") {
  for (int i = 0; i < count; ++i)
    store.run("SADD", key, prefix + std::to_string(i));
}

} // namespace

TEST_CASE("SADD makes a set and says how many members are new", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("SADD", "s", "a", "b", "a") == integer(2));
  CHECK(store.run("SADD", "s", "b", "c") == integer(1));
  CHECK(store.run("SADD", "s", "b", "c") == integer(0));
  CHECK(sorted(store.run("SMEMBERS", "s")) == bulks({"a", "b", "c"}));
  CHECK(store.run("SCARD", "s") == integer(3));
  CHECK(store.run("TYPE", "s") == simple("set"));
  CHECK(store.run("SADD", "s") == error(errors::wrong_arity("sadd")));
}

TEST_CASE("SADD and SREM tell what they did", "[set]") {
  test_store store;
  CHECK(store.events_of("SADD", "s", "a", "b") == strings{"new s", "sadd s"});
  CHECK(store.replays() == strings{"SADD s a b"});
  CHECK(store.events_of("SADD", "s", "c", "a") == strings{"sadd s"});
  CHECK(store.events_of("SADD", "s", "a") == strings{});
  CHECK(store.replays() == strings{});
  CHECK(store.events_of("SREM", "s", "a", "x") == strings{"srem s"});
  CHECK(store.replays() == strings{"SREM s a x"});
  CHECK(store.events_of("SREM", "s", "a") == strings{});
  CHECK(store.events_of("SREM", "s", "b", "c", "d") == strings{"srem s", "del s"});
  CHECK(store.run("EXISTS", "s") == integer(0));
}

TEST_CASE("SREM says how many members there were", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("SREM", "s", "a") == integer(0));
  store.run("SADD", "s", "1", "2", "3");
  CHECK(store.run("SREM", "s", "1", "1", "3", "x") == integer(2));
  CHECK(store.run("SMEMBERS", "s") == bulks({"2"}));
  CHECK(store.run("SREM", "s", "2") == integer(1));
  CHECK(store.run("TYPE", "s") == simple("none"));
}

TEST_CASE("SISMEMBER and SMISMEMBER ask for members in all encodings", "[set]") {
  test_store store;
  CHECK(store.run("SISMEMBER", "s", "a") == integer(0));
  CHECK(store.run("SMISMEMBER", "s", "a", "b") == array({integer(0), integer(0)}));
  store.run("SADD", "s", "5", "-7");
  const auto* const form = GENERATE("intset", "listpack", "hashtable");
  if (std::string_view{form} == "listpack")
    store.run("SADD", "s", "x");
  if (std::string_view{form} == "hashtable")
    store.run("SADD", "s", std::string(100, 'x'));
  REQUIRE(store.encoding("s") == form);
  CHECK(store.run("SISMEMBER", "s", "5") == integer(1));
  CHECK(store.run("SISMEMBER", "s", "05") == integer(0));
  CHECK(store.run("SMISMEMBER", "s", "5", "6", "-7", "", "a")
        == array({integer(1), integer(0), integer(1), integer(0), integer(0)}));
}

TEST_CASE("commands of sets refuse other types", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "k", "v");
  store.run("SADD", "s", "a");
  const auto wrong = error(errors::wrong_type);
  CHECK(store.run("SADD", "k", "a") == wrong);
  CHECK(store.run("SREM", "k", "a") == wrong);
  CHECK(store.run("SISMEMBER", "k", "a") == wrong);
  CHECK(store.run("SMISMEMBER", "k", "a") == wrong);
  CHECK(store.run("SCARD", "k") == wrong);
  CHECK(store.run("SMEMBERS", "k") == wrong);
  CHECK(store.run("SMOVE", "k", "s", "a") == wrong);
  CHECK(store.run("SMOVE", "s", "k", "a") == wrong);
  CHECK(store.run("SMOVE", "s", "k", "no member") == wrong);
  CHECK(store.run("SMOVE", "missing", "k", "a") == integer(0));
  CHECK(store.run("SSCAN", "k", 0) == wrong);
  CHECK(store.run("GET", "s") == wrong);
  CHECK(store.run("SMEMBERS", "s") == bulks({"a"}));
}

TEST_CASE("SMEMBERS is a set in RESP3", "[set]") {
  test_store store{1, 3};
  CHECK(store.wire("SMEMBERS", "s") == "~0\r\n");
  store.run("SADD", "s", "12", "-1");
  CHECK(store.wire("SMEMBERS", "s") == "~2\r\n$2\r\n-1\r\n$2\r\n12\r\n");
  CHECK(store.wire("SMISMEMBER", "s", 1) == "*1\r\n:0\r\n");
  test_store old{1, 2};
  CHECK(old.wire("SMEMBERS", "s") == "*0\r\n");
}

TEST_CASE("a set's encoding moves at the borders of the settings", "[set]") {
  test_store store;
  add_members(store, "i", 512);
  CHECK(store.encoding("i") == "intset");
  store.run("SADD", "i", 512);
  CHECK(store.encoding("i") == "hashtable");
  add_members(store, "p", 128, "m");
  CHECK(store.encoding("p") == "listpack");
  store.run("SADD", "p", "m5");
  CHECK(store.encoding("p") == "listpack");
  store.run("SADD", "p", "m128");
  CHECK(store.encoding("p") == "hashtable");
  store.run("SADD", "v", std::string(64, 'x'));
  CHECK(store.encoding("v") == "listpack");
  store.run("SADD", "v", std::string(65, 'x'));
  CHECK(store.encoding("v") == "hashtable");
  store.access().set_packed.entries = 3;
  store.access().set_intset_entries = 2;
  CHECK(store.run("SADD", "a", 1, 2, 3) == integer(3));
  CHECK(store.encoding("a") == "listpack");
  CHECK(store.run("SADD", "b", 1, 2, 3, 4) == integer(4));
  CHECK(store.encoding("b") == "hashtable");
  add_members(store, "c", 2);
  CHECK(store.encoding("c") == "intset");
  // So many could be new.
  store.run("SADD", "c", 0, 0, 0);
  CHECK(store.encoding("c") == "hashtable");
}

TEST_CASE("a set is copied, renamed and overwritten as a whole", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  const auto count = GENERATE(3, 1000);
  add_members(store, "a", count, GENERATE("", "m"));
  const auto members = sorted(store.run("SMEMBERS", "a"));
  CHECK(store.run("COPY", "a", "b") == integer(1));
  store.run("SREM", "a", "1", "m1");
  CHECK(sorted(store.run("SMEMBERS", "b")) == members);
  CHECK(store.run("RENAME", "b", "a") == ok());
  CHECK(sorted(store.run("SMEMBERS", "a")) == members);
  CHECK(store.run("SET", "a", "v") == ok());
  CHECK(store.run("GET", "a") == bulk("v"));
}

TEST_CASE("SMOVE moves a member between sets of any shards", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  const auto* const to = GENERATE("b", "c", "{a}b");
  store.run("SADD", "a", "x", "y");
  store.forget();
  CHECK(store.run("SMOVE", "a", to, "x") == integer(1));
  CHECK(store.events() == strings{"srem a", std::string{"new "} + to, std::string{"sadd "} + to});
  CHECK(store.replays() == strings{std::string{"SMOVE a "} + to + " x"});
  CHECK(store.events_of("SMOVE", "a", to, "x") == strings{});
  CHECK(store.run("SMOVE", "a", to, "x") == integer(0));
  store.run("SADD", to, "y");
  CHECK(store.events_of("SMOVE", "a", to, "y") == strings{"srem a", "del a"});
  CHECK(store.run("EXISTS", "a") == integer(0));
  CHECK(sorted(store.run("SMEMBERS", to)) == bulks({"x", "y"}));
  CHECK(store.run("SMOVE", "a", to, "y") == integer(0));
  CHECK(store.run("SMOVE", to, to, "y") == integer(1));
  CHECK(store.run("SMOVE", to, to, "z") == integer(0));
  CHECK(store.events_of("SMOVE", to, to, "y") == strings{});
}

TEST_CASE("SMOVE finds what is over to be gone", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SADD", "a", "x", "y");
  store.run("SADD", "{a}b", "z");
  store.run("PEXPIRE", "{a}b", 1);
  store.advance(1ms);
  CHECK(store.run("SMOVE", "{a}b", "a", "z") == integer(0));
  store.run("SADD", "{a}b", "z");
  store.run("PEXPIRE", "{a}b", 1);
  store.advance(1ms);
  CHECK(store.run("SMOVE", "a", "{a}b", "x") == integer(1));
  CHECK(store.run("SMEMBERS", "{a}b") == bulks({"x"}));
  CHECK(store.run("PTTL", "{a}b") == integer(-1));
}

TEST_CASE("SSCAN replies small sets at once", "[set]") {
  test_store store;
  CHECK(store.run("SSCAN", "s", 0) == array({bulk("0"), array({})}));
  store.run("SADD", "s", 1, 2, 30);
  CHECK(store.run("SSCAN", "s", 0, "COUNT", 1) == array({bulk("0"), bulks({"1", "2", "30"})}));
  CHECK(store.run("SSCAN", "s", 77, "MATCH", "3*") == array({bulk("0"), bulks({"30"})}));
  store.run("SADD", "s", "x");
  CHECK(store.run("SSCAN", "s", 0, "count", 1, "match", "[x3]*")
        == array({bulk("0"), bulks({"30", "x"})}));
}

TEST_CASE("SSCAN goes through all members of a set that grows and shrinks", "[set]") {
  test_store store;
  add_members(store, "s", 600, "m");
  REQUIRE(store.encoding("s") == "hashtable");
  std::set<std::string> found;
  std::string cursor = "0";
  int round = 0;
  do {
    const auto reply = store.run("SSCAN", "s", cursor, "COUNT", 7);
    cursor = reply.items[0].text;
    for (const auto& member : reply.items[1].items)
      found.insert(member.text);
    for (int i = 0; i < 30; ++i)
      store.run("SADD", "s", "new" + std::to_string(round * 30 + i));
    store.run("SREM", "s", "m" + std::to_string(300 + round));
    ++round;
  } while (cursor != "0");
  for (int i = 0; i < 300; ++i)
    CHECK(found.contains("m" + std::to_string(i)));
}

TEST_CASE("SSCAN checks its arguments in Redis' order", "[set]") {
  test_store store;
  CHECK(store.run("SSCAN", "s", "x") == error(errors::invalid_cursor));
  CHECK(store.run("SSCAN", "s", 0, "FOO") == array({bulk("0"), array({})}));
  store.run("SADD", "s", "a");
  CHECK(store.run("SSCAN", "s", 0, "FOO") == error(errors::syntax));
  CHECK(store.run("SSCAN", "s", 0, "COUNT") == error(errors::syntax));
  CHECK(store.run("SSCAN", "s", 0, "COUNT", 0) == error(errors::syntax));
  CHECK(store.run("SSCAN", "s", 0, "COUNT", "x") == error(errors::not_an_integer));
  CHECK(store.run("SSCAN", "s", 0, "TYPE", "set") == error(errors::syntax));
  CHECK(store.run("SSCAN", "s", 0, "MATCH", "*", "COUNT", "9223372036854775807")
        == array({bulk("0"), bulks({"a"})}));
}

} // namespace thespis::tests
