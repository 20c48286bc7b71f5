#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

/// Weights and fields of 1, 2 and 3, in an order of their own.
void add_weights(test_store& store) {
  store.run("MSET", "w_1", 30, "w_2", 10, "w_3", 20, "name_1", "one", "name_3", "three");
  store.run("HSET", "h_1", "rank", 5, "text", "b");
  store.run("HSET", "h_2", "rank", 9, "text", "a");
  store.run("HSET", "h_3", "rank", 7);
}

} // namespace

TEST_CASE("SORT orders the elements of lists, sets and sorted sets by number", "[sort]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  const std::string name = GENERATE("SORT", "sort_ro");
  store.run("RPUSH", "l", 10, 9, "-1.5", 1000, "2");
  store.run("SADD", "s", 10, 9, -1, 100);
  store.run("SADD", "texts", "10", "9.5", "-inf", "inf");
  store.run("ZADD", "z", 1, "10", 2, "9", 3, "-1");
  CHECK(store.run(name, "l") == bulks({"-1.5", "2", "9", "10", "1000"}));
  CHECK(store.run(name, "l", "DESC") == bulks({"1000", "10", "9", "2", "-1.5"}));
  CHECK(store.run(name, "l", "DESC", "asc") == bulks({"-1.5", "2", "9", "10", "1000"}));
  CHECK(store.run(name, "s") == bulks({"-1", "9", "10", "100"}));
  CHECK(store.run(name, "texts") == bulks({"-inf", "9.5", "10", "inf"}));
  CHECK(store.run(name, "z", "desc") == bulks({"10", "9", "-1"}));
  CHECK(store.run(name, "none") == array({}));
}

TEST_CASE("SORT ALPHA orders elements by their bytes", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("RPUSH", "l", "b", "10", "9", "\xe9", "B", "a");
  CHECK(store.run("SORT", "l", "ALPHA") == bulks({"10", "9", "B", "a", "b", "\xe9"}));
  CHECK(store.run("SORT", "l", "alpha", "DESC", "LIMIT", 1, 2) == bulks({"b", "a"}));
}

TEST_CASE("elements with the same number are ordered by their bytes", "[sort]") {
  test_store store;
  store.run("RPUSH", "l", "1.0", "1", " 1", "1e0", "01");
  CHECK(store.run("SORT", "l") == bulks({" 1", "01", "1", "1.0", "1e0"}));
  CHECK(store.run("SORT", "l", "DESC") == bulks({"1e0", "1.0", "1", "01", " 1"}));
  store.run("SADD", "s", 9007199254740993, 9007199254740992);
  CHECK(store.run("SORT", "s", "DESC") == bulks({"9007199254740993", "9007199254740992"}));
}

TEST_CASE("SORT replies with an error for an element that is no number", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  const std::string bad = GENERATE("a", "1x", "nan", " ", "1 ", "1e400", "5e-324", "--1");
  store.run("RPUSH", "l", 1, bad, 2);
  store.run("SET", "d", "v");
  CHECK(store.run("SORT", "l") == error(errors::sort_not_a_double));
  CHECK(store.run("SORT", "l", "LIMIT", 0, 0) == error(errors::sort_not_a_double));
  CHECK(store.run("SORT", "l", "STORE", "d") == error(errors::sort_not_a_double));
  CHECK(store.run("GET", "d") == bulk("v"));
  CHECK(store.run("SORT", "l", "BY", "nosort") == bulks({"1", bad, "2"}));
  CHECK(store.run("SORT", "l", "BY", "none_*") == store.run("SORT", "l", "ALPHA"));
}

TEST_CASE("an empty element counts as 0, and a number ends at a zero byte", "[sort]") {
  test_store store;
  store.run("RPUSH", "l", "1", "", "-1", std::string{"0.5\0x", 5});
  CHECK(store.run("SORT", "l") == bulks({"-1", "", std::string{"0.5\0x", 5}, "1"}));
}

TEST_CASE("SORT LIMIT gives a part of the result", "[sort]") {
  test_store store;
  store.run("RPUSH", "l", 5, 4, 3, 2, 1);
  store.run("SADD", "s", 5, 4, 3, 2, 1);
  const std::string key = GENERATE("l", "s");
  CHECK(store.run("SORT", key, "LIMIT", 1, 2) == bulks({"2", "3"}));
  CHECK(store.run("SORT", key, "LIMIT", 3, 10) == bulks({"4", "5"}));
  CHECK(store.run("SORT", key, "LIMIT", 0, -1) == bulks({"1", "2", "3", "4", "5"}));
  CHECK(store.run("SORT", key, "LIMIT", 3, -7) == bulks({"4", "5"}));
  CHECK(store.run("SORT", key, "LIMIT", -3, 2) == bulks({"1", "2"}));
  CHECK(store.run("SORT", key, "LIMIT", 0, 0) == array({}));
  CHECK(store.run("SORT", key, "LIMIT", 5, 1) == array({}));
  CHECK(store.run("SORT", key, "LIMIT", 9223372036854775807, 9223372036854775807) == array({}));
  CHECK(store.run("SORT", key, "LIMIT", 0, 1, "LIMIT", 2, 1) == bulks({"3"}));
}

