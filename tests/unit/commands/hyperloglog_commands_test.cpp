#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

#include <cstddef>

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

/// PFADD of `count` numbers from `first` on.
resp_value add_numbers(test_store& store, const std::string& key, int first, int count) {
  strings words{"PFADD", key};
  for (int i = 0; i < count; ++i)
    words.push_back(std::to_string(first + i));
  return store.run_words(words);
}

std::string text_at(test_store& store, std::string_view key) {
  return store.run("GET", key).text;
}

/// A sparse sketch whose runs are these.
std::string sparse(std::string_view runs) {
  return std::string{"HYLL\1\0\0\0\0\0\0\0\0\0\0\x80", 16}.append(runs);
}

} // namespace

TEST_CASE("PFADD makes the bytes that Redis makes", "[hyperloglog]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("PFADD", "k") == integer(1));
  CHECK(text_at(store, "k") == sparse("\x7f\xff"));
  CHECK(store.run("PFADD", "k") == integer(0));
  CHECK(store.run("PFADD", "k", "a", "b", "c", "d", "e", "f", "g") == integer(1));
  const std::string_view runs
    = "\x46\x6d\x80\x56\x0c\x80\x44\x3c\x84\x38\x80\x50\xb1\x84\x49\x8c\x80\x42\x6d\x80\x42\x5a";
  CHECK(text_at(store, "k") == sparse(runs));
  CHECK(store.run("PFADD", "k", "a", "g") == integer(0));
  CHECK(store.run("OBJECT", "ENCODING", "k") == bulk("raw"));
  CHECK(store.run("PFCOUNT", "k") == integer(7));
  auto counted = sparse(runs);
  counted[8] = 7;
  counted[15] = 0;
  CHECK(text_at(store, "k") == counted);
}

TEST_CASE("Sketches become dense beyond hll-sparse-max-bytes", "[hyperloglog]") {
  test_store store;
  add_numbers(store, "k", 0, 1500);
  CHECK(store.run("PFDEBUG", "ENCODING", "k") == simple("sparse"));
  CHECK(store.run("STRLEN", "k") == integer(2766));
  CHECK(store.run("PFCOUNT", "k") == integer(1512));
  add_numbers(store, "k", 0, 3000);
  CHECK(store.run("PFDEBUG", "ENCODING", "k") == simple("dense"));
  CHECK(store.run("STRLEN", "k") == integer(12304));
  CHECK(store.run("PFCOUNT", "k") == integer(3004));
  CHECK(add_numbers(store, "k", 0, 3000) == integer(0));
  CHECK(add_numbers(store, "k", 3000, 17000) == integer(1));
  CHECK(store.run("PFCOUNT", "k") == integer(19891));
  store.access().hll_sparse_bytes_max = 0;
  CHECK(store.run("PFADD", "dense", "x") == integer(1));
  CHECK(store.run("STRLEN", "dense") == integer(12304));
  CHECK(store.run("PFADD", "empty") == integer(1));
  CHECK(store.run("STRLEN", "empty") == integer(18));
}

TEST_CASE("PFADD and PFCOUNT tell what changed", "[hyperloglog]") {
  test_store store;
  CHECK(store.events_of("PFADD", "k") == strings{"new k", "pfadd k"});
  CHECK(store.events_of("PFADD", "k", "a") == strings{"pfadd k"});
  CHECK(store.replays() == strings{"PFADD k a"});
  CHECK(store.events_of("PFADD", "k", "a").empty());
  store.forget();
  store.run("PFCOUNT", "k");
  REQUIRE(store.effects().size() == 1);
  CHECK(store.effects().front().cls == keyspace::event_class{});
  CHECK(store.replays() == strings{"PFCOUNT k"});
  CHECK(store.events_of("PFCOUNT", "k").empty());
  CHECK(store.events_of("PFCOUNT", "k", "none").empty());
}

TEST_CASE("PFADD and PFCOUNT keep the time to live", "[hyperloglog]") {
  test_store store;
  store.run("PFADD", "k", "a");
  store.run("PEXPIRE", "k", 700);
  add_numbers(store, "k", 0, 3000);
  store.run("PFCOUNT", "k");
  CHECK(store.run("PTTL", "k") == integer(700));
  store.advance(700ms);
  CHECK(store.run("PFCOUNT", "k") == integer(0));
}

TEST_CASE("PFCOUNT believes the cardinality in the string", "[hyperloglog]") {
  test_store store;
  auto bytes = sparse("\x7f\xff");
  bytes[8] = 42;
  bytes[15] = 0;
  store.run("SET", "k", bytes);
  CHECK(store.run("PFCOUNT", "k") == integer(42));
  CHECK(store.run("PFCOUNT", "k", "none") == integer(0));
}

TEST_CASE("PFCOUNT of several keys counts their union", "[hyperloglog]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  add_numbers(store, "a", 0, 500);
  add_numbers(store, "b", 250, 250);
  CHECK(store.run("PFCOUNT", "a", "none", "b") == integer(503));
  add_numbers(store, "c", 0, 20000);
  CHECK(store.run("PFCOUNT", "b", "c", "a") == integer(19891));
  CHECK(store.run("PFCOUNT", "none", "nil") == integer(0));
}

TEST_CASE("PFMERGE unites sketches in the first", "[hyperloglog]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  add_numbers(store, "a", 0, 500);
  add_numbers(store, "b", 500, 500);
  CHECK(store.run("PFMERGE", "d", "a", "none", "b") == ok());
  CHECK(store.run("PFDEBUG", "ENCODING", "d") == simple("sparse"));
  CHECK(store.run("PFCOUNT", "d") == integer(1001));
  add_numbers(store, "dense", 1000, 19000);
  CHECK(store.run("PFMERGE", "d", "dense") == ok());
  CHECK(store.run("PFDEBUG", "ENCODING", "d") == simple("dense"));
  CHECK(store.run("PFCOUNT", "d") == integer(19891));
  CHECK(store.run("PFMERGE", "d", "a") == ok());
  CHECK(store.run("PFCOUNT", "d") == integer(19891));
  CHECK(store.run("PFMERGE", "a", "b") == ok());
  CHECK(store.run("PFCOUNT", "a") == integer(1001));
}

