#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

#include <string>

namespace thespis::tests {

namespace errors = protocol::errors;
using keyspace::value_type;
using strings = std::vector<std::string>;

// -- ends -----------------------------------------------------------------------------------------

TEST_CASE("LPUSH and RPUSH add at both ends and reply the length", "[list]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("RPUSH", "l", "a", "b") == integer(2));
  CHECK(store.run("LPUSH", "l", "c", "d") == integer(4));
  CHECK(store.list("l") == bulks({"d", "c", "a", "b"}));
  CHECK(store.run("TYPE", "l") == simple("list"));
  CHECK(store.run("LLEN", "l") == integer(4));
  CHECK(store.run("LLEN", "none") == integer(0));
}

TEST_CASE("LPUSHX and RPUSHX add to lists that are there", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("LPUSHX", "l", "a") == integer(0));
  CHECK(store.run("RPUSHX", "l", "a") == integer(0));
  CHECK(store.run("EXISTS", "l") == integer(0));
  store.run("RPUSH", "l", "m");
  CHECK(store.run("LPUSHX", "l", "a", "b") == integer(3));
  CHECK(store.run("RPUSHX", "l", "y", "z") == integer(5));
  CHECK(store.list("l") == bulks({"b", "a", "m", "y", "z"}));
}

TEST_CASE("LPOP and RPOP take from both ends until the key is gone", "[list]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("LPOP", "l") == null());
  store.run("RPUSH", "l", "a", "b", "c");
  CHECK(store.run("LPOP", "l") == bulk("a"));
  CHECK(store.run("RPOP", "l") == bulk("c"));
  CHECK(store.run("RPOP", "l") == bulk("b"));
  CHECK(store.run("EXISTS", "l") == integer(0));
  CHECK(store.run("RPOP", "l") == null());
}

TEST_CASE("LPOP and RPOP with a count reply arrays in the order of taking", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("RPUSH", "l", "a", "b", "c", "d", "e");
  CHECK(store.run("LPOP", "l", 0) == array({}));
  CHECK(store.run("LPOP", "l", 2) == bulks({"a", "b"}));
  CHECK(store.run("RPOP", "l", 2) == bulks({"e", "d"}));
  CHECK(store.run("RPOP", "l", 100) == bulks({"c"}));
  CHECK(store.run("EXISTS", "l") == integer(0));
  CHECK(store.wire("LPOP", "l", 2) == "*-1\r\n");
  CHECK(store.wire("LPOP", "l", 0) == "*-1\r\n");
  CHECK(store.wire("LPOP", "l") == "$-1\r\n");
  CHECK(store.run("LPOP", "l", -1) == error(errors::not_positive));
  CHECK(store.run("LPOP", "l", "x") == error(errors::not_positive));
  CHECK(store.run("LPOP", "l", "9223372036854775808") == error(errors::not_positive));
  CHECK(store.run("RPOP", "l", 1, 2) == error(errors::wrong_arity("rpop")));
  CHECK(store.run("LPOP") == error(errors::wrong_arity("lpop")));
}

TEST_CASE("LPOP of nothing is one kind of null in RESP3", "[list]") {
  test_store store{1, 3};
  CHECK(store.wire("LPOP", "l") == "_\r\n");
  CHECK(store.wire("LPOP", "l", 3) == "_\r\n");
}

TEST_CASE("commands of lists refuse other types", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "s", "v");
  store.plant("h", value_type::hash);
  for (const std::string key : {"s", "h"}) {
    CAPTURE(key);
    for (const strings& request : {
           strings{"LPUSH", key, "x"},
           {"RPUSH", key, "x"},
           {"LPUSHX", key, "x"},
           {"RPUSHX", key, "x"},
           {"LPOP", key},
           {"LPOP", key, "0"},
           {"RPOP", key, "2"},
           {"LLEN", key},
           {"LINDEX", key, "x"},
           {"LSET", key, "x", "x"},
           {"LRANGE", key, "0", "-1"},
           {"LTRIM", key, "0", "-1"},
           {"LREM", key, "0", "x"},
           {"LINSERT", key, "BEFORE", "x", "y"},
           {"LPOS", key, "x"},
           {"LMOVE", key, "d", "LEFT", "LEFT"},
           {"RPOPLPUSH", key, "d"},
           {"LMPOP", "2", "none", key, "LEFT"},
         }) {
      CAPTURE(request[0]);
      CHECK(store.run_words(request) == error(errors::wrong_type));
    }
  }
}

