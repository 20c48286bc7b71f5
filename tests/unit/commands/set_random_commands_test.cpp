#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

/// A set in each of the encodings.
struct kind {
  int count;
  const char* prefix;
  const char* encoding;
};

kind all_kinds() {
  return GENERATE(kind{40, "", "intset"}, kind{40, "m", "listpack"}, kind{400, "m", "hashtable"});
}

void add_members_of(test_store& store, const kind& of) {
  for (int i = 0; i < of.count; ++i)
    store.run("SADD", "s", of.prefix + std::to_string(i));
  REQUIRE(store.run("OBJECT", "ENCODING", "s") == bulk(of.encoding));
}

std::set<std::string> texts(const resp_value& reply) {
  std::set<std::string> out;
  for (const auto& item : reply.items)
    CHECK(out.insert(item.text).second);
  return out;
}

} // namespace

TEST_CASE("SPOP removes a member and replies with it", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  const auto of = all_kinds();
  add_members_of(store, of);
  auto left = texts(store.run("SMEMBERS", "s"));
  while (!left.empty()) {
    store.forget();
    const auto popped = store.run("SPOP", "s").text;
    REQUIRE(left.erase(popped) == 1);
    REQUIRE(store.replays() == strings{"SREM s " + popped});
    REQUIRE(store.events() == (left.empty() ? strings{"spop s", "del s"} : strings{"spop s"}));
  }
  CHECK(store.run("EXISTS", "s") == integer(0));
  CHECK(store.run("SPOP", "s") == null());
}

TEST_CASE("SPOP with a count removes so many members", "[set]") {
  test_store store;
  const auto of = all_kinds();
  add_members_of(store, of);
  const auto all = texts(store.run("SMEMBERS", "s"));
  const auto count = GENERATE(1, 2, 7, 33, 34, 38, 39);
  store.forget();
  const auto popped = texts(store.run("SPOP", "s", count));
  CHECK(popped.size() == static_cast<std::size_t>(count));
  CHECK(store.events() == strings{"spop s"});
  REQUIRE(store.replays().size() == 1);
  const auto& replay = store.replays().front();
  CHECK(replay.starts_with("SREM s "));
  CHECK(std::count(replay.begin(), replay.end(), ' ') == count + 1);
  auto left = texts(store.run("SMEMBERS", "s"));
  CHECK(left.size() + popped.size() == all.size());
  left.insert(popped.begin(), popped.end());
  CHECK(left == all);
  for (const auto& member : popped)
    CHECK(store.run("SISMEMBER", "s", member) == integer(0));
}

TEST_CASE("SPOP of most members may leave a smaller encoding", "[set]") {
  test_store store;
  add_members_of(store, {400, "m", "hashtable"});
  store.run("SPOP", "s", 300);
  CHECK(store.run("OBJECT", "ENCODING", "s") == bulk("hashtable"));
  store.run("SPOP", "s", 90);
  CHECK(store.run("SCARD", "s") == integer(10));
  CHECK(store.run("OBJECT", "ENCODING", "s") == bulk("listpack"));
}

TEST_CASE("SPOP replays many removals in several commands", "[set]") {
  test_store store;
  for (int i = 0; i < 6000; ++i)
    store.run("SADD", "s", i);
  const auto count = GENERATE(2500, 5500);
  store.forget();
  store.run("SPOP", "s", count);
  test_store replica;
  for (int i = 0; i < 6000; ++i)
    replica.run("SADD", "s", i);
  CHECK(store.replays().size() == static_cast<std::size_t>((count + 1021) / 1022));
  for (const auto& command : store.replays()) {
    strings words;
    for (std::size_t at = 0; at < command.size();) {
      const auto end = std::min(command.find(' ', at), command.size());
      words.push_back(command.substr(at, end - at));
      at = end + 1;
    }
    replica.run_words(words);
  }
  CHECK(texts(replica.run("SMEMBERS", "s")) == texts(store.run("SMEMBERS", "s")));
}

TEST_CASE("SPOP with a large count takes the whole set", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  const auto of = all_kinds();
  add_members_of(store, of);
  const auto all = sorted(store.run("SMEMBERS", "s"));
  store.forget();
  CHECK(sorted(store.run("SPOP", "s", GENERATE("400", "9223372036854775807"))) == all);
  CHECK(store.events() == strings{"spop s", "del s"});
  CHECK(store.replays() == strings{"DEL s"});
  CHECK(store.run("EXISTS", "s") == integer(0));
}

