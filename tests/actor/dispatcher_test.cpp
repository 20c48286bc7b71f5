/// The road of one client's requests, step by step and without threads. See actors/dispatcher.hpp.

#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"
#include "tests/actor/test_clock.hpp"

#include "actors/messages.hpp"

#include <catch2/catch.hpp>

using namespace thespis;
using namespace thespis::tests;

TEST_CASE("requests for one partition are one batch", "[dispatcher]") {
  stepped_core world{1};
  stepped_client client{world};
  CHECK(client.say({{"SET", "a", "1"}, {"INCR", "a"}, {"GET", "a"}, {"MGET", "a", "b"}})
        == "+OK\r\n:2\r\n$1\r\n2\r\n*2\r\n$1\r\n2\r\n$-1\r\n");
  CHECK(client.batches == 1);
}

TEST_CASE("requests for several partitions are one batch, answered in their order",
          "[dispatcher]") {
  stepped_core world{4};
  stepped_client client{world};
  const auto a = key_in_partition(3, 4);
  const auto b = key_in_partition(0, 4);
  const auto c = key_in_partition(2, 4);
  CHECK(client.say({{"SET", a, "a"}, {"SET", b, "b"}, {"GET", c}, {"GET", a}, {"GET", b}})
        == "+OK\r\n+OK\r\n$-1\r\n$1\r\na\r\n$1\r\nb\r\n");
  CHECK(client.batches == 1);
}

TEST_CASE("a session command between requests keeps its place", "[dispatcher]") {
  for (std::size_t partitions : {1u, 3u}) {
    stepped_core world{partitions};
    stepped_client client{world};
    CHECK(client.say({{"SET", "k", "in 0"},
                      {"SELECT", "1"},
                      {"SET", "k", "in 1"},
                      {"PING"},
                      {"GET", "k"},
                      {"SELECT", "0"},
                      {"GET", "k"}})
          == "+OK\r\n+OK\r\n+OK\r\n+PONG\r\n$4\r\nin 1\r\n+OK\r\n$4\r\nin 0\r\n");
    CHECK(client.batches == 4);
  }
}

TEST_CASE("a command of the administrator between requests keeps its place", "[dispatcher]") {
  stepped_core world{2};
  stepped_client client{world};
  CHECK(client.say({{"SET", "k", "v"},
                    {"CONFIG", "SET", "maxclients", "77"},
                    {"CONFIG", "GET", "maxclients"},
                    {"GET", "k"}})
        == "+OK\r\n+OK\r\n*2\r\n$10\r\nmaxclients\r\n$2\r\n77\r\n$1\r\nv\r\n");
}

TEST_CASE_METHOD(stepped_pair, "a meeting of partitions between requests keeps its place",
                 "[dispatcher]") {
  CHECK(client.say({{"SET", a, "v"}, {"RENAME", a, b}, {"GET", a}, {"GET", b}, {"RENAME", a, b}})
        == "+OK\r\n+OK\r\n$-1\r\n$1\r\nv\r\n-ERR no such key\r\n");
  CHECK(client.batches == 1);
  CHECK(client.say({{"SET", a, "w"}, {"RANDOMKEY"}, {"DBSIZE"}, {"RENAME", b, a}, {"GET", a}})
          .ends_with(":2\r\n+OK\r\n$1\r\nv\r\n"));
  CHECK(client.batches == 4);
}