TEST_CASE("SORT BY orders by what stands under other keys", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  add_weights(store);
  store.run("RPUSH", "l", 1, 2, 3);
  CHECK(store.run("SORT", "l", "BY", "w_*") == bulks({"2", "3", "1"}));
  CHECK(store.run("SORT_RO", "l", "BY", "w_*", "DESC", "LIMIT", 0, 2) == bulks({"1", "3"}));
  CHECK(store.run("SORT", "l", "BY", "h_*->rank") == bulks({"1", "3", "2"}));
  // Nothing counts as 0, or comes ahead of all texts.
  CHECK(store.run("SORT", "l", "BY", "h_*->text", "ALPHA") == bulks({"3", "2", "1"}));
  CHECK(store.run("SORT", "l", "BY", "name_*", "ALPHA", "DESC") == bulks({"3", "1", "2"}));
  store.run("SET", "w_1", -1);
  store.run("DEL", "w_2");
  store.run("RPUSH", "w_3", "of another type");
  CHECK(store.run("SORT", "l", "BY", "w_*") == bulks({"1", "2", "3"}));
  store.run("SET", "w_2", "text");
  CHECK(store.run("SORT", "l", "BY", "w_*") == error(errors::sort_not_a_double));
}

TEST_CASE("elements with the same text stay in their order", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  strings elements;
  for (int i = 0; i < 100; ++i) {
    elements.push_back(std::to_string(i * 37 % 100));
    store.run("RPUSH", "l", elements.back());
  }
  CHECK(store.run("SORT", "l", "BY", "none_*", "ALPHA") == bulks(elements));
  CHECK(store.run("SORT", "l", "BY", "none_*", "ALPHA", "DESC") == bulks(elements));
  CHECK(store.run("SORT", "l", "BY", "none_*", "ALPHA", "LIMIT", 50, 2)
        == bulks({elements[50], elements[51]}));
}

TEST_CASE("elements of a large set with the same text come in the order of their bytes", "[sort]") {
  test_store store;
  store.access().set_packed.entries = 0;
  for (const auto* member : {"d", "b", "a", "c"})
    store.run("SADD", "s", member);
  CHECK(store.run("SORT", "s", "BY", "none_*", "ALPHA") == bulks({"a", "b", "c", "d"}));
}

TEST_CASE("a pattern without a star keeps the order of the key", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  store.access().zset_packed.entries = GENERATE(0u, 128u);
  store.run("RPUSH", "l", "c", "a", "b", "d");
  store.run("ZADD", "z", 1, "c", 2, "a", 3, "b", 4, "d");
  const std::string key = GENERATE("l", "z");
  const std::string by = GENERATE("nosort", "", "#");
  CHECK(store.run("SORT", key, "BY", by) == bulks({"c", "a", "b", "d"}));
  CHECK(store.run("SORT", key, "BY", by, "DESC") == bulks({"d", "b", "a", "c"}));
  CHECK(store.run("SORT", key, "BY", by, "LIMIT", 1, 2) == bulks({"a", "b"}));
  CHECK(store.run("SORT", key, "BY", by, "LIMIT", 1, 2, "DESC") == bulks({"b", "a"}));
  CHECK(store.run("SORT", key, "BY", by, "LIMIT", 3, 9, "DESC") == bulks({"c"}));
  CHECK(store.run("SORT", key, "BY", by, "LIMIT", 4, 1) == array({}));
  // Once said, it holds.
  CHECK(store.run("SORT", key, "BY", by, "BY", "w_*") == bulks({"c", "a", "b", "d"}));
  CHECK(store.run("SORT", key, "BY", by, "STORE", "to") == integer(4));
  CHECK(store.list("to") == bulks({"c", "a", "b", "d"}));
}

TEST_CASE("a long list is read backwards from any place", "[sort]") {
  test_store store;
  strings elements;
  for (int i = 0; i < 1000; ++i) {
    elements.push_back(std::to_string(i) + std::string(static_cast<std::size_t>(i % 40), 'x'));
    store.run("RPUSH", "l", elements.back());
  }
  std::reverse(elements.begin(), elements.end());
  CHECK(store.run("SORT", "l", "BY", "x", "DESC") == bulks(elements));
  CHECK(store.run("SORT", "l", "BY", "x", "DESC", "LIMIT", 300, 400)
        == bulks({elements.begin() + 300, elements.begin() + 700}));
}