TEST_CASE("what happens at the ends of lists is told", "[list]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.events_of("LPUSH", "l", "a", "b") == strings{"new l", "lpush l"});
  CHECK(store.replays() == strings{"LPUSH l a b"});
  CHECK(store.events_of("RPUSH", "l", "c") == strings{"rpush l"});
  CHECK(store.events_of("RPUSHX", "l", "d") == strings{"rpush l"});
  CHECK(store.events_of("LPUSHX", "none", "d").empty());
  CHECK(store.events_of("LPOP", "l") == strings{"lpop l"});
  CHECK(store.events_of("LPOP", "l", 0).empty());
  CHECK(store.events_of("RPOP", "l", 5) == strings{"rpop l", "del l"});
  CHECK(store.replays() == strings{"RPOP l 5"});
  CHECK(store.effects().front().cls == keyspace::event_class::list);
}

// -- by number ------------------------------------------------------------------------------------

TEST_CASE("LINDEX and LSET count from both ends", "[list]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("LINDEX", "l", 0) == null());
  CHECK(store.run("LINDEX", "l", "x") == null());
  CHECK(store.run("LSET", "l", "x", "v") == error(errors::no_such_key));
  store.run("RPUSH", "l", "a", "b", "c");
  CHECK(store.run("LINDEX", "l", 0) == bulk("a"));
  CHECK(store.run("LINDEX", "l", -1) == bulk("c"));
  CHECK(store.run("LINDEX", "l", 3) == null());
  CHECK(store.run("LINDEX", "l", -4) == null());
  CHECK(store.run("LINDEX", "l", "-9223372036854775808") == null());
  CHECK(store.run("LINDEX", "l", "x") == error(errors::not_an_integer));
  CHECK(store.run("LSET", "l", 1, "B") == ok());
  CHECK(store.run("LSET", "l", -3, "A much longer element") == ok());
  CHECK(store.run("LSET", "l", 3, "v") == error(errors::index_out_of_range));
  CHECK(store.run("LSET", "l", -4, "v") == error(errors::index_out_of_range));
  CHECK(store.run("LSET", "l", "x", "v") == error(errors::not_an_integer));
  CHECK(store.list("l") == bulks({"A much longer element", "B", "c"}));
  CHECK(store.events_of("LSET", "l", 0, "a") == strings{"lset l"});
  CHECK(store.events_of("LSET", "l", 9, "a").empty());
}

TEST_CASE("LRANGE and LTRIM clip their range", "[list]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("LRANGE", "l", 0, -1) == array({}));
  CHECK(store.run("LTRIM", "l", 0, 0) == ok());
  CHECK(store.run("LRANGE", "l", "x", 0) == error(errors::not_an_integer));
  CHECK(store.run("LTRIM", "l", 0, "1.5") == error(errors::not_an_integer));
  store.run("RPUSH", "l", "a", "b", "c", "d");
  CHECK(store.run("LRANGE", "l", 1, 2) == bulks({"b", "c"}));
  CHECK(store.run("LRANGE", "l", -100, 100) == bulks({"a", "b", "c", "d"}));
  CHECK(store.run("LRANGE", "l", -2, -1) == bulks({"c", "d"}));
  CHECK(store.run("LRANGE", "l", 2, 1) == array({}));
  CHECK(store.run("LRANGE", "l", 4, 10) == array({}));
  CHECK(store.run("LRANGE", "l", 0, -5) == array({}));
  CHECK(store.run("LRANGE", "l", "-9223372036854775808", "9223372036854775807")
        == bulks({"a", "b", "c", "d"}));
  CHECK(store.events_of("LTRIM", "l", 0, -1) == strings{"ltrim l"});
  CHECK(store.run("LTRIM", "l", 1, -2) == ok());
  CHECK(store.list("l") == bulks({"b", "c"}));
  CHECK(store.events_of("LTRIM", "l", 5, 10) == strings{"ltrim l", "del l"});
}

