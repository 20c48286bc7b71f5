/// What spans partitions is atomic: nobody sees half of it. Four partitions, two event loops,
/// clients on threads of their own; every observation is checked against an invariant.

#include "tests/actor/running_store.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <functional>
#include <thread>

using namespace thespis;
using namespace thespis::tests;

namespace {

constexpr unsigned partitions = 4;
constexpr int rounds = 400;

struct crowd {
  running_store store{partitions};
  std::vector<std::thread> threads;
  std::atomic<int> broken{0};

  /// A client on a thread of its own that does `one` again and again.
  void add(std::function<void(conversation&, int round)> one) {
    threads.emplace_back([this, one, talk = std::shared_ptr<conversation>{store.talk()}] {
      for (int round = 0; round < rounds; ++round)
        one(*talk, round);
    });
  }
  void check(bool holds) {
    if (!holds)
      broken.fetch_add(1);
  }
  void finish() {
    for (auto& thread : threads)
      thread.join();
    CHECK(broken == 0);
  }
};

std::vector<std::string> spread_keys() {
  std::vector<std::string> keys;
  for (unsigned i = 0; i < partitions; ++i)
    keys.push_back(key_in_partition(i, partitions));
  return keys;
}

} // namespace

TEST_CASE("MGET sees all of an MSET or nothing of it", "[atomicity]") {
  crowd all;
  const auto keys = spread_keys();
  conversation::words read{"MGET"};
  read.insert(read.end(), keys.begin(), keys.end());
  for (int writer = 0; writer < 2; ++writer)
    all.add([&, writer](conversation& talk, int round) {
      conversation::words write{"MSET"};
      for (const auto& key : keys)
        write.insert(write.end(), {key, std::to_string(round * 2 + writer)});
      all.check(talk.say(write) == "OK");
    });
  for (int reader = 0; reader < 2; ++reader)
    all.add([&](conversation& talk, int) {
      const auto reply = talk.say(read);
      // ["7", "7", "7", "7"]
      const auto one = reply.substr(1, reply.find_first_of(",]") - 1);
      all.check(reply == "[" + one + ", " + one + ", " + one + ", " + one + "]");
    });
  all.finish();
}

TEST_CASE("a pipeline sees its own writes in all partitions", "[atomicity]") {
  crowd all;
  for (int client = 0; client < 4; ++client)
    all.add([&, client](conversation& talk, int round) {
      conversation::words write{"MSET"};
      conversation::words read{"MGET"};
      std::string expected = "[";
      for (unsigned i = 0; i < partitions; ++i) {
        const auto key = key_in_partition(i, partitions, static_cast<unsigned>(client));
        write.insert(write.end(), {key, std::to_string(round)});
        read.push_back(key);
        expected += (i == 0 ? "\"" : ", \"") + std::to_string(round) + '"';
      }
      all.check(talk.say_all({write, read})[1] == expected + "]");
    });
  all.finish();
}

TEST_CASE("a key that is renamed between partitions is always in exactly one place",
          "[atomicity]") {
  crowd all;
  const auto keys = spread_keys();
  const auto& a = keys[0];
  const auto& b = keys[3];
  REQUIRE((*all.store.talk())("SET", a, "v") == "OK");
  all.add([&](conversation& talk, int round) {
    all.check(talk.say({"RENAME", round % 2 == 0 ? a : b, round % 2 == 0 ? b : a}) == "OK");
  });
  for (int reader = 0; reader < 2; ++reader)
    all.add([&](conversation& talk, int) {
      const auto reply = talk.say({"MGET", a, b});
      all.check(reply == "[\"v\", null]" || reply == "[null, \"v\"]");
      all.check(talk.say({"EXISTS", a, b}) == "1");
    });
  all.add([&](conversation& talk, int) { all.check(talk.say({"DBSIZE"}) == "1"); });
  all.finish();
}

TEST_CASE("of several MSETNX over the same keys one wins all of them", "[atomicity]") {
  crowd all;
  const auto keys = spread_keys();
  conversation::words read{"MGET"};
  read.insert(read.end(), keys.begin(), keys.end());
  conversation::words erase{"DEL"};
  erase.insert(erase.end(), keys.begin(), keys.end());
  for (int client = 0; client < 3; ++client)
    all.add([&, client](conversation& talk, int round) {
      conversation::words write{"MSETNX"};
      for (const auto& key : keys)
        write.insert(write.end(), {key, std::to_string(round * 3 + client)});
      const auto replies = talk.say_all({write, read, erase});
      all.check(replies[0] == "0" || replies[0] == "1");
      const auto one = replies[1].substr(1, replies[1].find_first_of(",]") - 1);
      all.check(replies[1] == "[" + one + ", " + one + ", " + one + ", " + one + "]");
      all.check(replies[2] == "0" || replies[2] == "4");
    });
  all.finish();
}

TEST_CASE("INCR from everywhere loses no count", "[atomicity]") {
  crowd all;
  const auto keys = spread_keys();
  for (int client = 0; client < 4; ++client)
    all.add([&](conversation& talk, int) {
      std::vector<conversation::words> pipeline;
      for (const auto& key : keys)
        pipeline.push_back({"INCR", key});
      talk.say_all(pipeline);
    });
  all.finish();
  const auto expected = '"' + std::to_string(4 * rounds) + '"';
  auto talk = all.store.talk();
  for (const auto& key : keys)
    CHECK((*talk)("GET", key) == expected);
}