TEST_CASE("PFMERGE becomes dense by size, and makes an empty sketch of nothing", "[hyperloglog]") {
  test_store store;
  add_numbers(store, "a", 0, 1200);
  add_numbers(store, "b", 1200, 1800);
  CHECK(store.run("PFMERGE", "d", "a", "b") == ok());
  CHECK(store.run("PFDEBUG", "ENCODING", "d") == simple("dense"));
  CHECK(store.run("PFCOUNT", "d") == integer(3004));
  CHECK(store.events_of("PFMERGE", "e") == strings{"new e", "pfadd e"});
  CHECK(store.replays() == strings{"PFMERGE e"});
  CHECK(text_at(store, "e") == sparse("\x7f\xff"));
  CHECK(store.events_of("PFMERGE", "e", "none") == strings{"pfadd e"});
}

TEST_CASE("Strings that are no sketches are refused", "[hyperloglog]") {
  test_store store{GENERATE(1u, 3u)};
  const auto refused = error(errors::not_a_hyperloglog);
  for (const auto& value :
       {std::string{}, std::string{"12"}, std::string{"HYLL"},
        sparse("\x7f\xff").replace(0, 1, "h"), sparse("\x7f\xff").replace(4, 1, "\2"),
        sparse("\x7f\xff").replace(4, 1, std::string(1, '\0'))}) {
    store.run("SET", "k", value);
    CHECK(store.run("PFADD", "k", "a") == refused);
    CHECK(store.run("PFCOUNT", "k") == refused);
    CHECK(store.run("PFCOUNT", "none", "k") == refused);
    CHECK(store.run("PFMERGE", "d", "k") == refused);
    CHECK(store.run("PFMERGE", "k", "none") == refused);
    CHECK(store.run("PFDEBUG", "GETREG", "k") == refused);
    CHECK(store.run("GET", "k") == bulk(value));
  }
  store.plant("h", keyspace::value_type::hash);
  CHECK(store.run("PFADD", "h", "a") == error(errors::wrong_type));
  CHECK(store.run("PFCOUNT", "h") == error(errors::wrong_type));
  CHECK(store.run("PFCOUNT", "none", "h") == error(errors::wrong_type));
  CHECK(store.run("PFMERGE", "d", "h") == error(errors::wrong_type));
  CHECK(store.run("PFDEBUG", "ENCODING", "h") == error(errors::wrong_type));
  CHECK(store.run("EXISTS", "d") == integer(0));
}

TEST_CASE("Corrupted sketches are told from sketches and left alone", "[hyperloglog]") {
  test_store store{GENERATE(1u, 3u)};
  const auto refused = error(errors::corrupted_hyperloglog);
  for (const auto& value : {sparse(""), sparse("\x40"), sparse("\x80"), sparse("\x7f\xff\x80")}) {
    store.run("SET", "k", value);
    CHECK(store.run("PFCOUNT", "k") == refused);
    CHECK(store.run("PFCOUNT", "k", "none") == refused);
    CHECK(store.run("PFMERGE", "d", "k") == refused);
    CHECK(store.run("PFDEBUG", "GETREG", "k") == refused);
    CHECK(store.run("PFDEBUG", "TODENSE", "k") == refused);
    CHECK(store.run("GET", "k") == bulk(value));
  }
  store.run("SET", "k", sparse("\x40"));
  CHECK(store.run("PFADD", "k", "a") == refused);
}

TEST_CASE("PFDEBUG shows the inside of a sketch", "[hyperloglog]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("PFADD", "k", "a");
  CHECK(store.run("PFDEBUG", "DECODE", "k") == bulk("Z:12711 v:2,1 Z:3672"));
  CHECK(store.run("PFDEBUG", "decode", "none") == error(errors::no_such_hyperloglog));
  CHECK(store.run("PFDEBUG", "Encoding", "k") == simple("sparse"));
  CHECK(store.run("PFDEBUG", "WHAT", "k") == error(errors::unknown_pfdebug("WHAT")));
  CHECK(store.run("PFDEBUG", "WHAT") == error(errors::wrong_arity("pfdebug")));
  store.forget();
  CHECK(store.run("PFDEBUG", "TODENSE", "k") == integer(1));
  CHECK(store.replays() == strings{"PFDEBUG TODENSE k"});
  CHECK(store.run("PFDEBUG", "TODENSE", "k") == integer(0));
  CHECK(store.run("PFDEBUG", "ENCODING", "k") == simple("dense"));
  CHECK(store.run("PFDEBUG", "DECODE", "k") == error(errors::hyperloglog_not_sparse));
  CHECK(store.run("PFCOUNT", "k") == integer(1));
  store.run("PFADD", "other", "a");
  const auto registers = store.run("PFDEBUG", "GETREG", "other");
  REQUIRE(registers.items.size() == 16384);
  CHECK(registers.items[12711] == integer(2));
  CHECK(registers.items[12712] == integer(0));
  CHECK(store.run("PFDEBUG", "ENCODING", "other") == simple("dense"));
  CHECK(registers == store.run("PFDEBUG", "GETREG", "k"));
}

TEST_CASE("PFSELFTEST finds nothing wrong", "[hyperloglog]") {
  test_store store;
  CHECK(store.run("PFSELFTEST") == ok());
}

} // namespace thespis::tests