TEST_CASE("a set without an order is stored in the order of its bytes", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SADD", "s", 10, 9, 100);
  CHECK(sorted(store.run("SORT", "s", "BY", "nosort")) == sorted(bulks({"9", "10", "100"})));
  CHECK(store.run("SORT", "s", "BY", "nosort", "LIMIT", 0, 2).items.size() == 2);
  CHECK(store.run("SORT", "s", "BY", "nosort", "LIMIT", 1, 2, "STORE", "to") == integer(2));
  CHECK(store.list("to") == bulks({"100", "9"}));
}

TEST_CASE("SORT GET replies with what stands under other keys", "[sort]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  add_weights(store);
  store.run("RPUSH", "l", 3, 2, 1);
  CHECK(store.run("SORT", "l", "GET", "name_*") == array({bulk("one"), null(), bulk("three")}));
  CHECK(store.run("SORT", "l", "LIMIT", 0, 2, "GET", "#", "GET", "w_*", "GET", "h_*->text")
        == array({bulk("1"), bulk("30"), bulk("b"), bulk("2"), bulk("10"), bulk("a")}));
  CHECK(store.run("SORT", "l", "BY", "w_*", "GET", "#") == bulks({"2", "3", "1"}));
  // No star, another type, a field of a string, no field.
  CHECK(store.run("SORT", "l", "LIMIT", 0, 1, "GET", "w_1", "GET", "h_*", "GET", "w_*->f", "GET",
                  "h_*->none", "GET", "##")
        == array({null(), null(), null(), null(), null()}));
}

TEST_CASE("patterns have the first star, and a field behind the first arrow", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("RPUSH", "l", "x");
  store.run("MSET", "x", "bare", "px*", "second star", "->x", "arrow in front", "px->", "no field");
  store.run("HSET", "x", "f", "replaced");
  store.run("SET", "x", "bare");
  store.run("HSET", "hxy", "a->b*", "odd field");
  CHECK(store.run("SORT", "l", "ALPHA", "GET", "*", "GET", "p**", "GET", "->*", "GET", "p*->",
                  "GET", "h*y->a->b*")
        == bulks({"bare", "second star", "arrow in front", "no field", "odd field"}));
  // A zero byte ends what is looked at, and belongs to the key.
  const std::string zero{"\0", 1};
  store.run("SET", "qx" + zero + "->f", "behind a zero byte");
  CHECK(store.run("SORT", "l", "ALPHA", "GET", "q*" + zero + "->f", "GET", zero + "*", "GET",
                  "#" + zero)
        == array({bulk("behind a zero byte"), null(), bulk("x")}));
}

TEST_CASE("keys and fields that have expired are not there for SORT", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("RPUSH", "l", 1, 2);
  store.run("SET", "w_1", 9, "PX", 100);
  store.run("SET", "w_2", 5);
  store.run("HSET", "h_1", "f", "gone", "g", "stays");
  store.run("HPEXPIRE", "h_1", 100, "FIELDS", 1, "f");
  CHECK(store.run("SORT", "l", "BY", "w_*", "GET", "h_*->f") == array({null(), bulk("gone")}));
  store.advance(100ms);
  CHECK(store.run("SORT", "l", "BY", "w_*", "GET", "h_*->f") == array({null(), null()}));
  CHECK(store.run("EXISTS", "w_1") == integer(0));
  CHECK(store.run("HLEN", "h_1") == integer(2));
}

TEST_CASE("a SORT that stores deletes fields that have expired, so that it can be replayed",
          "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("RPUSH", "l", 1, 2);
  store.run("HSET", "h_1", "f", "gone", "g", "stays");
  store.run("HSET", "h_2", "f", "gone as well");
  store.run("HPEXPIRE", "h_1", 100, "FIELDS", 1, "f");
  store.run("HPEXPIRE", "h_2", 100, "FIELDS", 1, "f");
  store.advance(100ms);
  store.forget();
  CHECK(store.run("SORT", "l", "GET", "h_*->f", "GET", "h_*->g", "STORE", "to") == integer(4));
  CHECK(store.list("to") == bulks({"", "stays", "", ""}));
  CHECK(store.replays()
        == strings{"HDEL h_1 f", "HDEL h_2 f", "SORT l GET h_*->f GET h_*->g STORE to"});
  CHECK(store.events()
        == strings{"hexpired h_1", "hexpired h_2", "del h_2", "new to", "sortstore to"});
}

