/// Each command with every one of its allocations failing in turn (small_store.hpp).

#include "tests/allocation/small_store.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis::tests;

TEST_CASE("an allocation that fails while a string is set changes nothing", "[allocation]") {
  check({"SET", "new", "v"});
  check({"SET", "new", "17"});
  check({"SET", "new", long_text});
  check({"SET", "new", huge_text});
  check({"SET", huge_text, "a long key"});
  check({"SET", "short", "tiny"});
  check({"SET", "short", long_text});
  check({"SET", "short", huge_text});
  check({"SET", "short", "17"});
  check({"SET", "number", "a text that is no number"});
  check({"SET", "huge", "short"});
  check({"SET", "huge", long_text});
  check({"SET", "dying", "not any more"});
  check({"SET", "dying", long_text, "KEEPTTL"});
  check({"SET", "gone", "back"});
  check({"SET", "new", "v", "EX", "100"});
  check({"SET", "short", "v", "PX", "100000000"});
  check({"SET", "dying", "v", "PX", "10"});
  check({"SET", "short", long_text, "GET"});
  check({"SET", "huge", "v", "GET"});
  check({"SET", "huge", "v", "EX", "100", "GET"});
  check({"SET", "short", long_text, "XX"});
  check({"SET", "new", "v", "NX"});
  check({"SET", "short", long_text, "IFEQ", "short text"});
  check({"MSET", "short", huge_text});
  check({"SETNX", "new", long_text});
  check({"SETEX", "new", "100", "v"});
  check({"PSETEX", "short", "100", huge_text});
  check({"GETSET", "huge", long_text});
  check({"GETSET", "short", huge_text});
}

TEST_CASE("an allocation that fails while a string is changed changes nothing", "[allocation]") {
  check({"APPEND", "new", "v"});
  check({"APPEND", "short", "v"});
  check({"APPEND", "short", long_text});
  check({"APPEND", "short", huge_text});
  check({"APPEND", "huge", huge_text});
  check({"APPEND", "number", "1"});
  check({"APPEND", "dying", long_text});
  check({"SETRANGE", "new", "10", "v"});
  check({"SETRANGE", "short", "3", "v"});
  check({"SETRANGE", "short", "100000", "v"});
  check({"SETRANGE", "huge", "1000000", "v"});
  check({"SETRANGE", "number", "1000", "v"});
  check({"INCR", "new"});
  check({"INCR", "number"});
  check({"DECRBY", "new", "100"});
  check({"INCRBY", "number", "9000000000"});
  check({"INCRBYFLOAT", "float", "0.1"});
  check({"INCRBYFLOAT", "new", "3.0e30"});
  check({"INCRBYFLOAT", "number", "1e4000"});
  check({"INCRBYFLOAT", "dying", "1"});
}

TEST_CASE("an allocation that fails while keys go or get times changes nothing", "[allocation]") {
  check({"EXPIRE", "short", "100"});
  check({"EXPIRE", "dying", "100000"});
  check({"PEXPIRE", "dying", "10"});
  check({"EXPIREAT", "long", "9999999999"});
  check({"EXPIRE", "number", "-1"});
  check({"PERSIST", "dying"});
  check({"PERSIST", "dying later"});
  check({"GETEX", "short", "EX", "100"});
  check({"GETEX", "huge", "EX", "100"});
  check({"GETEX", "dying", "PERSIST"});
  check({"GETEX", "dying", "PX", "1"});
  check({"GETEX", "huge", "EXAT", "1"});
  check({"GETDEL", "huge"});
  check({"DEL", "short", "huge", "dying"});
  check({"UNLINK", "short", "gone", "number"});
  check({"DELEX", "short", "IFEQ", "short text"});
  check({"FLUSHDB"});
  check({"FLUSHALL"});
  check({"SWAPDB", "0", "1"});
}

TEST_CASE("an allocation that fails while a key gets another name changes nothing",
          "[allocation]") {
  check({"RENAME", "short", "new"});
  check({"RENAME", "huge", "short"});
  check({"RENAME", "dying", "new"});
  check({"RENAME", "dying", "huge"});
  check({"RENAME", "short", "dying"});
  check({"RENAME", "short", huge_text});
  check({"RENAMENX", "huge", "new"});
  check({"RENAMENX", "dying", "new"});
  check({"COPY", "short", "new"});
  check({"COPY", "huge", "new"});
  check({"COPY", "dying", "new"});
  check({"COPY", "dying", "short", "REPLACE"});
  check({"COPY", "huge", "huge", "DB", "3"});
  check({"MOVE", "huge", "5"});
  check({"MOVE", "dying", "5"});
}

