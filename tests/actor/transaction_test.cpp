/// Transactions one step at a time: which partitions they need, and what they see of others. See
/// actors/batch_builder.hpp; what they watch is in watch_test.cpp.

#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis;
using namespace thespis::tests;

TEST_CASE("EXEC needs the partitions of its keys and no others", "[transaction]") {
  stepped_core world{3};
  stepped_client client{world};
  stepped_client other{world};
  stepped_client late{world};
  const auto a = key_in_partition(0, 3);
  const auto b = key_in_partition(1, 3);
  const auto c = key_in_partition(2, 3);
  client.say({{"MULTI"}, {"SET", a, "1"}, {"INCR", b}, {"GET", a}});
  client.send({"EXEC"});
  world.run_partition(0);
  other.send({"SET", c, "3"});
  world.run_partition(2);
  CHECK(world.keys_in(2) == 1);
  late.send({"GET", a});
  world.run_partition(0);
  CHECK(world.keys_in(0) == 0);
  world.run();
  CHECK(client.take() == "*3\r\n+OK\r\n:1\r\n$1\r\n1\r\n");
  CHECK(other.take() == "+OK\r\n");
  CHECK(late.take() == "$1\r\n1\r\n");
}

TEST_CASE("a transaction within one partition is one message to it", "[transaction]") {
  stepped_core world{3};
  stepped_client client{world};
  const auto a = key_in_partition(1, 3);
  const auto b = key_in_partition(1, 3, 1);
  client.say({{"MULTI"}, {"SET", a, "1"}, {"MGET", a, b}, {"RENAME", a, b}, {"PING"}});
  client.send({"EXEC"});
  world.run_partition(1);
  CHECK(world.keys_in(1) == 1);
  world.run();
  CHECK(client.take() == "*4\r\n+OK\r\n*2\r\n$1\r\n1\r\n$-1\r\n+OK\r\n+PONG\r\n");
}

TEST_CASE("what names no key is run by whoever runs the rest of a transaction", "[transaction]") {
  stepped_core world{8};
  stepped_client client{world};
  const stepped_client::words malformed{"LMPOP", "0", "k", "LEFT"};
  std::vector<stepped_client::words> pipeline{
    {"GET", key_in_partition(1, 8)}, {"MULTI"}, malformed};
  for (unsigned i = 1; i <= 4; ++i)
    pipeline.push_back({"INCR", key_in_partition(i, 8)});
  pipeline.push_back({"EXEC"});
  const std::string ran = "*5\r\n-ERR numkeys should be greater than 0\r\n:1\r\n:1\r\n:1\r\n:1\r\n";
  CHECK(client.say(pipeline).ends_with(ran));
  // A fifth partition would not have had a place in it.
  CHECK(client.batches == 1);
  client.say({{"MULTI"}, malformed, {"SET", key_in_partition(1, 8, 1), "another"}});
  client.send({"EXEC"});
  world.run_partition(1);
  CHECK(world.keys_in(1) == 2);
  world.run();
  CHECK(client.take() == "*2\r\n-ERR numkeys should be greater than 0\r\n+OK\r\n");
  CHECK(client.say({{"MULTI"}, malformed, {"EXEC"}})
        == "+OK\r\n+QUEUED\r\n*1\r\n-ERR numkeys should be greater than 0\r\n");
}

TEST_CASE("transactions of one pipeline are one batch, answered in their order", "[transaction]") {
  for (const auto partitions : {1u, 2u}) {
    stepped_core world{partitions};
    stepped_client client{world};
    const auto a = key_in_partition(0, partitions);
    const auto b = key_in_partition(partitions - 1, partitions, 1);
    CHECK(client.say({{"SET", a, "0"},
                      {"MULTI"},
                      {"INCR", a},
                      {"EXEC"},
                      {"MULTI"},
                      {"EXEC"},
                      {"MULTI"},
                      {"INCR", a},
                      {"LPUSH", a, "wrong"},
                      {"MGET", a, b},
                      {"INCR", b},
                      {"EXEC"},
                      {"GET", b},
                      {"MULTI"},
                      {"RENAME", a, b},
                      {"EXEC"},
                      {"GET", b}})
          == "+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n:1\r\n+OK\r\n*0\r\n"
             "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*4\r\n:2\r\n"
             "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"
             "*2\r\n$1\r\n2\r\n$-1\r\n:1\r\n$1\r\n1\r\n"
             "+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n$1\r\n2\r\n");
    CHECK(client.batches == 1);
  }
}