TEST_CASE("SPOP and SRANDMEMBER check their arguments", "[set]") {
  test_store store;
  CHECK(store.run("SPOP", "s", -1) == error(errors::not_positive));
  CHECK(store.run("SPOP", "s", "x") == error(errors::not_positive));
  CHECK(store.run("SPOP", "s", 1, 2) == error(errors::syntax));
  CHECK(store.run("SPOP") == error(errors::wrong_arity("spop")));
  CHECK(store.run("SRANDMEMBER", "s", "x") == error(errors::not_an_integer));
  CHECK(store.run("SRANDMEMBER", "s", "-9223372036854775808")
        == error(errors::out_of_bounds(-9223372036854775807, 9223372036854775807)));
  CHECK(store.run("SRANDMEMBER", "s", 1, 2) == error(errors::syntax));
  store.run("SET", "k", "v");
  for (const auto* name : {"SPOP", "SRANDMEMBER"}) {
    CHECK(store.run(name, "k") == error(errors::wrong_type));
    CHECK(store.run(name, "k", 0) == error(errors::wrong_type));
    CHECK(store.run(name, "k", 5) == error(errors::wrong_type));
  }
  store.run("SADD", "s", 1);
  CHECK(store.events_of("SPOP", "s", 0) == strings{});
}

TEST_CASE("SPOP replies sets and SRANDMEMBER arrays", "[set]") {
  test_store store{1, 3};
  CHECK(store.wire("SPOP", "s") == "_\r\n");
  CHECK(store.wire("SPOP", "s", 5) == "~0\r\n");
  CHECK(store.wire("SRANDMEMBER", "s") == "_\r\n");
  CHECK(store.wire("SRANDMEMBER", "s", 5) == "*0\r\n");
  store.run("SADD", "s", 7);
  CHECK(store.wire("SRANDMEMBER", "s") == "$1\r\n7\r\n");
  CHECK(store.wire("SRANDMEMBER", "s", 5) == "*1\r\n$1\r\n7\r\n");
  CHECK(store.wire("SRANDMEMBER", "s", 0) == "*0\r\n");
  CHECK(store.wire("SRANDMEMBER", "s", -2) == "*2\r\n$1\r\n7\r\n$1\r\n7\r\n");
  CHECK(store.wire("SPOP", "s", 1) == "~1\r\n$1\r\n7\r\n");
}

TEST_CASE("SRANDMEMBER replies different members for a count above zero", "[set]") {
  test_store store{GENERATE(1u, 3u)};
  const auto of = all_kinds();
  add_members_of(store, of);
  const auto all = texts(store.run("SMEMBERS", "s"));
  for (const auto count : {1, 5, 13, 14, 20, 39, 40, 399, 1000}) {
    const auto picked = texts(store.run("SRANDMEMBER", "s", count));
    CHECK(picked.size() == static_cast<std::size_t>(std::min(count, of.count)));
    CHECK(std::includes(all.begin(), all.end(), picked.begin(), picked.end()));
  }
  CHECK(store.events_of("SRANDMEMBER", "s", 5) == strings{});
  CHECK(all.contains(store.run("SRANDMEMBER", "s").text));
}

TEST_CASE("SRANDMEMBER with a count below zero picks each time anew, all members alike", "[set]") {
  test_store store;
  const auto of = all_kinds();
  add_members_of(store, of);
  const auto picks = of.count * 100;
  const auto reply = store.run("SRANDMEMBER", "s", -picks);
  REQUIRE(reply.items.size() == static_cast<std::size_t>(picks));
  std::map<std::string, int> seen;
  for (const auto& item : reply.items)
    ++seen[item.text];
  CHECK(seen.size() == static_cast<std::size_t>(of.count));
  // The shard's random bits have a fixed seed; 100 is expected of each, 10 the standard deviation.
  auto chi_square = 0.0;
  for (const auto& [member, count] : seen)
    chi_square += (count - 100) * (count - 100) / 100.0;
  CHECK(chi_square < of.count + 6 * std::sqrt(2.0 * of.count));
}

TEST_CASE("SPOP takes all members alike", "[set]") {
  test_store store;
  const auto of = all_kinds();
  std::map<std::string, int> seen;
  add_members_of(store, of);
  store.run("RENAME", "s", "all");
  const int rounds = 400;
  const auto count = GENERATE(1, 10, 36);
  for (int round = 0; round < rounds; ++round) {
    store.run("COPY", "all", "s", "REPLACE");
    for (const auto& member : texts(store.run("SPOP", "s", count)))
      ++seen[member];
  }
  const auto share = rounds * count / static_cast<double>(of.count);
  auto chi_square = (of.count - static_cast<int>(seen.size())) * share;
  for (const auto& [member, times] : seen)
    chi_square += (times - share) * (times - share) / share;
  CHECK(chi_square < of.count + 6 * std::sqrt(2.0 * of.count));
}

} // namespace thespis::tests