TEST_CASE("an allocation that fails while something is read is an error alone", "[allocation]") {
  check({"GET", "huge"});
  check({"GET", "gone"});
  check({"MGET", "short", "huge", "nothing", "long", "huge", "gone"});
  check({"GETRANGE", "huge", "100", "-100"});
  check({"STRLEN", "long"});
  check({"LCS", "short", "long"});
  check({"LCS", "long", "huge", "IDX"});
  check({"LCS", "short", "float", "IDX", "WITHMATCHLEN"});
  check({"LCS", "long", "long", "LEN"});
  check({"DIGEST", "huge"});
  check({"KEYS", "*"});
  check({"KEYS", "*other*"});
  check({"DBSIZE"});
  check({"EXISTS", "short", "gone", "huge"});
  check({"TOUCH", "short", "gone", "huge"});
  check({"TYPE", "short"});
  check({"PTTL", "dying"});
  check({"EXPIRETIME", "dying later"});
  check({"OBJECT", "ENCODING", "huge"});
  check({"DEBUG", "DIGEST"});
  check({"INCR", "short"});
  check({"EXPIRE", "short", "1", "NOSUCHOPTION"});
  check({"SET", "short", "v", "NOSUCHOPTION"});
}

TEST_CASE("SCAN without memory changes nothing", "[allocation]") {
  // It looks at one shard.
  for (const auto how : {failing::once, failing::from_then_on}) {
    check({"SCAN", "0"}, 1, how);
    check({"SCAN", "0", "COUNT", "100"}, 1, how);
    check({"SCAN", "0", "COUNT", "1000", "MATCH", "*o*", "TYPE", "string"}, 1, how);
  }
}

TEST_CASE("MSETNX without memory for all of its keys sets none", "[allocation]") {
  check({"MSETNX", "new", huge_text, "newer", "17", "newest", huge_text});
  check({"MSETNX", "new", "1", "new", huge_text, "newer", long_text});
  check({"MSETNX", "gone", long_text, "newer", long_text, "gone too", "1"});
  check({"MSETNX", "new", long_text, "short", long_text});
}

TEST_CASE("MSET and MSETEX without memory for a value have set those before it", "[allocation]") {
  const words keys{"short", "huge", "new", "dying", "newer"};
  for (const words& command : {words{"MSET"}, words{"MSETEX", "5"}})
    for (const auto how : {failing::once, failing::from_then_on}) {
      auto request = command;
      for (const auto& key : keys) {
        request.push_back(key);
        request.push_back(huge_text + key);
      }
      for (std::size_t number = 1;; ++number) {
        CAPTURE(number);
        small_store store{1};
        fill(store);
        const auto before = store.all();
        const auto reply = store.run(request, number, how);
        if (!store.failed())
          break;
        auto done = true;
        for (const auto& key : keys) {
          const auto is_set = store.all()["0 " + key] == huge_text + key;
          REQUIRE((done || !is_set));
          done = is_set;
          if (!is_set && before.contains("0 " + key))
            REQUIRE(store.all()["0 " + key] == before.at("0 " + key));
        }
        REQUIRE((reply.empty() || reply == out_of_memory || done));
        REQUIRE(store.run(request) == (command.size() == 1 ? "+OK\r\n" : ":1\r\n"));
      }
    }
}

TEST_CASE("an allocation that fails while a stream is changed changes nothing", "[allocation]") {
  check_stream({"RENAME", "s", "t"});
  check_stream({"MOVE", "s", "5"});
  check_stream({"XADD", "s", "9", "f", "v"});
  check_stream({"XADD", "s", "9", "f", huge_text});
  check_stream({"XADD", "t", "9", "f", long_text});
  check_stream({"XADD", "s", "MAXLEN", "2", "9", "f", "v"});
  check_stream({"XADD", "s", "MAXLEN", "~", "2", "*", "f", "v"});
  check_stream({"XTRIM", "s", "MAXLEN", "1"});
  check_stream({"XDEL", "s", "1", "3"});
  check_stream({"XDELEX", "s", "DELREF", "IDS", "2", "1", "3"});
  check_stream({"XSETID", "s", "99"});
  check_stream({"COPY", "s", "t"});
  check_stream({"DEL", "s"});
}