TEST_CASE("transactions within a partition each are one batch without a meeting", "[transaction]") {
  stepped_core world{2};
  stepped_client client{world};
  CHECK(client.say({{"MULTI"},
                    {"SET", key_in_partition(1, 2), "1"},
                    {"EXEC"},
                    {"MULTI"},
                    {"GET", key_in_partition(0, 2)},
                    {"EXEC"}})
        == "+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n$-1\r\n");
  CHECK(client.batches == 1);
}

TEST_CASE("what a batch cannot take of a transaction is queued behind it", "[transaction]") {
  for (const auto partitions : {1u, 2u}) {
    stepped_core world{partitions};
    stepped_client client{world};
    const auto a = key_in_partition(0, partitions);
    const auto b = key_in_partition(partitions - 1, partitions, 1);
    const std::string begun = "+OK\r\n:2\r\n+OK\r\n+QUEUED\r\n";
    for (const auto& other : {"PING", "DBSIZE", "RANDOMKEY"}) {
      client.say({{"FLUSHALL"}});
      const auto got = client.say(
        {{"SET", a, "1"}, {"INCR", a}, {"MULTI"}, {"INCR", b}, {other}, {"EXEC"}, {"GET", b}});
      CHECK(got.starts_with(begun + "+QUEUED\r\n*2\r\n:1\r\n"));
      CHECK(got.ends_with("$1\r\n1\r\n"));
    }
    client.say({{"FLUSHALL"}});
    CHECK(client.say({{"SET", a, "1"},
                      {"INCR", a},
                      {"MULTI"},
                      {"INCR", b},
                      {"MULTI"},
                      {"DISCARD"},
                      {"EXEC"},
                      {"MULTI"},
                      {"INCR", b},
                      {"GET"},
                      {"INCR", b},
                      {"EXEC"},
                      {"GET", b}})
          == begun
               + "-ERR MULTI calls can not be nested\r\n+OK\r\n-ERR EXEC without MULTI\r\n"
                 "+OK\r\n+QUEUED\r\n-ERR wrong number of arguments for 'get' command\r\n"
                 "+QUEUED\r\n-EXECABORT Transaction discarded because of previous errors.\r\n"
                 "$-1\r\n");
    // The end comes later.
    CHECK(client.say({{"GET", b}, {"MULTI"}, {"INCR", b}}) == "$-1\r\n+OK\r\n+QUEUED\r\n");
    CHECK(client.record().queued_commands == 1);
    CHECK(client.say({{"INCR", a}, {"EXEC"}, {"GET", a}})
          == "+QUEUED\r\n*2\r\n:1\r\n:3\r\n$1\r\n3\r\n");
  }
}

TEST_CASE("a transaction longer than a batch is queued", "[transaction]") {
  for (const auto partitions : {1u, 2u}) {
    stepped_core world{partitions};
    stepped_client client{world};
    std::vector<stepped_client::words> pipeline{{"SET", "n", "0"}, {"MULTI"}};
    std::string replies = "+OK\r\n+OK\r\n";
    for (int i = 0; i < 2000; ++i) {
      pipeline.push_back({"INCR", "n"});
      replies += "+QUEUED\r\n";
    }
    pipeline.push_back({"EXEC"});
    replies += "*2000\r\n";
    for (int i = 1; i <= 2000; ++i)
      replies += ":" + std::to_string(i) + "\r\n";
    CHECK(client.say(pipeline) == replies);
    std::vector<stepped_client::words> several;
    for (int i = 0; i < 700; ++i)
      several.insert(several.end(), {{"MULTI"}, {"INCR", "n"}, {"INCR", "n"}, {"EXEC"}});
    const auto got = client.say(several);
    CHECK(got.ends_with("*2\r\n:3399\r\n:3400\r\n"));
    CHECK(client.say({{"GET", "n"}}) == "$4\r\n3400\r\n");
  }
}

TEST_CASE("transactions over more partitions than may meet for several are several batches",
          "[transaction]") {
  std::vector<stepped_client::words> pipeline;
  std::string replies;
  for (unsigned i = 0; i < 8; ++i) {
    const auto a = key_in_partition(i, 8);
    const auto b = key_in_partition((i + 1) % 8, 8);
    pipeline.insert(pipeline.end(), {{"MULTI"}, {"INCR", a}, {"INCR", b}, {"EXEC"}});
    replies += "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:" + std::to_string(i == 0 ? 1 : 2)
               + "\r\n:" + std::to_string(i == 7 ? 2 : 1) + "\r\n";
  }
  std::vector<stepped_client::words> all{{"MULTI"}};
  for (unsigned i = 0; i < 8; ++i)
    all.push_back({"GET", key_in_partition(i, 8)});
  all.push_back({"EXEC"});
  for (const auto words_stay : {true, false}) {
    stepped_core world{8};
    stepped_client client{world, words_stay};
    CHECK(client.say(pipeline) == replies);
    // Three transactions have a place among four partitions. One that has not begins the next
    // batch, or is copied and runs by itself.
    CHECK(client.batches == (words_stay ? 3 : 4));
    CHECK(client.say(all).ends_with("$1\r\n2\r\n$1\r\n2\r\n"));
  }
}

