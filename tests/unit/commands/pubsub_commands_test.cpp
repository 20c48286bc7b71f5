/// See commands/pubsub_commands.cpp and commands/subscription_commands.cpp.

#include "tests/unit/commands/test_store.hpp"

#include <catch2/catch.hpp>

namespace thespis::tests {

namespace {

using frames = std::vector<std::string>;

} // namespace

TEST_CASE("a message reaches those who subscribe to its channel, once", "[pubsub]") {
  test_store store;
  CHECK(store.wire("SUBSCRIBE", "news", "news")
        == "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:"
           "1\r\n");
  const auto publisher = store.connect();
  CHECK(store.run("PUBLISH", "news", "hello") == integer(1));
  CHECK(store.run("PUBLISH", "new", "hello") == integer(0));
  CHECK(store.take_pushes().empty());
  store.speak_as(0);
  CHECK(store.take_pushes() == frames{">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n"});
  CHECK(store.wire("UNSUBSCRIBE", "news") == "*3\r\n$11\r\nunsubscribe\r\n$4\r\nnews\r\n:0\r\n");
  store.speak_as(publisher);
  CHECK(store.run("PUBLISH", "news", "hello") == integer(0));
}

TEST_CASE("a pattern gets what it matches, and so once more", "[pubsub]") {
  test_store store{1, 3};
  CHECK(store.wire("PSUBSCRIBE", "n*s", "*")
        == ">3\r\n$10\r\npsubscribe\r\n$3\r\nn*s\r\n:1\r\n>3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:"
           "2\r\n");
  store.wire("SUBSCRIBE", "news");
  store.connect();
  CHECK(store.run("PUBLISH", "news", "x") == integer(3));
  CHECK(store.run("PUBLISH", "other", "x") == integer(1));
  CHECK(store.run("PUBSUB", "NUMPAT") == integer(2));
  store.speak_as(0);
  auto got = store.take_pushes();
  REQUIRE(got.size() == 4);
  CHECK(got[0] == ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nx\r\n");
  std::sort(got.begin() + 1, got.begin() + 3);
  CHECK(got[1] == ">4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$4\r\nnews\r\n$1\r\nx\r\n");
  CHECK(got[2] == ">4\r\n$8\r\npmessage\r\n$3\r\nn*s\r\n$4\r\nnews\r\n$1\r\nx\r\n");
  CHECK(got[3] == ">4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$5\r\nother\r\n$1\r\nx\r\n");
}

TEST_CASE("shard channels are a world of their own", "[pubsub]") {
  test_store store;
  CHECK(store.wire("SSUBSCRIBE", "c") == "*3\r\n$10\r\nssubscribe\r\n$1\r\nc\r\n:1\r\n");
  CHECK(store.wire("SUBSCRIBE", "c") == "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
  store.wire("PSUBSCRIBE", "*");
  store.connect();
  CHECK(store.run("SPUBLISH", "c", "x") == integer(1));
  CHECK(store.run("PUBSUB", "SHARDCHANNELS") == bulks({"c"}));
  CHECK(store.run("PUBSUB", "SHARDCHANNELS", "x*") == array({}));
  CHECK(store.run("PUBSUB", "SHARDNUMSUB", "c", "d")
        == array({bulk("c"), integer(1), bulk("d"), integer(0)}));
  CHECK(store.run("PUBSUB", "NUMSUB") == array({}));
  store.speak_as(0);
  CHECK(store.take_pushes() == frames{">3\r\n$8\r\nsmessage\r\n$1\r\nc\r\n$1\r\nx\r\n"});
  CHECK(store.wire("SUNSUBSCRIBE") == "*3\r\n$12\r\nsunsubscribe\r\n$1\r\nc\r\n:0\r\n");
}

TEST_CASE("leaving everything is confirmed one by one, or with null", "[pubsub]") {
  test_store store{1, 3};
  CHECK(store.wire("UNSUBSCRIBE") == ">3\r\n$11\r\nunsubscribe\r\n_\r\n:0\r\n");
  store.wire("SUBSCRIBE", "a", "b");
  store.wire("PSUBSCRIBE", "p*");
  const auto left = store.wire("UNSUBSCRIBE");
  CHECK(left.find(":2\r\n>3") != std::string::npos);
  CHECK(left.find(":1\r\n") == left.size() - 4);
  CHECK(store.wire("UNSUBSCRIBE", "a") == ">3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:1\r\n");
  CHECK(store.wire("PUNSUBSCRIBE") == ">3\r\n$12\r\npunsubscribe\r\n$2\r\np*\r\n:0\r\n");
  CHECK((store.client().special & protocol::special_subscribed) == 0);
}

TEST_CASE("PUBSUB CHANNELS lists what has subscribers", "[pubsub]") {
  test_store store;
  CHECK(store.run("PUBSUB", "CHANNELS") == array({}));
  store.wire("SUBSCRIBE", "news.a", "news.b", "other");
  CHECK(sorted(store.run("PUBSUB", "CHANNELS")) == sorted(bulks({"news.a", "news.b", "other"})));
  CHECK(sorted(store.run("PUBSUB", "CHANNELS", "news.*")) == sorted(bulks({"news.a", "news.b"})));
  CHECK(store.run("PUBSUB", "CHANNELS", "a", "b").is_error());
  CHECK(store.run("PUBSUB", "NUMSUB", "other") == array({bulk("other"), integer(1)}));
  CHECK(store.run("PUBSUB", "NUMPAT", "x").is_error());
  store.wire("UNSUBSCRIBE");
  CHECK(store.run("PUBSUB", "CHANNELS") == array({}));
}

} // namespace thespis::tests
