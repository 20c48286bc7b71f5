/// What is large is freed by a thread of its own. See actors/reclaimer.hpp.

#include "tests/actor/running_store.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace thespis;
using namespace thespis::tests;

namespace {

long figure(conversation& talk, const std::string& name) {
  const auto text = talk("INFO", "memory");
  const auto at = text.find("\n" + name + ":");
  REQUIRE(at != std::string::npos);
  return std::stol(text.substr(at + name.size() + 2));
}

/// Until everything has been freed.
void settle(conversation& talk) {
  while (figure(talk, "lazyfree_pending_objects") != 0) {
  }
}

void fill_set(conversation& talk, const std::string& key, int members) {
  conversation::words request{"SADD", key};
  for (int i = 0; i < members; ++i)
    request.push_back("member" + std::to_string(i));
  REQUIRE(talk.say(request) == std::to_string(members));
}

void fill_keys(conversation& talk, int count) {
  std::vector<conversation::words> requests;
  for (int i = 0; i < count; ++i)
    requests.push_back({"SET", "key" + std::to_string(i), "value"});
  talk.say_all(requests);
}

} // namespace

TEST_CASE("what is large is freed in the background, and counted", "[reclaimer]") {
  for (auto how : {scheduling::event_loops, scheduling::caf}) {
    running_store store{3, 2, how};
    auto talk = store.talk();
    auto& say = *talk;
    CHECK(figure(say, "lazyfreed_objects") == 0);
    for (const auto* key : {"a", "b", "c", "d", "e"})
      fill_set(say, key, 1000);
    fill_set(say, "small", 5);
    CHECK(say("DEL", "a", "small") == "2");
    CHECK(say("UNLINK", "b") == "1");
    CHECK(say("SET", "c", "v") == "OK");
    CHECK(say("RENAME", "c", "d") == "OK");
    CHECK(say("SDIFFSTORE", "e", "d2", "d3") == "0");
    settle(say);
    CHECK(figure(say, "lazyfreed_objects") == 5);
    fill_set(say, "f", 1000);
    CHECK(say("PEXPIRE", "f", "1") == "1");
    while (say("EXISTS", "f") != "0") {
    }
    settle(say);
    CHECK(figure(say, "lazyfreed_objects") == 6);
    CHECK(say("CONFIG", "RESETSTAT") == "OK");
    CHECK(figure(say, "lazyfreed_objects") == 0);
  }
}

TEST_CASE("a database that was emptied is freed in the background, its keys counted",
          "[reclaimer]") {
  for (const auto* mode : {"SYNC", "ASYNC"})
    for (const auto* command : {"FLUSHALL", "FLUSHDB"}) {
      running_store store{2};
      auto talk = store.talk();
      fill_keys(*talk, 3000);
      CHECK((*talk)(command, mode) == "OK");
      CHECK((*talk)("DBSIZE") == "0");
      CHECK((*talk)("GET", "key1") == "null");
      settle(*talk);
      CHECK(figure(*talk, "lazyfreed_objects") == 3000);
      CHECK((*talk)("SET", "key1", "again") == "OK");
      CHECK((*talk)("DBSIZE") == "1");
    }
}

TEST_CASE("a store ends while there is garbage", "[reclaimer]") {
  for (auto how : {scheduling::event_loops, scheduling::caf})
    for (int round = 0; round < 5; ++round) {
      running_store store{2, 2, how};
      auto talk = store.talk();
      for (int i = 0; i < 20; ++i)
        fill_set(*talk, "set" + std::to_string(i), 500);
      fill_keys(*talk, 1000);
      std::vector<conversation::words> requests;
      for (int i = 0; i < 20; ++i)
        requests.push_back({"DEL", "set" + std::to_string(i)});
      requests.push_back({"FLUSHALL"});
      CHECK(talk->say_all(requests).back() == "OK");
    }
}