TEST_CASE("a meeting that has taken long leaves the other requests to the next one",
          "[transaction]") {
  stepped_core world{2};
  world.home().meeting_ticks_max = 0;
  stepped_client client{world};
  const auto a = key_in_partition(0, 2);
  const auto b = key_in_partition(1, 2);
  CHECK(client.say({{"MULTI"}, {"INCR", a}, {"INCR", b}, {"EXEC"}, {"INCR", a}, {"RENAME", a, b}})
        == "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n:1\r\n:2\r\n+OK\r\n");
  CHECK(client.batches == 3);
}

TEST_CASE("a transaction without keys needs no partition", "[transaction]") {
  stepped_core world{2};
  stepped_client client{world};
  client.batches = 0;
  CHECK(client.say({{"MULTI"}, {"PING"}, {"ECHO", "x"}, {"EXEC"}})
        == "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+PONG\r\n$1\r\nx\r\n");
  CHECK(client.say({{"MULTI"}, {"EXEC"}}) == "+OK\r\n*0\r\n");
  CHECK(client.say({{"MULTI"}, {"GET"}, {"SET", "k", "v"}, {"EXEC"}})
        == "+OK\r\n-ERR wrong number of arguments for 'get' command\r\n+QUEUED\r\n"
           "-EXECABORT Transaction discarded because of previous errors.\r\n");
  CHECK(client.batches == 0);
}

TEST_CASE("requests over all partitions run inside of a transaction", "[transaction]") {
  stepped_core world{3};
  stepped_client client{world};
  for (unsigned i = 0; i < 3; ++i)
    client.say({{"SET", key_in_partition(i, 3), "v"}});
  const auto a = key_in_partition(0, 3);
  CHECK(client.say({{"MULTI"},
                    {"DBSIZE"},
                    {"DEL", a, key_in_partition(1, 3)},
                    {"FLUSHALL"},
                    {"DBSIZE"},
                    {"SET", a, "w"},
                    {"KEYS", "*"},
                    {"SELECT", "1"},
                    {"DBSIZE"},
                    {"EXEC"}})
        == "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n"
           "+QUEUED\r\n*8\r\n:3\r\n:2\r\n+OK\r\n:0\r\n+OK\r\n*1\r\n$"
             + std::to_string(a.size()) + "\r\n" + a + "\r\n+OK\r\n:0\r\n");
}

TEST_CASE("SCAN inside of transactions finds every key", "[transaction]") {
  stepped_core world{3};
  stepped_client client{world};
  for (int i = 0; i < 100; ++i)
    client.say({{"SET", "key:" + std::to_string(i), "v"}});
  std::string cursor = "0";
  std::string all;
  do {
    const auto reply = client.say({{"MULTI"}, {"SCAN", cursor}, {"EXEC"}});
    const auto begin = reply.find("*1\r\n*2\r\n$") + 9;
    const auto line = reply.find("\r\n", begin) + 2;
    cursor = reply.substr(line, reply.find("\r\n", line) - line);
    all += reply;
  } while (cursor != "0");
  for (int i = 0; i < 100; ++i)
    REQUIRE(all.find("key:" + std::to_string(i) + "\r\n") != std::string::npos);
}

TEST_CASE("CLIENT LIST shows how many requests are queued", "[transaction]") {
  stepped_core world{1};
  stepped_client client{world};
  CHECK(client.record().queued_commands == -1);
  client.say({{"MULTI"}});
  CHECK(client.record().queued_commands == 0);
  CHECK(client.record().has_flag(commands::client_multi));
  client.say({{"GET", "k"}, {"GET", "k"}});
  CHECK(client.record().queued_commands == 2);
  CHECK(client.record().queued_bytes > 0);
  client.say({{"EXEC"}});
  CHECK(client.record().queued_commands == -1);
  CHECK_FALSE(client.record().has_flag(commands::client_multi));
}
