#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

resp_value stream_entry_of(std::string_view id, const strings& fields) {
  return array({bulk(id), bulks(fields)});
}

} // namespace

TEST_CASE("XADD adds entries whose IDs grow", "[stream]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("XADD", "s", "1-1", "a", "1") == bulk("1-1"));
  CHECK(store.run("XADD", "s", "1-*", "a", "2", "b", "3") == bulk("1-2"));
  CHECK(store.run("XADD", "s", "2", "a", "4") == bulk("2-0"));
  CHECK(store.run("XADD", "s", "*", "a", "5") == bulk("1700000000000-0"));
  CHECK(store.run("XADD", "s", "*", "a", "6") == bulk("1700000000000-1"));
  CHECK(store.run("XADD", "s", "1700000000000", "a", "6") == error(errors::stream_id_too_small));
  CHECK(store.run("XADD", "s", "3-*", "a", "6") == error(errors::stream_id_too_small));
  CHECK(store.run("XLEN", "s") == integer(5));
  CHECK(store.run("XLEN", "none") == integer(0));
  CHECK(store.run("TYPE", "s") == simple("stream"));
  CHECK(store.encoding("s") == "stream");
  CHECK(
    store.run("XRANGE", "s", "1-2", "2")
    == array({stream_entry_of("1-2", {"a", "2", "b", "3"}), stream_entry_of("2-0", {"a", "4"})}));
}

TEST_CASE("XADD knows the first and the last possible ID", "[stream]") {
  test_store store;
  CHECK(store.run("XADD", "s", "0-0", "a", "1") == error(errors::stream_id_zero));
  CHECK(store.run("EXISTS", "s") == integer(0));
  CHECK(store.run("XADD", "s", "0-*", "a", "1") == bulk("0-1"));
  CHECK(store.run("XADD", "s", "5-18446744073709551615", "a", "1")
        == bulk("5-18446744073709551615"));
  CHECK(store.run("XADD", "s", "5-*", "a", "1") == error(errors::stream_id_too_small));
  CHECK(store.run("XADD", "s", "18446744073709551615-18446744073709551614", "a", "1").text
        == "18446744073709551615-18446744073709551614");
  CHECK(store.run("XADD", "s", "*", "a", "1").text == "18446744073709551615-18446744073709551615");
  CHECK(store.run("XADD", "s", "*", "a", "1") == error(errors::stream_ids_exhausted));
}

