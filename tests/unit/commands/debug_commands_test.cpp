#include "base/sha1.hpp"
#include "tests/unit/commands/test_server.hpp"

using namespace thespis;
using namespace thespis::tests;

TEST_CASE("SHA-1 gives the digests of its standard", "[sha1]") {
  CHECK(base::to_hex(base::sha1("")) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(base::to_hex(base::sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(base::to_hex(base::sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))
        == "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(base::to_hex(base::sha1(std::string(1'000'000, 'a')))
        == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST_CASE("DEBUG DIGEST is the digest that redis-server computes", "[debug]") {
  // The expected digests are redis-server 7.0.15's.
  const auto shards = GENERATE(std::size_t{1}, std::size_t{3});
  test_server server{shards};
  CHECK(server.run("DEBUG", "DIGEST") == simple("0000000000000000000000000000000000000000"));
  server.run("SET", "x", 1);
  CHECK(server.run("DEBUG", "DIGEST") == simple("31c56069c81f621f51cac3b6e369a0272f8a6fd1"));
  server.run("SET", "y", "hello");
  server.run("EXPIRE", "y", 100);
  server.run("SELECT", 3);
  server.run("SET", "z", "zz");
  CHECK(server.run("DEBUG", "DIGEST") == simple("0bd9e7e5700c4c41e04210dba474f560b2fb62c4"));
}

TEST_CASE("DEBUG DIGEST-VALUE replies zeros for a key that is missing", "[debug]") {
  test_server server{3};
  server.run("SET", "x", 1);
  CHECK(server.run("DEBUG", "DIGEST-VALUE", "x", "y")
        == array({simple("b4fc66738120fba0b5aa500ab5c2bf89cea1c5da"),
                  simple("0000000000000000000000000000000000000000")}));
}

TEST_CASE("DEBUG POPULATE makes keys where there are none", "[debug]") {
  test_server server{3};
  server.run("SET", "key:1", "mine");
  CHECK(server.run("DEBUG", "POPULATE", 10) == ok());
  CHECK(server.run("DBSIZE") == integer(10));
  CHECK(server.run("GET", "key:0") == bulk("value:0"));
  CHECK(server.run("GET", "key:1") == bulk("mine"));
  CHECK(server.run("DEBUG", "POPULATE", 2, "p", 10) == ok());
  CHECK(server.run("GET", "p:1") == bulk(std::string("value:1\0\0\0", 10)));
  CHECK(server.run("DEBUG", "POPULATE", 2, "q", 3) == ok());
  CHECK(server.run("GET", "q:1") == bulk("val"));
  CHECK(server.run("OBJECT", "IDLETIME", "q:1") == integer(0));
  CHECK(server.run("DEBUG", "POPULATE", -1)
        == error("ERR value is out of range, must be positive"));
  CHECK(server.run("DEBUG", "POPULATE", "x")
        == error("ERR value is out of range, must be positive"));
}

TEST_CASE("DEBUG LISTPACK shows what is in a small collection", "[debug]") {
  test_server server{GENERATE(std::size_t{1}, std::size_t{3})};
  const auto lines_of = [&](std::string_view key) {
    const auto text = server.run("DEBUG", "LISTPACK", key).text;
    CHECK(text.find("{total bytes ") == 0);
    return text.substr(text.find('\n') + 1);
  };
  server.run("RPUSH", "l", "one", 12, "\n");
  CHECK(lines_of("l") == "{0, 3 bytes: \"one\"}\n{1, 2 bytes: \"12\"}\n{2, 1 bytes: \"\\n\"}\n");
  server.run("SADD", "s", "a");
  CHECK(lines_of("s") == "{0, 1 bytes: \"a\"}\n");
  server.run("HSET", "h", "f", "v");
  CHECK(lines_of("h") == "{0, 1 bytes: \"f\"}\n{1, 1 bytes: \"v\"}\n");
  server.run("ZADD", "z", "1.5", "m");
  CHECK(lines_of("z") == "{0, 1 bytes: \"m\"}\n{1, 3 bytes: \"1.5\"}\n");
  server.run("SADD", "i", 1);
  for (const auto* key : {"i", "text"}) {
    server.run("SET", "text", "v");
    CHECK(server.run("DEBUG", "LISTPACK", key) == error("ERR Not a listpack encoded object."));
  }
  CHECK(server.run("DEBUG", "LISTPACK", "none") == error("ERR no such key"));
  CHECK(server.run("DEBUG", "listpack")
        == error("ERR unknown subcommand or wrong number of arguments for 'listpack'. Try DEBUG "
                 "HELP."));
}

TEST_CASE("DEBUG QUICKLIST-PACKED-THRESHOLD keeps long elements by themselves", "[debug]") {
  test_server server;
  const auto set = [&](std::string_view size) {
    return server.run("DEBUG", "QUICKLIST-PACKED-THRESHOLD", size);
  };
  CHECK(set("3b") == ok());
  const std::string large(10'000, 'x');
  server.run("RPUSH", "l", "abcd", "x", "y", "abcd", large);
  CHECK(set("0") == ok());
  CHECK(server.run("DEBUG", "QUICKLIST", "l").text.find("{node 2: 1 elements")
        != std::string::npos);
  CHECK(server.run("LRANGE", "l", 0, 3)
        == array({bulk("abcd"), bulk("x"), bulk("y"), bulk("abcd")}));
  for (const auto* bad : {"-1", "x", "4gb", "4293918721"})
    CHECK(set(bad)
          == error("ERR argument must be a memory value bigger than 1 and smaller than 4gb"));
}

TEST_CASE("DEBUG QUICKLIST shows the pieces of a large list", "[debug]") {
  test_server server{GENERATE(std::size_t{1}, std::size_t{3})};
  server.run("RPUSH", "small", "one");
  for (int i = 0; i < 1000; ++i)
    server.run("RPUSH", "l", "element " + std::to_string(i));
  for (const auto* level : {"0", "x", "00"}) {
    const auto text = server.run("DEBUG", "QUICKLIST", "l", level).text;
    CHECK(text == server.run("DEBUG", "QUICKLIST", "l").text);
    CHECK(text.find("{count 1000}\n{total bytes ") == 0);
    CHECK(text.find("{node 0: ") != std::string::npos);
    CHECK(text.find("{node 1: ") != std::string::npos);
    CHECK(text.find('"') == std::string::npos);
  }
  const auto full = server.run("DEBUG", "QUICKLIST", "l", "1").text;
  CHECK(full.find("{0, 9 bytes: \"element 0\"}") != std::string::npos);
  CHECK(full.find("\"element 999\"}\n") == full.size() - 15);
  CHECK(server.run("DEBUG", "QUICKLIST", "small") == error("ERR Not a quicklist encoded object."));
  CHECK(server.run("DEBUG", "QUICKLIST", "none") == error("ERR no such key"));
  CHECK(server.run("DEBUG", "QUICKLIST", "l", 1, 2)
        == error("ERR unknown subcommand or wrong number of arguments for 'QUICKLIST'. Try DEBUG "
                 "HELP."));
}

TEST_CASE("DEBUG OBJECT shows a value from inside", "[debug]") {
  test_server server;
  CHECK(server.run("DEBUG", "OBJECT", "k") == error("ERR no such key"));
  server.run("SET", "k", "hello");
  const auto text = server.run("DEBUG", "OBJECT", "k").text;
  CHECK(text.find("Value at:0x") == 0);
  CHECK(text.find(" encoding:embstr serializedlength:6 lru:") != std::string::npos);
  server.run("SET", "k", 100000);
  CHECK(server.run("DEBUG", "OBJECT", "k").text.find("encoding:int serializedlength:5")
        != std::string::npos);
}

TEST_CASE("DEBUG PROTOCOL replies a value of each type", "[debug]") {
  test_server server;
  const auto shown = [&](std::string_view type) {
    return server.store.wire("DEBUG", "PROTOCOL", type);
  };
  CHECK(shown("map") == "*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n");
  CHECK(shown("attrib") == "$39\r\nSome real reply following the attribute\r\n");
  CHECK(shown("push") == "-ERR RESP2 is not supported by this command\r\n");
  CHECK(shown("true") == ":1\r\n");
  server.run("HELLO", 3);
  CHECK(shown("double") == ",3.141\r\n");
  CHECK(shown("bignum") == "(1234567999999999999999999999999999999\r\n");
  CHECK(shown("set") == "~3\r\n:0\r\n:1\r\n:2\r\n");
  CHECK(shown("map") == "%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n");
  CHECK(shown("attrib")
        == "|1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n:90\r\n"
           "$39\r\nSome real reply following the attribute\r\n");
  CHECK(shown("push")
        == ">2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n"
           "$40\r\nSome real reply following the push reply\r\n");
  CHECK(shown("VERBATIM") == "=29\r\ntxt:This is a verbatim\nstring\r\n");
  CHECK(shown("foo").find("-ERR Wrong protocol type name. Please use one of") == 0);
}

TEST_CASE("DEBUG ERROR replies the text as an error", "[debug]") {
  test_server server;
  CHECK(server.store.wire("DEBUG", "ERROR", "ERR a\nb") == "-ERR a b\r\n");
  CHECK(server.run("INFO", "errorstats").text.find("errorstat_") == std::string::npos);
}

TEST_CASE("DEBUG LOG writes into the log", "[debug]") {
  test_server server;
  CHECK(server.run("DEBUG", "LOG", "hi") == ok());
  CHECK(server.logged.back() == "DEBUG LOG: hi");
}

TEST_CASE("DEBUG SET-ACTIVE-EXPIRE and PAUSE-CRON are switches", "[debug]") {
  test_server server;
  CHECK(server.run("DEBUG", "SET-ACTIVE-EXPIRE", 0) == ok());
  CHECK_FALSE(server.state.access.active_expiry);
  CHECK(server.run("DEBUG", "SET-ACTIVE-EXPIRE", 1) == ok());
  CHECK(server.state.access.active_expiry);
  CHECK(server.run("DEBUG", "PAUSE-CRON", 1) == ok());
  CHECK(server.state.cron_paused);
  CHECK(server.run("DEBUG", "PAUSE-CRON", 0) == ok());
  CHECK_FALSE(server.state.cron_paused);
}

TEST_CASE("a switch of DEBUG is off unless it begins with a number other than 0", "[debug]") {
  test_server server;
  const auto is_on = [&](std::string_view word) {
    CHECK(server.run("DEBUG", "PAUSE-CRON", word) == ok());
    return server.state.cron_paused;
  };
  for (auto word : {"1", "-1", "+7", " 1", "01", "1x"})
    CHECK(is_on(word));
  for (auto word : {"0", "00", "", "x", "-", "-0", "0x1", " "})
    CHECK_FALSE(is_on(word));
}

TEST_CASE("DEBUG DICT-RESIZING 0 lets tables keep their memory", "[debug]") {
  test_server server;
  auto& access = server.store.access();
  CHECK(server.run("DEBUG", "DICT-RESIZING", 0) == ok());
  CHECK_FALSE(server.state.access.tables_shrink);
  access.tables_shrink = false;
  server.run("DEBUG", "POPULATE", 1000);
  const auto& db = server.store.shard(0).databases.front();
  const auto full = db.overhead_bytes();
  for (int i = 0; i < 1000; ++i)
    server.run("DEL", "key:" + std::to_string(i));
  CHECK(db.overhead_bytes() == full);
  server.run("SET", "a", 1);
  CHECK(server.run("GET", "a") == bulk("1"));
  CHECK(server.run("DEBUG", "DICT-RESIZING", 1) == ok());
  CHECK(server.state.access.tables_shrink);
  access.tables_shrink = true;
  server.run("DEL", "a");
  CHECK(db.overhead_bytes() == 0);
  CHECK(server.run("DEBUG", "DICT-RESIZING")
        == error("ERR unknown subcommand or wrong number of arguments for 'DICT-RESIZING'. Try "
                 "DEBUG HELP."));
}

TEST_CASE("DEBUG REPLYBUFFER says when reply buffers shrink", "[debug]") {
  test_server server;
  auto& now = server.state.reply_buffers;
  CHECK(server.run("DEBUG", "REPLYBUFFER", "RESIZING", 0) == ok());
  CHECK_FALSE(now.resizing);
  CHECK(server.run("DEBUG", "replybuffer", "resizing", 1) == ok());
  CHECK(now.resizing);
  CHECK(server.run("DEBUG", "REPLYBUFFER", "PEAK-RESET-TIME", 100) == ok());
  CHECK(now.peak_reset_ms == 100);
  CHECK(server.run("DEBUG", "REPLYBUFFER", "PEAK-RESET-TIME", "never") == ok());
  CHECK(now.peak_reset_ms == -1);
  CHECK(server.run("DEBUG", "REPLYBUFFER", "PEAK-RESET-TIME", "RESET") == ok());
  CHECK(now.peak_reset_ms == 5000);
  CHECK(server.run("DEBUG", "REPLYBUFFER", "PEAK-RESET-TIME", "10x")
        == error("ERR value is not an integer or out of range"));
  CHECK(now.peak_reset_ms == 5000);
  const auto unknown = error("ERR unknown subcommand or wrong number of arguments for "
                             "'REPLYBUFFER'. Try DEBUG HELP.");
  CHECK(server.run("DEBUG", "REPLYBUFFER") == unknown);
  CHECK(server.run("DEBUG", "REPLYBUFFER", "RESIZING") == unknown);
  CHECK(server.run("DEBUG", "REPLYBUFFER", "RESIZING", 0, 1) == unknown);
  CHECK(server.run("DEBUG", "REPLYBUFFER", "FOO", 0) == unknown);
  CHECK(now.resizing);
}

TEST_CASE("DEBUG JMAP replies what the allocator reports", "[debug]") {
  test_server server;
  CHECK(server.store.wire("DEBUG", "JMAP")
        == "$45\r\nStats not supported for the current allocator\r\n");
  server.state.hooks.allocator_report = [] { return std::string{"arenas"}; };
  CHECK(server.store.wire("DEBUG", "JMAP") == "$6\r\narenas\r\n");
  server.run("HELLO", 3);
  CHECK(server.store.wire("DEBUG", "JMAP") == "=10\r\ntxt:arenas\r\n");
  CHECK(server.run("DEBUG", "JMAP", "x")
        == error("ERR unknown subcommand or wrong number of arguments for 'JMAP'. Try DEBUG "
                 "HELP."));
}

TEST_CASE("DEBUG STRINGMATCH-LEN matches a text of that length", "[debug]") {
  test_server server;
  CHECK(server.run("DEBUG", "STRINGMATCH-LEN", 3, "a?a") == integer(1));
  CHECK(server.run("DEBUG", "STRINGMATCH-LEN", 4, "a?a") == integer(0));
  CHECK(server.run("DEBUG", "STRINGMATCH-LEN", -1, "a").is_error());
  CHECK(server.run("DEBUG", "STRINGMATCH-LEN", "9223372036854775807", "a").is_error());
  CHECK(server.run("DEBUG", "STRINGMATCH-TEST")
        == simple("Apparently Redis did not crash: test passed"));
}

TEST_CASE("DEBUG CHANGE-REPL-ID makes a new id", "[debug]") {
  test_server server;
  const auto before = server.state.facts.replication_id;
  CHECK(server.run("DEBUG", "CHANGE-REPL-ID") == ok());
  CHECK(server.state.facts.replication_id.size() == 40);
  CHECK(server.state.facts.replication_id != before);
}

TEST_CASE("DEBUG HTSTATS describes the tables of a database", "[debug]") {
  test_server server{2};
  server.run("SET", "k", "v");
  CHECK(server.run("DEBUG", "HTSTATS", 0).text.find("[Dictionary HT]\n") == 0);
  CHECK(server.run("DEBUG", "HTSTATS", 16) == error("ERR Out of range database"));
  CHECK(server.run("DEBUG", "HTSTATS", "x")
        == error("ERR value is not an integer or out of range"));
  CHECK(server.run("DEBUG", "HTSTATS-KEY", "k")
        == error("ERR The value stored at the specified key is not represented using an hash "
                 "table"));
  CHECK(server.run("DEBUG", "HTSTATS-KEY", "x") == error("ERR no such key"));
  for (const std::string_view command : {"SADD", "HSET", "ZADD"}) {
    const std::string key{command};
    const auto add = [&](int number) {
      if (command == "SADD")
        server.run(key, key, "m" + std::to_string(number));
      else
        server.run(key, key, number, "m" + std::to_string(number));
    };
    add(0);
    CHECK(server.run("DEBUG", "HTSTATS-KEY", key).is_error());
    for (int i = 1; i < 1000; ++i)
      add(i);
    CHECK(server.run("DEBUG", "HTSTATS-KEY", key).text.find("1000") != std::string::npos);
  }
}

TEST_CASE("DEBUG SLEEP replies after no time at all if that is asked", "[debug]") {
  test_server server;
  CHECK(server.run("DEBUG", "SLEEP", 0) == ok());
  CHECK(server.run("DEBUG", "SLEEP", "-5") == ok());
  CHECK(server.run("DEBUG", "SLEEP", "x") == ok());
}

TEST_CASE("DEBUG does not know subcommands of features that are not there", "[debug]") {
  test_server server;
  CHECK(server.run("DEBUG", "foo")
        == error("ERR unknown subcommand or wrong number of arguments for 'foo'. Try DEBUG HELP."));
  CHECK(server.run("DEBUG", "SLEEP")
        == error("ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG "
                 "HELP."));
  CHECK(server.run("DEBUG", "SEGFAULT").is_error());
  CHECK(server.run("DEBUG", "HELP").items.size() > 10);
}
