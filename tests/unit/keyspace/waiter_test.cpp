/// The states of a wait: one claim, and nothing overlooked.

#include "keyspace/waiter.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace thespis::keyspace;

namespace {

/// Opens what only the owner of a request may do.
struct test_waiter final : waiter {
  using waiter::finish;
  using waiter::next_number;
  using waiter::resume;
  using waiter::start;

  number begin() {
    const auto wait = next_number();
    start(wait);
    return wait;
  }
  void end(wait_note why) override {
    ended.push_back(why);
    finish(next_number() - 1);
  }

  std::vector<wait_note> ended;
};

} // namespace

TEST_CASE("a wait is claimed once", "[waiter]") {
  test_waiter who;
  const auto wait = who.begin();
  CHECK(who.waits(wait));
  CHECK(who.claim(wait) == claim_result::mine);
  CHECK(who.claim(wait) == claim_result::busy);
  CHECK(who.claim(wait) == claim_result::busy);
  CHECK(who.waits(wait));
  who.finish(wait);
  CHECK(who.claim(wait) == claim_result::over);
  CHECK_FALSE(who.waits(wait));
}

TEST_CASE("who meets a claimed wait leaves a note to look again", "[waiter]") {
  test_waiter who;
  const auto wait = who.begin();
  who.claim(wait);
  CHECK(who.resume(wait) == wait_note::none);
  who.claim(wait);
  who.claim(wait);
  CHECK(who.resume(wait) == wait_note::look_again);
  CHECK(who.claim(wait) == claim_result::mine);
  CHECK(who.resume(wait) == wait_note::none);
}

TEST_CASE("who gives up a wait ends it, now or when it is resumed", "[waiter]") {
  test_waiter who;
  CHECK_FALSE(who.give_up(wait_note::timeout));
  auto wait = who.begin();
  CHECK(who.give_up(wait_note::error));
  CHECK(who.ended == std::vector{wait_note::error});
  CHECK_FALSE(who.give_up(wait_note::error));
  CHECK_FALSE(who.waits(wait));

  wait = who.begin();
  who.claim(wait);
  who.claim(wait);
  CHECK(who.give_up(wait_note::timeout));
  CHECK(who.give_up(wait_note::gone));
  CHECK(who.claim(wait) == claim_result::busy);
  CHECK(who.resume(wait) == wait_note::timeout);
  CHECK(who.ended.size() == 1);
}

TEST_CASE("a wait that is over is no later one", "[waiter]") {
  test_waiter who;
  const auto first = who.begin();
  who.give_up(wait_note::timeout);
  const auto second = who.begin();
  CHECK(who.claim(first) == claim_result::over);
  CHECK_FALSE(who.give_up(first, wait_note::timeout));
  CHECK_FALSE(who.waits(first));
  CHECK(who.waits(second));
  CHECK(who.claim(second) == claim_result::mine);
}

TEST_CASE("of many threads that want a wait one gets it", "[waiter]") {
  test_waiter who;
  for (int round = 0; round < 500; ++round) {
    const auto wait = who.begin();
    std::atomic<int> claimed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
      threads.emplace_back([&] { claimed += who.claim(wait) == claim_result::mine ? 1 : 0; });
    for (auto& one : threads)
      one.join();
    REQUIRE(claimed == 1);
    who.finish(wait);
  }
}