TEST_CASE("SORT STORE makes the result a list", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  add_weights(store);
  store.run("RPUSH", "l", 3, 1, 2);
  store.run("SET", "to", "replaced", "EX", 1000);
  CHECK(store.run("SORT", "l", "STORE", "to") == integer(3));
  CHECK(store.list("to") == bulks({"1", "2", "3"}));
  CHECK(store.run("TTL", "to") == integer(-1));
  CHECK(store.run("SORT", "l", "GET", "name_*", "GET", "#", "STORE", "to") == integer(6));
  CHECK(store.list("to") == bulks({"one", "1", "", "2", "three", "3"}));
  CHECK(store.run("SORT", "l", "DESC", "STORE", "l") == integer(3));
  CHECK(store.list("l") == bulks({"3", "2", "1"}));
  CHECK(store.run("SORT", "l", "STORE", "a", "STORE", "b") == integer(3));
  CHECK(store.run("EXISTS", "a", "b") == integer(1));
}

TEST_CASE("SORT STORE of nothing deletes the destination", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "to", "v");
  CHECK(store.run("SORT", "none", "STORE", "to") == integer(0));
  CHECK(store.run("EXISTS", "to") == integer(0));
  store.run("RPUSH", "to", 1);
  store.run("RPUSH", "l", 1);
  CHECK(store.run("SORT", "l", "LIMIT", 1, 1, "STORE", "to") == integer(0));
  CHECK(store.run("EXISTS", "to") == integer(0));
}

TEST_CASE("SORT STORE tells what it did", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("RPUSH", "l", 3, 1, 2);
  CHECK(store.events_of("SORT", "l").empty());
  CHECK(store.events_of("SORT", "l", "STORE", "to") == strings{"new to", "sortstore to"});
  CHECK(store.replays() == strings{"SORT l STORE to"});
  CHECK(store.events_of("SORT", "l", "BY", "w_*", "STORE", "to") == strings{"sortstore to"});
  CHECK(store.replays() == strings{"SORT l BY w_* STORE to"});
  CHECK(store.events_of("SORT", "none", "STORE", "to") == strings{"del to"});
  CHECK(store.replays() == strings{"SORT none STORE to"});
  CHECK(store.events_of("SORT", "none", "STORE", "to").empty());
}

TEST_CASE("a stored result is called a listpack up to the limits", "[sort]") {
  test_store store;
  const auto encoding_of = [&](std::size_t count, std::size_t bytes, int setting) {
    store.access().list_packed_size = setting;
    store.run("DEL", "l");
    for (std::size_t i = 0; i < count; ++i)
      store.run("RPUSH", "l", std::string(bytes, 'x'));
    store.run("SORT", "l", "ALPHA", "STORE", "to");
    return store.run("OBJECT", "ENCODING", "to").text;
  };
  CHECK(encoding_of(10, 10, 10) == "listpack");
  CHECK(encoding_of(11, 10, 10) == "quicklist");
  CHECK(encoding_of(8, 1000, -2) == "listpack");
  CHECK(encoding_of(9, 1000, -2) == "quicklist");
  CHECK(encoding_of(1, 8178, -2) == "listpack");
  CHECK(encoding_of(1, 8179, -2) == "quicklist");
}

TEST_CASE("SORT refuses what it does not understand", "[sort]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "text", "v");
  store.run("HSET", "hash", "f", "v");
  store.run("RPUSH", "l", 1);
  const std::string name = GENERATE("SORT", "SORT_RO");
  CHECK(store.run(name) == error(errors::wrong_arity(name == "SORT" ? "sort" : "sort_ro")));
  CHECK(store.run(name, "text") == error(errors::wrong_type));
  CHECK(store.run(name, "hash", "BY", "nosort") == error(errors::wrong_type));
  // Words are looked at before the key.
  CHECK(store.run(name, "text", "foo") == error(errors::syntax));
  for (const auto* word : {"BY", "GET", "STORE", "LIMIT", ""})
    CHECK(store.run(name, "l", word) == error(errors::syntax));
  CHECK(store.run(name, "l", "LIMIT", 1) == error(errors::syntax));
  CHECK(store.run(name, "l", "LIMIT", "x", 1) == error(errors::not_an_integer));
  CHECK(store.run(name, "l", "LIMIT", 1, "1.5", "foo") == error(errors::not_an_integer));
  CHECK(store.run("SORT_RO", "l", "STORE", "to") == error(errors::syntax));
}

TEST_CASE("SORT counts what it looks up as reads", "[sort]") {
  test_store store;
  store.run("RPUSH", "l", 1, 2);
  store.run("SET", "w_1", 5);
  const auto hits = store.shard(0).hits.get();
  const auto misses = store.shard(0).misses.get();
  store.run("SORT", "l", "BY", "w_*");
  CHECK(store.shard(0).hits.get() - hits == 2);
  CHECK(store.shard(0).misses.get() - misses == 1);
}

} // namespace thespis::tests