TEST_CASE("an allocation that fails while a group is changed changes nothing", "[allocation]") {
  check_stream({"XGROUP", "CREATE", "t", "g", "0", "MKSTREAM"});
  check_stream({"XGROUP", "CREATE", "s", long_text, "0"});
  check_stream({"XGROUP", "CREATECONSUMER", "s", "g", long_text});
  check_stream({"XGROUP", "DELCONSUMER", "s", "g", "alice"});
  check_stream({"XGROUP", "SETID", "s", "g", "0"});
  check_stream({"XGROUP", "DESTROY", "s", "g"});
  check_stream({"XACK", "s", "g", "1", "3"});
  check_stream({"XNACK", "s", "g", "FAIL", "IDS", "2", "1", "3"});
  check_stream({"XNACK", "s", "g", "FAIL", "IDS", "4", "1", "6", "7", "8", "FORCE"});
  check_stream({"XCLAIM", "s", "g", "bob", "0", "1"});
  check_stream({"XCLAIM", "s", "g", "bob", "0", "1", "LASTID", "7"});
  check_stream({"XCLAIM", "s", "g", "bob", "0", "6", "FORCE"});
  check_stream({"XCLAIM", "s", "g", "bob", "0", "6", "FORCE", "JUSTID"});
  check_stream({"XAUTOCLAIM", "s", "g", "bob", "0", "0", "COUNT", "1"});
  check_stream({"XREADGROUP", "GROUP", "g", "alice", "COUNT", "1", "STREAMS", "s", "0"});
  check_stream({"XREADGROUP", "GROUP", "g", "bob", "COUNT", "1", "STREAMS", "s", ">"});
  check_stream(
    {"XREADGROUP", "GROUP", "g", "bob", "COUNT", "1", "CLAIM", "9", "STREAMS", "s", ">"});
}

TEST_CASE("an allocation that fails while a stream is read is an error alone", "[allocation]") {
  check_stream({"XRANGE", "s", "-", "+"});
  check_stream({"XREVRANGE", "s", "+", "-", "COUNT", "3"});
  check_stream({"XREAD", "STREAMS", "s", "t", "0", "$"});
  check_stream({"XPENDING", "s", "g"});
  check_stream({"XPENDING", "s", "g", "IDLE", "5", "-", "+", "10"});
  check_stream({"XINFO", "STREAM", "s", "FULL"});
  check_stream({"XINFO", "GROUPS", "s"});
  check_stream({"XINFO", "CONSUMERS", "s", "g"});
}

TEST_CASE("XCLAIM and XREADGROUP without memory for all entries have delivered those before",
          "[allocation]") {
  const words requests[] = {
    {"XCLAIM", "s", "g", "bob", "0", "1", "3", "5", "6", "7", "FORCE", "LASTID", "8"},
    {"XAUTOCLAIM", "s", "g", "bob", "0", "0"},
    {"XREADGROUP", "GROUP", "g", "bob", "STREAMS", "s", ">"},
  };
  for (const auto& request : requests)
    for (const auto how : {failing::once, failing::from_then_on})
      for (std::size_t number = 1;; ++number) {
        CAPTURE(request[0], number);
        small_store store{1};
        fill_stream(store);
        const auto reply = store.run(request, number, how);
        if (!store.failed())
          break;
        if (reply != out_of_memory && !reply.empty())
          continue;
        // Every pending entry has an owner who knows of it.
        const auto listed = store.run({"XPENDING", "s", "g", "-", "+", "100"});
        const auto of_bob = store.run({"XPENDING", "s", "g", "-", "+", "100", "bob"});
        const auto of_alice = store.run({"XPENDING", "s", "g", "-", "+", "100", "alice"});
        const auto rows = [](const std::string& text) { return std::stoul(text.substr(1)); };
        REQUIRE(rows(of_bob) + rows(of_alice) == rows(listed));
        if (request[0] == "XCLAIM")
          REQUIRE(store.run({"XINFO", "GROUPS", "s"}).find("8-0") == std::string::npos);
      }
}