TEST_CASE("a request over very many entries moves, and has the usual reply", "[stream]") {
  constexpr int entries = 40'000;
  test_store store{GENERATE(1u, 3u)};
  for (int i = 1; i <= entries; ++i)
    store.run("XADD", "s", i, "a", "1");
  store.run("XGROUP", "CREATE", "s", "g", 0);
  const auto moves = [&](const auto&... words) {
    const auto before = store.moved();
    const auto reply = store.run(words...);
    CHECK_FALSE(reply.is_error());
    return std::pair{store.moved() - before, reply.items.size()};
  };
  const auto stays = [](std::size_t items) { return std::pair{std::size_t{0}, items}; };
  const auto goes = [](std::size_t items) { return std::pair{std::size_t{1}, items}; };
  CHECK(moves("XRANGE", "s", "-", "+") == goes(entries));
  CHECK(moves("XRANGE", "s", "-", "+", "COUNT", 32'768) == stays(32'768));
  CHECK(moves("XRANGE", "s", 1000, 1099) == stays(100));
  CHECK(moves("XREVRANGE", "s", "+", "-", "COUNT", 32'769) == goes(32'769));
  CHECK(moves("XREVRANGE", "s", "+", "-", "COUNT", 5) == stays(5));
  CHECK(moves("XREAD", "STREAMS", "s", 0) == goes(1));
  CHECK(moves("XREAD", "STREAMS", "s", 30'000) == stays(1));
  CHECK(moves("XREAD", "COUNT", 10, "STREAMS", "s", 0) == stays(1));
  CHECK(moves("XREAD", "STREAMS", "s", "s", 20'000, 20'000) == goes(2));
  CHECK(moves("XREADGROUP", "GROUP", "g", "a", "COUNT", 3, "STREAMS", "s", ">") == stays(1));
  CHECK(moves("XREADGROUP", "GROUP", "g", "a", "STREAMS", "s", ">") == goes(1));
  CHECK(moves("XREADGROUP", "GROUP", "g", "a", "STREAMS", "s", ">") == stays(0));
  CHECK(moves("XREADGROUP", "GROUP", "g", "a", "STREAMS", "s", 0) == goes(1));
  CHECK(moves("XREADGROUP", "GROUP", "g", "b", "STREAMS", "s", 0) == stays(1));
  CHECK(moves("XREADGROUP", "GROUP", "g", "b", "CLAIM", 100, "STREAMS", "s", ">") == goes(0));
  CHECK(store.run("XPENDING", "s", "g").items[0] == integer(entries));
  CHECK(moves("XINFO", "STREAM", "s") == stays(20));
  CHECK(moves("XINFO", "STREAM", "s", "FULL") == stays(18));
  CHECK(moves("XINFO", "STREAM", "s", "FULL", "COUNT", 0) == goes(18));
  CHECK(moves("COPY", "s", "t") == goes(0));
  CHECK(moves("XADD", "s", "MAXLEN", 39'000, "*", "a", "1") == stays(0));
  CHECK(moves("XTRIM", "s", "MINID", 35'000) == goes(0));
  CHECK(moves("XTRIM", "t", "MAXLEN", "~", 1000, "LIMIT", 1000) == stays(0));
  CHECK(moves("XADD", "t", "MAXLEN", 1, "*", "a", "1") == goes(0));
  CHECK(store.run("XLEN", "s") == integer(5002));
  CHECK(store.run("XLEN", "t") == integer(1));
}

TEST_CASE("XADD refuses what makes no sense", "[stream]") {
  test_store store;
  CHECK(store.run("XADD", "s", "*", "a") == error(errors::wrong_arity("xadd")));
  CHECK(store.run("XADD", "s", "*", "a", "b", "c") == error(errors::wrong_arity("xadd")));
  CHECK(store.run("XADD", "s", "x", "a", "b") == error(errors::invalid_stream_id));
  CHECK(store.run("XADD", "s", "-", "a", "b") == error(errors::invalid_stream_id));
  CHECK(store.run("XADD", "s", "MAXLEN", "-1", "*", "a", "b")
        == error(errors::stream_maxlen_negative));
  CHECK(store.run("XADD", "s", "MAXLEN", "x", "*", "a", "b") == error(errors::not_an_integer));
  CHECK(store.run("XADD", "s", "MAXLEN", 1, "MINID", 1, "*", "a", "b")
        == error(errors::stream_two_trims));
  CHECK(store.run("XADD", "s", "LIMIT", 1, "*", "a", "b")
        == error(errors::stream_limit_without_trim));
  CHECK(store.run("XADD", "s", "MAXLEN", 1, "LIMIT", 1, "*", "a", "b")
        == error(errors::stream_limit_of_exact_trim));
  CHECK(store.run("XADD", "s", "MAXLEN", "~", 1, "LIMIT", -1, "*", "a", "b")
        == error(errors::stream_limit_negative));
  CHECK(store.run("XADD", "s", "KEEPREF", "ACKED", "*", "a", "b") == error(errors::syntax));
  CHECK(store.run("XADD", "s", "NOMKSTREAM", "*", "a", "b") == null());
  CHECK(store.run("EXISTS", "s") == integer(0));
  store.run("SET", "t", "v");
  for (const auto& words :
       std::vector<strings>{{"XADD", "t", "*", "a", "b"},
                            {"XLEN", "t"},
                            {"XRANGE", "t", "-", "+"},
                            {"XDEL", "t", "1"},
                            {"XDELEX", "t", "IDS", "1", "1"},
                            {"XTRIM", "t", "MAXLEN", "1"},
                            {"XSETID", "t", "1"},
                            {"XREAD", "STREAMS", "t", "0"},
                            {"XREADGROUP", "GROUP", "g", "c", "STREAMS", "t", ">"},
                            {"XGROUP", "CREATE", "t", "g", "0"},
                            {"XGROUP", "SETID", "t", "g", "0"},
                            {"XACK", "t", "g", "1"},
                            {"XACKDEL", "t", "g", "IDS", "1", "1"},
                            {"XNACK", "t", "g", "FAIL", "IDS", "1", "1"},
                            {"XPENDING", "t", "g"},
                            {"XCLAIM", "t", "g", "c", "0", "1"},
                            {"XAUTOCLAIM", "t", "g", "c", "0", "0"},
                            {"XINFO", "STREAM", "t"},
                            {"XINFO", "GROUPS", "t"}})
    CHECK(store.run_words(words) == error(errors::wrong_type));
}

TEST_CASE("XADD and XTRIM trim by length and by ID", "[stream]") {
  test_store store;
  for (int i = 1; i <= 250; ++i)
    store.run("XADD", "s", i, "a", i);
  CHECK(store.run("XTRIM", "s", "MAXLEN", "~", 200) == integer(0));
  CHECK(store.run("XTRIM", "s", "MAXLEN", "~", 149) == integer(100));
  CHECK(store.run("XTRIM", "s", "MINID", "~", 300, "LIMIT", 50) == integer(0));
  CHECK(store.run("XTRIM", "s", "MINID", "=", 111) == integer(10));
  CHECK(store.run("XADD", "s", "MAXLEN", 2, "251", "a", "b") == bulk("251-0"));
  CHECK(store.run("XLEN", "s") == integer(2));
  CHECK(store.run("XADD", "s", "MAXLEN", 0, "252", "a", "b") == bulk("252-0"));
  CHECK(store.run("XLEN", "s") == integer(0));
  CHECK(store.run("EXISTS", "s") == integer(1));
  CHECK(store.run("XTRIM", "none", "MAXLEN", 1) == integer(0));
  CHECK(store.run("XTRIM", "s", "FOO", 1) == error(errors::syntax));
  CHECK(store.run("XTRIM", "s", "LIMIT", 0) == error(errors::stream_no_trim));
}

TEST_CASE("streams tell what was done to them", "[stream]") {
  test_store store;
  CHECK(store.events_of("XADD", "s", "*", "a", "1") == strings{"new s", "xadd s"});
  CHECK(store.replays_of("XADD", "s", "*", "a", "1") == strings{"XADD s 1700000000000-1 a 1"});
  CHECK(store.replays_of("XADD", "s", "1700000000001-0", "a", "1")
        == strings{"XADD s 1700000000001-0 a 1"});
  CHECK(store.events_of("XADD", "s", "MAXLEN", 2, "*", "a", "1") == strings{"xadd s", "xtrim s"});
  CHECK(store.replays_of("XADD", "s", "MAXLEN", "~", 1, "LIMIT", 0, "*", "a", "1")
        == strings{"XADD s MAXLEN = 3 KEEPREF 1700000000001-2 a 1"});
  CHECK(store.events_of("XTRIM", "s", "MAXLEN", 2) == strings{"xtrim s"});
  CHECK(store.events_of("XTRIM", "s", "MAXLEN", 2) == strings{});
  CHECK(store.events_of("XDEL", "s", "1700000000001-2", "1-1") == strings{"xdel s"});
  CHECK(store.events_of("XSETID", "s", "1800000000000-0") == strings{"xsetid s"});
  CHECK(store.events_of("XGROUP", "CREATE", "s", "g", "0") == strings{"xgroup-create s"});
  CHECK(store.events_of("XGROUP", "CREATE", "new", "g", "$", "MKSTREAM")
        == strings{"new new", "xgroup-create new"});
  CHECK(store.events_of("XGROUP", "SETID", "s", "g", "0") == strings{"xgroup-setid s"});
  CHECK(store.events_of("XGROUP", "CREATECONSUMER", "s", "g", "c")
        == strings{"xgroup-createconsumer s"});
  CHECK(store.replays_of("XREADGROUP", "GROUP", "g", "d", "COUNT", 1, "STREAMS", "s", ">")
        == strings{"XGROUP CREATECONSUMER s g d",
                   "XCLAIM s g d 0 1700000000001-1 TIME 1700000000000 RETRYCOUNT 1 FORCE JUSTID "
                   "LASTID 1700000000001-1"});
  CHECK(store.events_of("XACK", "s", "g", "1700000000001-1") == strings{});
  CHECK(store.events_of("XGROUP", "DELCONSUMER", "s", "g", "c") == strings{"xgroup-delconsumer s"});
  CHECK(store.events_of("XGROUP", "DESTROY", "s", "g") == strings{"xgroup-destroy s"});
}

TEST_CASE("XRANGE and XREVRANGE take intervals with or without their ends", "[stream]") {
  test_store store{1, GENERATE(2, 3)};
  for (int i = 1; i <= 5; ++i)
    store.run("XADD", "s", i, "a", i);
  const auto entry = [](int i) {
    return stream_entry_of(std::to_string(i) + "-0", {"a", std::to_string(i)});
  };
  CHECK(store.run("XRANGE", "s", "-", "+", "COUNT", 2) == array({entry(1), entry(2)}));
  CHECK(store.run("XRANGE", "s", "(2", "(4-0") == array({entry(3)}));
  CHECK(store.run("XREVRANGE", "s", "+", "4") == array({entry(5), entry(4)}));
  CHECK(store.run("XREVRANGE", "s", "4", "(1-0", "COUNT", 1) == array({entry(4)}));
  CHECK(store.run("XRANGE", "s", "6", "+") == array({}));
  CHECK(store.run("XRANGE", "s", "4", "2") == array({}));
  CHECK(store.run("XRANGE", "none", "-", "+") == array({}));
  CHECK(store.wire("XRANGE", "s", "-", "+", "COUNT", 0)
        == (store.client().protocol == 2 ? "*-1\r\n" : "_\r\n"));
  CHECK(store.run("XRANGE", "s", "(+", "+") == error(errors::invalid_stream_id));
  CHECK(store.run("XRANGE", "s", "(18446744073709551615-18446744073709551615", "+")
        == error(errors::stream_invalid_start));
  CHECK(store.run("XRANGE", "s", "-", "(0-0") == error(errors::stream_invalid_end));
  CHECK(store.run("XRANGE", "s", "-", "+", "FOO") == error(errors::syntax));
  CHECK(store.run("XRANGE", "s", "-", "+", "COUNT", "x") == error(errors::not_an_integer));
}

TEST_CASE("XDEL and XSETID keep what IDs promise", "[stream]") {
  test_store store;
  for (int i = 1; i <= 5; ++i)
    store.run("XADD", "s", i, "a", i);
  CHECK(store.run("XDEL", "s", 3, 3, "9-9", 5) == integer(2));
  CHECK(store.run("XDEL", "s", 1, "x") == error(errors::invalid_stream_id));
  CHECK(store.run("XLEN", "s") == integer(3));
  CHECK(store.run("XADD", "s", 5, "a", "b") == error(errors::stream_id_too_small));
  CHECK(store.run("XSETID", "s", 4) == error(errors::stream_set_id_below_deleted));
  CHECK(store.run("XSETID", "s", 9, "ENTRIESADDED", 2) == error(errors::stream_added_below_length));
  CHECK(store.run("XSETID", "s", 9, "ENTRIESADDED", -2) == error(errors::stream_added_negative));
  CHECK(store.run("XSETID", "s", 9, "MAXDELETEDID", 10)
        == error(errors::stream_set_id_below_given_deleted));
  CHECK(store.run("XSETID", "none", 9) == error(errors::no_such_key));
  CHECK(store.run("XSETID", "s", 9, "ENTRIESADDED", 20, "MAXDELETEDID", 7) == ok());
  CHECK(store.run("XADD", "s", "8", "a", "b") == error(errors::stream_id_too_small));
  CHECK(store.run("XDEL", "none", 1) == integer(0));
}

TEST_CASE("XREAD replies with what is behind an ID, key by key", "[stream]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("XADD", "s", 1, "a", "1");
  store.run("XADD", "s", 2, "a", "2");
  store.run("XADD", "t", 1, "b", "3");
  const auto reply = [&](const std::vector<std::pair<std::string, resp_value>>& streams) {
    std::vector<resp_value> items;
    for (const auto& [key, entries] : streams)
      if (store.client().protocol == 2) {
        items.push_back(array({bulk(key), array({entries})}));
      } else {
        items.push_back(bulk(key));
        items.push_back(array({entries}));
      }
    return store.client().protocol == 2 ? array(items) : map(items);
  };
  const auto one = stream_entry_of("1-0", {"a", "1"});
  const auto two = stream_entry_of("2-0", {"a", "2"});
  const auto three = stream_entry_of("1-0", {"b", "3"});
  CHECK(store.run("XREAD", "STREAMS", "s", "t", "none", 1, 0, 0)
        == reply({{"s", two}, {"t", three}}));
  CHECK(store.run("XREAD", "COUNT", 1, "STREAMS", "s", "t", 0, 1) == reply({{"s", one}}));
  CHECK(store.run("XREAD", "STREAMS", "s", "+") == reply({{"s", two}}));
  CHECK(store.wire("XREAD", "STREAMS", "s", "$")
        == (store.client().protocol == 2 ? "*-1\r\n" : "_\r\n"));
  CHECK(store.run("XREAD", "BLOCK", 1, "STREAMS", "s", "$") == null());
}

TEST_CASE("XREAD refuses what makes no sense", "[stream]") {
  test_store store;
  CHECK(store.run("XREAD", "STREAMS", "a", "b", "0")
        == error(errors::unbalanced_streams("xread", false)));
  CHECK(store.run("XREADGROUP", "GROUP", "g", "c", "STREAMS", "a", "b", "0")
        == error("ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' "
                 "must be specified."));
  CHECK(store.run("XREAD", "COUNT", 1, "BLOCK") == error(errors::syntax));
  CHECK(store.run("XREAD", "BLOCK", "x", "STREAMS", "s", 0)
        == error(errors::timeout_not_an_integer));
  CHECK(store.run("XREAD", "BLOCK", -1, "STREAMS", "s", 0) == error(errors::timeout_negative));
  CHECK(store.run("XREAD", "GROUP", "g", "c", "STREAMS", "s", 0)
        == error(errors::stream_read_group));
  CHECK(store.run("XREAD", "NOACK", "STREAMS", "s", 0) == error(errors::stream_read_noack));
  CHECK(store.run("XREAD", "STREAMS", "s", ">") == error(errors::stream_undelivered_without_group));
  CHECK(store.run("XREAD", "STREAMS", "s", "x") == error(errors::invalid_stream_id));
  CHECK(store.run("XREADGROUP", "COUNT", 1, "NOACK", "BLOCK", 1, "STREAMS", "s", ">")
        == error(errors::stream_group_missing));
  CHECK(store.run("XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", ">")
        == error(errors::no_group_to_read("s", "g")));
  store.run("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
  CHECK(store.run("XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", "$")
        == error(errors::stream_new_id_in_group));
  CHECK(store.run("XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", "+")
        == error(errors::stream_last_id_in_group));
}

} // namespace thespis::tests
