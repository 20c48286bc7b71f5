/// The life of a store, above all its ordered end. See actors/supervisor.hpp.

#include "actors/embedded_messages.hpp"
#include "tests/actor/running_store.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace thespis;
using namespace thespis::tests;

TEST_CASE("a store that nobody uses ends", "[store]") {
  for (auto how : {scheduling::event_loops, scheduling::caf})
    for (unsigned partitions : {1u, 4u})
      running_store{partitions, 2, how};
  SUCCEED("the destructors come back");
}

TEST_CASE("a store can be made again in the same actor system", "[store]") {
  running_store first{2};
  CHECK((*first.talk())("SET", "k", "v") == "OK");
  base::options settings;
  actors::store second{first.system(), settings};
  conversation talk{first.system(), second.connect()};
  CHECK(talk("GET", "k") == "null");
  first.end();
  CHECK(talk("SET", "k", "w") == "OK");
}

TEST_CASE("the keyspace can be cut into more and into fewer parts than there are threads",
          "[store]") {
  for (unsigned loops : {1u, 2u, 3u})
    for (unsigned partitions : {1u, 2u, 7u}) {
      running_store store{partitions, loops};
      auto talk = store.talk();
      CHECK((*talk)("MSET", "a", "1", "b", "2", "c", "3", "d", "4") == "OK");
      CHECK((*talk)("MGET", "d", "c", "b", "a") == "[\"4\", \"3\", \"2\", \"1\"]");
      CHECK((*talk)("DBSIZE") == "4");
    }
}

TEST_CASE("stop answers what is in flight, and sends away what comes after", "[store]") {
  for (auto how : {scheduling::event_loops, scheduling::caf}) {
    running_store store{4, 2, how};
    auto talk = store.talk();
    std::vector<conversation::words> requests;
    for (int i = 0; i < 3000; ++i)
      requests.push_back({"MSET", "a", std::to_string(i), "b", "x", "c", "y"});
    std::vector<std::string> replies;
    std::thread sender{[&] { replies = talk->say_all(requests); }};
    store->stop();
    sender.join();
    store->wait();
    // Each request has its reply; none is answered behind one that was sent away.
    REQUIRE(replies.size() == requests.size());
    const auto first_gone = std::find(replies.begin(), replies.end(), gone);
    CHECK(std::all_of(replies.begin(), first_gone, [](auto& one) { return one == "OK"; }));
    CHECK(std::all_of(first_gone, replies.end(), [](auto& one) { return one == gone; }));
    CHECK((*talk)("PING") == gone);
  }
}

TEST_CASE("stop may be called again, and by several at once", "[store]") {
  running_store store{2};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      store->stop();
      store->wait();
    });
  for (auto& thread : threads)
    thread.join();
  store->stop();
  store->wait();
  SUCCEED("all of them come back");
}

TEST_CASE("SHUTDOWN of a client ends the store", "[store]") {
  for (auto how : {scheduling::event_loops, scheduling::caf}) {
    running_store store{4, 2, how};
    auto talk = store.talk();
    auto other = store.talk();
    CHECK((*other)("SET", "k", "v") == "OK");
    (*talk)("SHUTDOWN", "NOSAVE");
    store->wait();
    CHECK((*other)("GET", "k") == gone);
  }
}

TEST_CASE("who connects to a store that has ended is sent away", "[store]") {
  running_store store{2};
  store->stop();
  store->wait();
  auto late = store.talk();
  CHECK((*late)("PING") == gone);
  CHECK((*late)("SET", "k", "v") == gone);
}

TEST_CASE("clients that come while the store ends are served or sent away", "[store]") {
  for (int round = 0; round < 10; ++round) {
    running_store store{4};
    auto first = store.talk();
    std::thread ender{[&] { (*first)("SHUTDOWN"); }};
    for (int i = 0; i < 20; ++i) {
      const auto reply = (*store.talk())("MSET", "a", "1", "b", "2", "c", "3");
      CHECK((reply == "OK" || reply == gone));
    }
    ender.join();
    store->wait();
  }
}

TEST_CASE("a client's handle may outlive its store", "[store]") {
  running_store store{2};
  auto talk = store.talk();
  CHECK((*talk)("SET", "k", "v") == "OK");
  store.end();
  CHECK((*talk)("GET", "k") == gone);
}

TEST_CASE("a paused client does not hold up the end", "[store]") {
  running_store store{2};
  auto one = store.talk();
  auto other = store.talk();
  (*one)("CLIENT", "PAUSE", "1000000");
  std::string reply;
  std::thread waiting{[&] { reply = (*other)("SET", "k", "v"); }};
  store->stop();
  waiting.join();
  store->wait();
  CHECK(reply == gone);
}