TEST_CASE("LRANGE frames elements of every length", "[list]") {
  test_store store{1, GENERATE(2, 3)};
  strings elements;
  std::string expected;
  for (const std::size_t size :
       {0, 1, 9, 10, 15, 16, 17, 99, 100, 252, 253, 999, 1000, 1024, 1025, 9999, 10000, 16, 3}) {
    elements.emplace_back(size, static_cast<char>('a' + elements.size()));
    expected += "$" + std::to_string(size) + "\r\n" + elements.back() + "\r\n";
    store.run("RPUSH", "l", elements.back());
  }
  CHECK(store.wire("LRANGE", "l", 0, -1)
        == "*" + std::to_string(elements.size()) + "\r\n" + expected);
  // Also where the reading end has turned the lengths around.
  store.run("RPOP", "l");
  elements.pop_back();
  CHECK(store.list("l") == bulks(elements));
}

TEST_CASE("LRANGE reads across the parts of a long list", "[list]") {
  test_store store;
  strings elements;
  for (int i = 0; i < 2000; ++i) {
    elements.push_back("element:" + std::to_string(i));
    store.run("RPUSH", "l", elements.back());
  }
  CHECK(store.list("l") == bulks(elements));
  CHECK(store.run("LRANGE", "l", 700, 1299)
        == bulks(strings(elements.begin() + 700, elements.begin() + 1300)));
  for (const int i : {0, 149, 150, 151, 999, 1850, 1999})
    CHECK(store.run("LINDEX", "l", i) == bulk(elements[static_cast<std::size_t>(i)]));
}

// -- names of encodings ---------------------------------------------------------------------------

TEST_CASE("lists are called listpack up to so many elements", "[list]") {
  test_store store;
  store.access().list_packed_size = 3;
  store.run("RPUSH", "l", "a", "b", "c");
  CHECK(store.encoding("l") == "listpack");
  store.run("RPUSH", "l", "d");
  CHECK(store.encoding("l") == "quicklist");
  // Back at the half only.
  store.run("RPOP", "l", 2);
  CHECK(store.encoding("l") == "quicklist");
  store.run("LPOP", "l");
  CHECK(store.encoding("l") == "listpack");

  SECTION("by LINSERT, also without the pivot") {
    store.run("RPUSH", "l", "x", "y");
    store.run("LINSERT", "l", "AFTER", "none", "z");
    CHECK(store.encoding("l") == "quicklist");
  }
  SECTION("by LMOVE to it") {
    store.run("RPUSH", "l", "x", "y");
    store.run("RPUSH", "m", "z");
    store.run("LMOVE", "m", "l", "LEFT", "LEFT");
    CHECK(store.encoding("l") == "quicklist");
  }
  SECTION("back by LREM") {
    store.run("DEL", "l");
    store.run("RPUSH", "l", "a", "a", "a", "d");
    CHECK(store.encoding("l") == "quicklist");
    store.run("LREM", "l", 3, "a");
    CHECK(store.encoding("l") == "listpack");
  }
  SECTION("back by LTRIM") {
    store.run("RPUSH", "l", "a", "b", "c", "d");
    CHECK(store.encoding("l") == "quicklist");
    store.run("LTRIM", "l", 1, 1);
    CHECK(store.encoding("l") == "listpack");
  }
}

TEST_CASE("lists are called listpack up to so many bytes", "[list]") {
  test_store store;
  store.access().list_packed_size = -1;
  store.run("RPUSH", "l", std::string(4080, 'a'));
  CHECK(store.encoding("l") == "listpack");
  store.run("RPUSH", "l", "b");
  CHECK(store.encoding("l") == "listpack");
  store.run("RPUSH", "l", std::string(8, 'c'));
  CHECK(store.encoding("l") == "quicklist");
  store.run("LSET", "l", -1, "c");
  CHECK(store.encoding("l") == "quicklist");
  store.run("LSET", "l", 0, "a");
  CHECK(store.encoding("l") == "listpack");
  store.run("LSET", "l", 0, std::string(4096, 'a'));
  CHECK(store.encoding("l") == "quicklist");
  store.run("LPOP", "l");
  CHECK(store.encoding("l") == "listpack");
  store.run("COPY", "l", "m");
  CHECK(store.encoding("m") == "listpack");
}

} // namespace thespis::tests
