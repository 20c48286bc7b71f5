#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

constexpr std::string_view smallest = "-9223372036854775808";

} // namespace

TEST_CASE("LREM drops from the side that the sign of the count names", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("LREM", "l", 0, "a") == integer(0));
  const auto fill = [&] {
    store.run("DEL", "l");
    store.run("RPUSH", "l", "a", "b", "a", "c", "a");
  };
  fill();
  CHECK(store.run("LREM", "l", 2, "a") == integer(2));
  CHECK(store.list("l") == bulks({"b", "c", "a"}));
  fill();
  CHECK(store.run("LREM", "l", -2, "a") == integer(2));
  CHECK(store.list("l") == bulks({"a", "b", "c"}));
  fill();
  CHECK(store.run("LREM", "l", 0, "a") == integer(3));
  CHECK(store.list("l") == bulks({"b", "c"}));
  CHECK(store.run("LREM", "l", 0, "x") == integer(0));
  CHECK(store.run("LREM", "l", "x", "a") == error(errors::not_an_integer));
  CHECK(store.run("LREM", "l", smallest, "a")
        == error(errors::out_of_bounds(-INT64_MAX, INT64_MAX)));
}

TEST_CASE("LREM tells only what it did", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("RPUSH", "l", "a", "a", "b");
  CHECK(store.events_of("LREM", "l", 0, "x").empty());
  CHECK(store.events_of("LREM", "l", 0, "a") == strings{"lrem l"});
  CHECK(store.events_of("LREM", "l", 0, "b") == strings{"lrem l", "del l"});
  CHECK(store.run("EXISTS", "l") == integer(0));
}

TEST_CASE("LREM reaches through a long list from both sides", "[list]") {
  test_store store;
  for (int i = 0; i < 1000; ++i)
    store.run("RPUSH", "l", i % 2 == 0 ? "even" : "odd", std::string(1100, 'x'));
  CHECK(store.run("LREM", "l", -1, "even") == integer(1));
  CHECK(store.run("LINDEX", "l", -4) == bulk(std::string(1100, 'x')));
  CHECK(store.run("LREM", "l", 1, "even") == integer(1));
  CHECK(store.run("LINDEX", "l", 0) == bulk(std::string(1100, 'x')));
  CHECK(store.run("LREM", "l", 0, std::string(1100, 'x')) == integer(1000));
  CHECK(store.run("LREM", "l", 0, "even") == integer(498));
  CHECK(store.run("LLEN", "l") == integer(500));
}

TEST_CASE("LINSERT puts an element next to the first pivot", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("LINSERT", "l", "BEFORE", "a", "x") == integer(0));
  store.run("RPUSH", "l", "a", "b", "a");
  CHECK(store.run("LINSERT", "l", "before", "a", "x") == integer(4));
  CHECK(store.run("LINSERT", "l", "After", "b", "y") == integer(5));
  CHECK(store.list("l") == bulks({"x", "a", "b", "y", "a"}));
  CHECK(store.run("LINSERT", "l", "AFTER", "none", "y") == integer(-1));
  CHECK(store.run("LINSERT", "l", "BESIDE", "a", "x") == error(errors::syntax));
  CHECK(store.run("LINSERT", "none", "BESIDE", "a", "x") == error(errors::syntax));
  CHECK(store.events_of("LINSERT", "l", "AFTER", "a", "z") == strings{"linsert l"});
  CHECK(store.events_of("LINSERT", "l", "AFTER", "none", "z").empty());
  CHECK(store.run("LINSERT", "l", "AFTER", "a") == error(errors::wrong_arity("linsert")));
}

TEST_CASE("LPOS finds the first, the n-th, or all of them", "[list]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("RPUSH", "l", "a", "b", "c", "1", "2", "3", "c", "c");
  CHECK(store.run("LPOS", "l", "a") == integer(0));
  CHECK(store.run("LPOS", "l", "c") == integer(2));
  CHECK(store.run("LPOS", "l", "x") == null());
  CHECK(store.run("LPOS", "l", "c", "RANK", 1) == integer(2));
  CHECK(store.run("LPOS", "l", "c", "RANK", 2) == integer(6));
  CHECK(store.run("LPOS", "l", "c", "RANK", 4) == null());
  CHECK(store.run("LPOS", "l", "c", "RANK", -1) == integer(7));
  CHECK(store.run("LPOS", "l", "c", "RANK", -3) == integer(2));
  CHECK(store.run("LPOS", "l", "c", "COUNT", 0) == integers({2, 6, 7}));
  CHECK(store.run("LPOS", "l", "c", "COUNT", 2) == integers({2, 6}));
  CHECK(store.run("LPOS", "l", "x", "COUNT", 2) == array({}));
  CHECK(store.run("LPOS", "l", "c", "count", 0, "rank", 2) == integers({6, 7}));
  CHECK(store.run("LPOS", "l", "c", "COUNT", 2, "RANK", -1) == integers({7, 6}));
  CHECK(store.run("LPOS", "l", "c", "COUNT", 0, "RANK", -2) == integers({6, 2}));
  CHECK(store.run("LPOS", "l", "a", "COUNT", 0, "MAXLEN", 1) == integers({0}));
  CHECK(store.run("LPOS", "l", "c", "COUNT", 0, "MAXLEN", 3) == integers({2}));
  CHECK(store.run("LPOS", "l", "c", "COUNT", 0, "MAXLEN", 3, "RANK", -1) == integers({7, 6}));
  CHECK(store.run("LPOS", "l", "c", "MAXLEN", 2) == null());
  CHECK(store.run("LPOS", "none", "c") == null());
  CHECK(store.run("LPOS", "none", "c", "COUNT", 1) == array({}));
}

TEST_CASE("LPOS refuses what its options cannot be", "[list]") {
  test_store store;
  store.run("RPUSH", "l", "a");
  CHECK(store.run("LPOS", "l", "a", "RANK") == error(errors::syntax));
  CHECK(store.run("LPOS", "l", "a", "WHERE", 1) == error(errors::syntax));
  CHECK(store.run("LPOS", "l", "a", "RANK", "x") == error(errors::not_an_integer));
  CHECK(store.run("LPOS", "l", "a", "RANK", 0)
        == error("ERR RANK can't be zero: use 1 to start from the first match, 2 from the second "
                 "... or use negative to start from the end of the list"));
  CHECK(store.run("LPOS", "l", "a", "RANK", smallest)
        == error(errors::out_of_bounds(-INT64_MAX, INT64_MAX)));
  CHECK(store.run("LPOS", "l", "a", "COUNT", -1) == error("ERR COUNT can't be negative"));
  CHECK(store.run("LPOS", "l", "a", "COUNT", "x") == error("ERR COUNT can't be negative"));
  CHECK(store.run("LPOS", "l", "a", "MAXLEN", -1) == error("ERR MAXLEN can't be negative"));
  CHECK(store.run("LPOS", "none", "a", "MAXLEN", -1) == error("ERR MAXLEN can't be negative"));
}

} // namespace thespis::tests
