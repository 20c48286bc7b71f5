#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

#include <algorithm>

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

namespace {

/// Five entries 1-0 to 5-0 in "s", and a group "g" that has read nothing.
void fill_stream(test_store& store) {
  for (int i = 1; i <= 5; ++i)
    store.run("XADD", "s", i, "a", i);
  store.run("XGROUP", "CREATE", "s", "g", "0");
}

resp_value numbered_entry(int i) {
  return array({bulk(std::to_string(i) + "-0"), bulks({"a", std::to_string(i)})});
}

resp_value from_s(std::vector<resp_value> entries) {
  return array({array({bulk("s"), array(std::move(entries))})});
}

resp_value read_new(test_store& store, std::string_view consumer, int count) {
  return store.run("XREADGROUP", "GROUP", "g", consumer, "COUNT", count, "STREAMS", "s", ">");
}

std::string lag_of(test_store& store) {
  return to_text(store.run("XINFO", "GROUPS", "s").items[0].items[11]);
}

} // namespace

TEST_CASE("XGROUP makes and removes groups and consumers", "[stream]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("XGROUP", "CREATE", "s", "g", "$") == error(errors::stream_key_missing));
  CHECK(store.run("XGROUP", "CREATE", "s", "g", "x", "MKSTREAM")
        == error(errors::invalid_stream_id));
  CHECK(store.run("EXISTS", "s") == integer(0));
  CHECK(store.run("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM") == ok());
  CHECK(store.run("XLEN", "s") == integer(0));
  CHECK(store.run("XGROUP", "CREATE", "s", "g", "0") == error(errors::stream_group_exists));
  CHECK(store.run("XGROUP", "CREATE", "s", "h", "0", "ENTRIESREAD", -2)
        == error(errors::stream_entries_read_negative));
  CHECK(store.run("XGROUP", "CREATE", "s", "h", "0", "FOO")
        == error(errors::wrong_subcommand("CREATE", "xgroup")));
  CHECK(store.run("XGROUP", "CREATECONSUMER", "s", "g", "c") == integer(1));
  CHECK(store.run("XGROUP", "CREATECONSUMER", "s", "g", "c") == integer(0));
  CHECK(store.run("XGROUP", "CREATECONSUMER", "s", "x", "c")
        == error(errors::no_such_group("s", "x")));
  CHECK(store.run("XGROUP", "SETID", "s", "x", "0") == error(errors::no_such_group("s", "x")));
  CHECK(store.run("XGROUP", "SETID", "none", "x", "0") == error(errors::stream_key_missing));
  CHECK(store.run("XGROUP", "DELCONSUMER", "s", "g", "x") == integer(0));
  CHECK(store.run("XGROUP", "DELCONSUMER", "s", "g", "c") == integer(0));
  CHECK(store.run("XGROUP", "DESTROY", "s", "x") == integer(0));
  CHECK(store.run("XGROUP", "DESTROY", "s", "g") == integer(1));
  CHECK(store.run("XINFO", "GROUPS", "s") == array({}));
  const auto help = store.run("XGROUP", "HELP").items;
  CHECK(help.front() == simple("XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
  CHECK(std::count(help.begin(), help.end(), simple("DESTROY <key> <groupname>")) == 1);
}

TEST_CASE("XREADGROUP delivers every entry once, and again to who asks for his own", "[stream]") {
  test_store store;
  fill_stream(store);
  CHECK(read_new(store, "alice", 2) == from_s({numbered_entry(1), numbered_entry(2)}));
  CHECK(read_new(store, "bob", 1) == from_s({numbered_entry(3)}));
  CHECK(store.run("XREADGROUP", "GROUP", "g", "alice", "STREAMS", "s", "1")
        == from_s({numbered_entry(2)}));
  CHECK(store.run("XREADGROUP", "GROUP", "g", "carol", "STREAMS", "s", "0") == from_s({}));
  CHECK(store.run("XACK", "s", "g", 1, 3, 4) == integer(2));
  CHECK(store.run("XACK", "s", "g", 1) == integer(0));
  CHECK(store.run("XACK", "s", "none", 1) == integer(0));
  CHECK(store.run("XACK", "s", "g", "x") == error(errors::invalid_stream_id));
  CHECK(store.run("XPENDING", "s", "g")
        == array({integer(1), bulk("2-0"), bulk("2-0"), array({bulks({"alice", "1"})})}));
  CHECK(store.run("XREADGROUP", "GROUP", "g", "bob", "NOACK", "STREAMS", "s", ">")
        == from_s({numbered_entry(4), numbered_entry(5)}));
  CHECK(read_new(store, "bob", 1) == null());
  store.run("XDEL", "s", 2);
  CHECK(store.run("XREADGROUP", "GROUP", "g", "alice", "STREAMS", "s", "0")
        == from_s({array({bulk("2-0"), null()})}));
}

TEST_CASE("XPENDING filters by ID, consumer and idle time", "[stream]") {
  test_store store{1, GENERATE(2, 3)};
  fill_stream(store);
  read_new(store, "alice", 2);
  store.advance(100ms);
  read_new(store, "bob", 2);
  const auto row = [](int i, std::string_view who, int idle) {
    return array({bulk(std::to_string(i) + "-0"), bulk(who), integer(idle), integer(1)});
  };
  CHECK(store.run("XPENDING", "s", "g", "-", "+", 10)
        == array({row(1, "alice", 100), row(2, "alice", 100), row(3, "bob", 0), row(4, "bob", 0)}));
  CHECK(store.run("XPENDING", "s", "g", "(1", "3", 10)
        == array({row(2, "alice", 100), row(3, "bob", 0)}));
  CHECK(store.run("XPENDING", "s", "g", "IDLE", 50, "-", "+", 1) == array({row(1, "alice", 100)}));
  CHECK(store.run("XPENDING", "s", "g", "-", "+", 10, "bob")
        == array({row(3, "bob", 0), row(4, "bob", 0)}));
  CHECK(store.run("XPENDING", "s", "g", "-", "+", 10, "carol") == array({}));
  CHECK(store.run("XPENDING", "s", "g", "-", "+", -1) == array({}));
  CHECK(store.run("XPENDING", "s", "g", "-") == error(errors::syntax));
  CHECK(store.run("XPENDING", "s", "g", "IDLE", 1, "-", "+") == error(errors::syntax));
  CHECK(store.run("XPENDING", "s", "g", "-", "+", "x") == error(errors::not_an_integer));
  CHECK(store.run("XPENDING", "s", "x") == error(errors::no_key_or_group("s", "x")));
  store.run("XACK", "s", "g", 1, 2, 3, 4);
  CHECK(store.run("XPENDING", "s", "g") == array({integer(0), null(), null(), null()}));
}

TEST_CASE("XCLAIM takes what has been idle for long enough", "[stream]") {
  test_store store;
  fill_stream(store);
  read_new(store, "alice", 3);
  store.advance(100ms);
  CHECK(store.run("XCLAIM", "s", "g", "bob", 200, 1) == array({}));
  CHECK(store.run("XCLAIM", "s", "g", "bob", 50, 1, 4) == array({numbered_entry(1)}));
  CHECK(store.run("XCLAIM", "s", "g", "bob", 0, 2, "JUSTID", "IDLE", 1000, "RETRYCOUNT", 7)
        == bulks({"2-0"}));
  CHECK(store.run("XPENDING", "s", "g", "2", "2", 1)
        == array({array({bulk("2-0"), bulk("bob"), integer(1000), integer(7)})}));
  CHECK(store.run("XCLAIM", "s", "g", "bob", 0, 5, "FORCE", "JUSTID", "LASTID", "5-0")
        == bulks({"5-0"}));
  CHECK(read_new(store, "alice", 9) == null());
  store.run("XDEL", "s", 3);
  CHECK(store.run("XCLAIM", "s", "g", "bob", 0, 3) == array({}));
  CHECK(store.run("XPENDING", "s", "g", "3", "3", 1) == array({}));
  CHECK(store.run("XCLAIM", "s", "g", "bob", "x", 3) == error(errors::stream_claim_idle));
  CHECK(store.run("XCLAIM", "s", "g", "bob", 0, 3, "FOO")
        == error(errors::unrecognized_claim_option("FOO")));
  CHECK(store.run("XCLAIM", "s", "g", "bob", 0, 3, "IDLE", "x")
        == error(errors::stream_claim_idle_option));
  CHECK(store.run("XCLAIM", "s", "x", "bob", 0, 3) == error(errors::no_key_or_group("s", "x")));
}

TEST_CASE("XAUTOCLAIM walks over the pending entries", "[stream]") {
  test_store store;
  fill_stream(store);
  read_new(store, "alice", 5);
  store.run("XDEL", "s", 2);
  CHECK(store.run("XAUTOCLAIM", "s", "g", "bob", 10, "0")
        == array({bulk("0-0"), array({}), bulks({"2-0"})}));
  CHECK(store.run("XAUTOCLAIM", "s", "g", "bob", 0, "0", "COUNT", 2)
        == array({bulk("4-0"), array({numbered_entry(1), numbered_entry(3)}), array({})}));
  CHECK(store.run("XAUTOCLAIM", "s", "g", "bob", 0, "(3", "JUSTID")
        == array({bulk("0-0"), bulks({"4-0", "5-0"}), array({})}));
  CHECK(store.run("XAUTOCLAIM", "s", "g", "bob", 0, "0", "COUNT", 0)
        == error(errors::stream_claim_count));
  CHECK(store.run("XAUTOCLAIM", "s", "g", "bob", "x", "0") == error(errors::stream_autoclaim_idle));
  CHECK(store.run("XAUTOCLAIM", "s", "x", "bob", 0, "0")
        == error(errors::no_key_or_group("s", "x")));
}

TEST_CASE("a group's lag is known as long as counts say it", "[stream]") {
  test_store store;
  fill_stream(store);
  CHECK(lag_of(store) == "5");
  read_new(store, "alice", 2);
  CHECK(lag_of(store) == "3");
  store.run("XDEL", "s", 4);
  CHECK(store.run("XINFO", "GROUPS", "s").items[0].items[11] == null());
  read_new(store, "alice", 9);
  CHECK(lag_of(store) == "0");
  store.run("XGROUP", "SETID", "s", "g", "0");
  CHECK(store.run("XINFO", "GROUPS", "s").items[0].items[11] == null());
}

TEST_CASE("XINFO shows streams, groups and consumers", "[stream]") {
  test_store store{1, GENERATE(2, 3)};
  fill_stream(store);
  read_new(store, "alice", 1);
  store.run("XGROUP", "CREATECONSUMER", "s", "g", "bob");
  store.advance(5ms);
  CHECK(store.run("XINFO", "CONSUMERS", "s", "g").items.size() == 2);
  CHECK(store.run("XINFO", "CONSUMERS", "s", "g").items[0].items[5] == integer(5));
  CHECK(store.run("XINFO", "CONSUMERS", "s", "g").items[1].items[7] == integer(-1));
  const auto info = store.run("XINFO", "STREAM", "s");
  REQUIRE(info.items.size() == 20);
  CHECK(info.items[1] == integer(5));
  CHECK(info.items[7] == bulk("5-0"));
  CHECK(info.items[17] == numbered_entry(1));
  CHECK(info.items[19] == numbered_entry(5));
  const auto full = store.run("XINFO", "STREAM", "s", "FULL", "COUNT", 2);
  REQUIRE(full.items.size() == 18);
  CHECK(full.items[15] == array({numbered_entry(1), numbered_entry(2)}));
  CHECK(full.items[17].items[0].items.size() == 14);
  CHECK(store.run("XINFO", "STREAM", "none") == error(errors::no_such_key));
  CHECK(store.run("XINFO", "STREAM", "s", "FOO")
        == error(errors::wrong_subcommand("STREAM", "xinfo")));
  CHECK(store.run("XINFO", "CONSUMERS", "s", "x") == error(errors::no_such_group("s", "x")));
  const auto help = store.run("XINFO", "HELP").items;
  CHECK(std::count(help.begin(), help.end(), simple("GROUPS <key>")) == 1);
}

TEST_CASE("entries that a group still needs may be kept, or forgotten", "[stream]") {
  test_store store;
  fill_stream(store);
  read_new(store, "alice", 3);
  CHECK(store.run("XDELEX", "s", "ACKED", "IDS", 3, 1, 4, 9) == integers({2, 2, -1}));
  CHECK(store.run("XDELEX", "s", "DELREF", "IDS", 1, 1) == integers({1}));
  CHECK(store.run("XACK", "s", "g", 1) == integer(0));
  CHECK(store.run("XACKDEL", "s", "g", "IDS", 2, 2, 1) == integers({1, -1}));
  store.run("XGROUP", "CREATE", "s", "h", "0");
  CHECK(store.run("XACKDEL", "s", "g", "ACKED", "IDS", 1, 3) == integers({2}));
  CHECK(store.run("XLEN", "s") == integer(3));
  CHECK(store.run("XTRIM", "s", "MAXLEN", 0, "ACKED") == integer(0));
  CHECK(store.run("XTRIM", "s", "MAXLEN", 0, "DELREF") == integer(3));
  CHECK(store.run("XDELEX", "none", "IDS", 1, 1) == integers({-1}));
  CHECK(store.run("XDELEX", "s", "IDS", 0, 1) == error(errors::stream_id_count));
  CHECK(store.run("XDELEX", "s", "IDS", 2, 1) == error(errors::stream_id_count_mismatch));
  CHECK(store.run("XDELEX", "s", "FOO", 2, 1) == error(errors::syntax));
}

TEST_CASE("XNACK gives entries back, and XREADGROUP CLAIM takes what is idle", "[stream]") {
  test_store store;
  fill_stream(store);
  read_new(store, "alice", 3);
  CHECK(store.run("XNACK", "s", "g", "FAIL", "IDS", 2, 1, 9) == integer(1));
  CHECK(store.run("XPENDING", "s", "g", "1", "1", 1).items[0].items[1] == bulk(""));
  CHECK(store.run("XNACK", "s", "g", "FATAL", "IDS", 1, 2) == integer(1));
  CHECK(store.run("XNACK", "s", "g", "SILENT", "IDS", 1, 3, "RETRYCOUNT", 5) == integer(1));
  CHECK(store.run("XPENDING", "s", "g", "3", "3", 1).items[0].items[3] == integer(5));
  CHECK(store.run("XNACK", "s", "g", "FOO", "IDS", 1, 3) == error(errors::syntax));
  const auto reply = store.run("XREADGROUP", "GROUP", "g", "bob", "COUNT", 4, "CLAIM", 1000,
                               "STREAMS", "s", ">");
  const auto& entries = reply.items[0].items[1].items;
  REQUIRE(entries.size() == 4);
  CHECK(entries[0].items[0] == bulk("1-0"));
  CHECK(entries[0].items[3] == integer(1));
  CHECK(entries[3] == array({bulk("4-0"), bulks({"a", "4"}), integer(0), integer(0)}));
  CHECK(store.run("XPENDING", "s", "g").items[0] == integer(4));
}

TEST_CASE("a read from a group is replayed as what it delivered, and never as itself", "[stream]") {
  test_store store{GENERATE(1u, 3u)};
  for (const auto* const key : {"a", "b", "c", "d"}) {
    store.run("XADD", key, 1, "f", "v");
    store.run("XADD", key, 2, "f", "v");
    store.run("XGROUP", "CREATE", key, "g", 0);
    store.run("XGROUP", "CREATECONSUMER", key, "g", "alice");
  }
  const std::string claimed = " g alice 0 1-0 TIME 1700000000000 RETRYCOUNT ";
  CHECK(store.replays_of("XREADGROUP", "GROUP", "g", "alice", "STREAMS", "a", "b", 0, 0)
        == strings{});
  for (const auto* const key : {"a", "b", "c", "d"})
    for (const auto* const other : {"a", "b", "c", "d"}) {
      if (std::string_view{key} == other)
        continue;
      store.run("XGROUP", "SETID", key, "g", 0);
      store.run("XACK", key, "g", 1);
      CHECK(store.replays_of("XREADGROUP", "GROUP", "g", "alice", "COUNT", 1, "STREAMS", other, key,
                             5, ">")
            == strings{"XCLAIM " + std::string{key} + claimed + "1 FORCE JUSTID LASTID 1-0"});
    }
  const auto again = store.replays_of("XREADGROUP", "GROUP", "g", "alice", "STREAMS", "b", 0);
  CHECK(again == strings{"XCLAIM b" + claimed + "2 FORCE JUSTID LASTID 1-0"});
  store.run("XDEL", "b", 1);
  const auto before = store.statistics().changes();
  CHECK(store.replays_of("XREADGROUP", "GROUP", "g", "alice", "STREAMS", "b", 0) == strings{});
  CHECK(store.statistics().changes() == before);
}

TEST_CASE("only what may be waited for wakes who waits for a stream", "[stream]") {
  struct idle_waiter final : keyspace::waiter {
    void end(keyspace::wait_note) override {
    }
  };
  test_store store;
  fill_stream(store);
  read_new(store, "alice", 3);
  auto& waiting = store.home("s").changes.waiting();
  const auto who = std::make_shared<idle_waiter>();
  waiting.add({0, "s"}, {who, 1, keyspace::value_type::stream, true});
  const auto wakes = [&](const auto&... words) {
    CHECK_FALSE(store.run(words...).is_error());
    const auto ready = waiting.has_ready();
    if (auto* const one = waiting.take_ready())
      waiting.release(one);
    return ready;
  };
  CHECK_FALSE(wakes("XDEL", "s", 1));
  CHECK_FALSE(wakes("XDELEX", "s", "IDS", 1, 2));
  CHECK_FALSE(wakes("XTRIM", "s", "MAXLEN", 2));
  CHECK_FALSE(wakes("XSETID", "s", 9));
  CHECK_FALSE(wakes("XGROUP", "CREATE", "s", "h", 0));
  CHECK_FALSE(wakes("XGROUP", "SETID", "s", "g", 0));
  CHECK_FALSE(wakes("XGROUP", "CREATECONSUMER", "s", "g", "bob"));
  CHECK_FALSE(wakes("XGROUP", "DELCONSUMER", "s", "g", "bob"));
  CHECK_FALSE(wakes("XREADGROUP", "GROUP", "g", "carol", "STREAMS", "s", ">"));
  CHECK_FALSE(wakes("XCLAIM", "s", "g", "dave", 0, 4));
  CHECK_FALSE(wakes("XACK", "s", "g", 5));
  CHECK(wakes("XNACK", "s", "g", "FAIL", "IDS", 1, 4));
  CHECK(wakes("XADD", "s", "*", "a", 1));
  CHECK(wakes("XGROUP", "DESTROY", "s", "h"));
  CHECK(wakes("DEL", "s"));
  CHECK(wakes("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM"));
  waiting.remove(who.get(), 1);
}

TEST_CASE("COPY takes a stream with its groups, and DEL all of it", "[stream]") {
  test_store store;
  fill_stream(store);
  read_new(store, "alice", 3);
  CHECK(store.run("COPY", "s", "t") == integer(1));
  CHECK(store.run("XPENDING", "t", "g") == store.run("XPENDING", "s", "g"));
  CHECK(store.run("XRANGE", "t", "-", "+") == store.run("XRANGE", "s", "-", "+"));
  CHECK(store.run("DEBUG", "DIGEST-VALUE", "s") == store.run("DEBUG", "DIGEST-VALUE", "t"));
  const auto usage = store.run("MEMORY", "USAGE", "s").number;
  store.run("XADD", "s", "*", "a", std::string(5000, 'x'));
  const auto added = store.run("MEMORY", "USAGE", "s").number - usage;
  CHECK(added > 4000);
  CHECK(added < 10'000);
  CHECK(store.run("DEL", "s", "t") == integer(2));
}

} // namespace thespis::tests