TEST_CASE_METHOD(stepped_pair,
                 "a meeting that has taken long, or whose replies grow long, goes on in another",
                 "[dispatcher]") {
  const std::string large(600'000, 'x');
  client.say({{"SET", a, large}});
  const auto reply = "$600000\r\n" + large + "\r\n";
  const auto got = client.say({{"COPY", a, b}, {"GET", a}, {"GET", b}, {"GET", a}, {"STRLEN", b}});
  CHECK(got == ":1\r\n" + reply + reply + reply + ":600000\r\n");
  CHECK(client.batches >= 2);
}

TEST_CASE_METHOD(stepped_pair, "who waits for a key is served between two requests of a meeting",
                 "[dispatcher]") {
  stepped_client waiting{world};
  waiting.send({"BLPOP", b, "0"});
  world.run();
  CHECK_FALSE(waiting.answered());
  CHECK(client.say({{"RPUSH", a, "x"},
                    {"RPOPLPUSH", a, b},
                    {"LLEN", b},
                    {"MULTI"},
                    {"RPUSH", b, "y"},
                    {"EXISTS", a, b},
                    {"EXEC"}})
        == ":1\r\n$1\r\nx\r\n:0\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n:1\r\n");
  CHECK(client.batches == 2);
  CHECK(waiting.take().ends_with("x\r\n"));
}

TEST_CASE("an error in the middle of a pipeline keeps its place", "[dispatcher]") {
  for (std::size_t partitions : {1u, 4u}) {
    stepped_core world{partitions};
    stepped_client client{world};
    CHECK(client.say({{"SET", "k", "text"},
                      {"NOSUCH", "thing"},
                      {"INCR", "k"},
                      {"GET"},
                      {"CLIENT", "NOSUCH"},
                      {"GET", "k"}})
          == "+OK\r\n"
             "-ERR unknown command 'NOSUCH', with args beginning with: 'thing' \r\n"
             "-ERR value is not an integer or out of range\r\n"
             "-ERR wrong number of arguments for 'get' command\r\n"
             "-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.\r\n"
             "$4\r\ntext\r\n");
  }
}

TEST_CASE("a command that is repeated in other letters is found again", "[dispatcher]") {
  stepped_core world{1};
  stepped_client client{world};
  CHECK(client.say({{"set", "k", "v"}, {"SeT", "k", "w"}, {"set", "k"}, {"GET", "k"}, {"get", "k"}})
        == "+OK\r\n+OK\r\n-ERR wrong number of arguments for 'set' command\r\n"
           "$1\r\nw\r\n$1\r\nw\r\n");
}

TEST_CASE("CLIENT REPLY OFF keeps the server silent until it is ON again", "[dispatcher]") {
  for (std::size_t partitions : {1u, 4u}) {
    stepped_core world{partitions};
    stepped_client client{world};
    CHECK(client.say({{"SET", "k", "1"},
                      {"CLIENT", "REPLY", "OFF"},
                      {"INCR", "k"},
                      {"PING"},
                      {"NOSUCH"},
                      {"MGET", "k", "l", "m"},
                      {"CONFIG", "GET", "port"},
                      {"CLIENT", "REPLY", "ON"},
                      {"GET", "k"}})
          == "+OK\r\n+OK\r\n$1\r\n2\r\n");
  }
}

TEST_CASE("CLIENT REPLY SKIP swallows the next reply alone", "[dispatcher]") {
  for (std::size_t partitions : {1u, 4u}) {
    stepped_core world{partitions};
    stepped_client client{world};
    CHECK(client.say({{"CLIENT", "REPLY", "SKIP"}, {"SET", "k", "v"}, {"GET", "k"}})
          == "$1\r\nv\r\n");
    CHECK(client.say({{"CLIENT", "REPLY", "SKIP"}, {"PING"}, {"PING"}}) == "+PONG\r\n");
    CHECK(client.say({{"CLIENT", "REPLY", "SKIP"}, {"NOSUCH"}, {"PING"}}) == "+PONG\r\n");
    CHECK(client.say({{"GET", "k"}, {"CLIENT", "REPLY", "SKIP"}, {"MGET", "k", "l"}, {"GET", "k"}})
          == "$1\r\nv\r\n$1\r\nv\r\n");
  }
}

TEST_CASE("HELLO 3 changes the replies that follow it", "[dispatcher]") {
  stepped_core world{2};
  stepped_client client{world};
  const auto got = client.say({{"GET", "k"}, {"HELLO", "3"}, {"GET", "k"}, {"MGET", "k", "l"}});
  CHECK(got.substr(0, 5 + 4) == "$-1\r\n%7\r\n");
  CHECK(got.substr(got.size() - 13) == "_\r\n*2\r\n_\r\n_\r\n");
}

TEST_CASE("QUIT answers and hangs up; what comes behind it is not looked at", "[dispatcher]") {
  stepped_core world{1};
  stepped_client client{world};
  CHECK(client.say({{"SET", "k", "v"}, {"QUIT"}, {"SET", "k", "w"}}) == "+OK\r\n+OK\r\n");
  CHECK(client.hung_up);
  stepped_client other{world};
  CHECK(other.say({{"GET", "k"}}) == "$1\r\nv\r\n");
}

TEST_CASE("an HTTP request is not answered", "[dispatcher]") {
  stepped_core world{1};
  stepped_client client{world};
  CHECK(client.say({{"SET", "k", "v"}, {"POST", "/", "HTTP/1.1"}, {"SET", "k", "w"}}) == "+OK\r\n");
  CHECK(client.hung_up);
}

TEST_CASE("without a login requests are turned away where they stand", "[dispatcher]") {
  stepped_core world{2};
  stepped_client early{world};
  CHECK(early.say({{"CONFIG", "SET", "requirepass", "secret"}, {"SET", "k", "v"}})
        == "+OK\r\n+OK\r\n");
  stepped_client late{world};
  CHECK(late.say({{"GET", "k"}, {"AUTH", "wrong"}, {"GET", "k"}, {"AUTH", "secret"}, {"GET", "k"}})
        == "-NOAUTH Authentication required.\r\n"
           "-WRONGPASS invalid username-password pair or user is disabled.\r\n"
           "-NOAUTH Authentication required.\r\n+OK\r\n$1\r\nv\r\n");
}

TEST_CASE("a pause of writers holds a write back and lets reads pass", "[dispatcher]") {
  clock_ms = start_ms;
  stepped_core world{2, test_time};
  stepped_client client{world};
  CHECK(client.say({{"SET", "k", "v"}, {"CLIENT", "PAUSE", "100", "WRITE"}, {"GET", "k"}})
        == "+OK\r\n+OK\r\n$1\r\nv\r\n");
  CHECK(client.say({{"GET", "k"}, {"SET", "k", "w"}, {"GET", "k"}}) == "$1\r\nv\r\n");
  CHECK(client.paused);
  clock_ms += 101;
  CHECK(client.say({{"SET", "k", "w"}, {"GET", "k"}}) == "+OK\r\n$1\r\nw\r\n");
}

TEST_CASE("a pause of all holds back everything until its time is over", "[dispatcher]") {
  clock_ms = start_ms;
  stepped_core world{2, test_time};
  stepped_client client{world};
  CHECK(client.say({{"CLIENT", "PAUSE", "100"}}) == "+OK\r\n");
  for (const auto& request : std::vector<stepped_client::words>{
         {"GET", "k"}, {"PING"}, {"MGET", "a", "b", "c"}, {"CONFIG", "GET", "port"}}) {
    CHECK(client.say({request}).empty());
    CHECK(client.paused);
  }
  clock_ms += 101;
  CHECK(client.say({{"PING"}, {"GET", "k"}}) == "+PONG\r\n$-1\r\n");
}

TEST_CASE("a pipeline longer than a batch is several batches", "[dispatcher]") {
  for (std::size_t partitions : {1u, 4u}) {
    stepped_core world{partitions};
    stepped_client client{world};
    std::vector<stepped_client::words> pipeline;
    std::string expected;
    for (int i = 1; i <= 3000; ++i) {
      pipeline.push_back({"INCR", "k"});
      expected += ":" + std::to_string(i) + "\r\n";
    }
    CHECK(client.say(pipeline) == expected);
    CHECK(client.batches == (partitions == 1 ? 3 : 12));
  }
}

TEST_CASE("a batch whose replies grow long is left and gone on with", "[dispatcher]") {
  for (std::size_t partitions : {1u, 2u}) {
    stepped_core world{partitions};
    stepped_client client{world};
    const std::string big(700'000, 'x');
    const auto reply = "$700000\r\n" + big + "\r\n";
    CHECK(client.say({{"SET", "k", big}, {"GET", "k"}, {"GET", "k"}, {"GET", "k"}, {"PING"}})
          == "+OK\r\n" + reply + reply + reply + "+PONG\r\n");
    CHECK(client.batches == 2);
  }
}

TEST_CASE("CLIENT LIST shows what the session is", "[dispatcher]") {
  stepped_core world{1};
  stepped_client client{world};
  client.say({{"SELECT", "3"}, {"CLIENT", "NO-TOUCH", "ON"}, {"GET", "k"}});
  // The directory has no entry without a listener, so the record itself is looked at.
  CHECK(client.record().database == 3);
  CHECK(client.record().has_flag(commands::client_no_touch));
  CHECK(client.record().last_command.load()->name == "get");
}
