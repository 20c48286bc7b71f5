#include "actors/place_in_order.hpp"
#include "actors/scheduler.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <vector>

using namespace thespis::actors;

namespace {

/// Two partitions: `asks` is played by the test, `mine` is the one whose place is tested.
struct pair_of_partitions {
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor asks{system};
  caf::scoped_actor mine{system};
  std::vector<caf::actor> partitions{caf::actor{asks}, caf::actor{mine}};
  multicast_order order{2};
  place_in_order place{order, partitions, 1};

  void ask(order_point where) {
    place.note_question({where, 0});
  }
  /// How many answers have come.
  int answers() {
    int count = 0;
    auto more = true;
    while (more)
      asks->receive(
        [&](const partition_task& task) {
          CHECK(task.what == partition_task::kind::passed);
          ++count;
        },
        caf::after(std::chrono::seconds(0)) >> [&] { more = false; });
    return count;
  }
};

} // namespace

TEST_CASE("points in the order of multicasts", "[place_in_order]") {
  CHECK(order_point::before(3) < order_point::at(3, 1));
  CHECK(order_point::at(3, 1) < order_point::at(3, 2));
  CHECK(order_point::at(3, 1'000'000) < order_point::behind(3));
  CHECK(order_point::behind(3) == order_point::before(4));
}

TEST_CASE("a partition has passed what it was never sent", "[place_in_order]") {
  partition_progress one;
  CHECK(one.has_passed(order_point::behind(100)));
  one.note_sent(3);
  CHECK_FALSE(one.has_passed(order_point::behind(100)));
  CHECK(one.has_passed(order_point::before(1)));
  one.note_passed(order_point::before(3));
  CHECK(one.has_passed(order_point::before(3)));
  CHECK_FALSE(one.has_passed(order_point::at(3, 1)));
  one.note_passed(order_point::at(3, 5));
  CHECK(one.has_passed(order_point::at(3, 5)));
  CHECK_FALSE(one.has_passed(order_point::at(3, 6)));
  one.note_passed(order_point::behind(3));
  one.note_passed(order_point::at(3, 6));
  CHECK(one.has_passed(order_point::behind(100)));
}

TEST_CASE("who runs nothing that has a number answers at once", "[place_in_order]") {
  pair_of_partitions two;
  two.ask(order_point::behind(7));
  CHECK(two.place.is_asked());
  two.place.answer(false, nullptr);
  CHECK(two.answers() == 1);
  CHECK_FALSE(two.place.is_asked());
  two.order.progress(1).note_sent(9);
  CHECK(two.order.progress(1).has_passed(order_point::behind(7)));
  CHECK_FALSE(two.order.progress(1).has_passed(order_point::behind(8)));
}

TEST_CASE("a question waits for what it asks for, and for nothing behind that",
          "[place_in_order]") {
  pair_of_partitions two;
  two.order.progress(1).note_sent(5);
  two.place.begin(5);
  two.ask(order_point::before(5));
  two.ask(order_point::behind(4));
  two.ask(order_point::at(5, 2));
  two.ask(order_point::behind(5));
  two.place.answer(false, nullptr);
  CHECK(two.answers() == 2);

  const partition_index other[] = {0};
  two.place.ask(other, two.place.where_at(2), nullptr);
  two.asks->receive([&](const pass& question) {
    CHECK(question.whose == 1);
    CHECK(question.where == order_point::at(5, 2));
  });
  two.place.answer(false, nullptr);
  CHECK(two.answers() == 1);
  CHECK(two.place.note_answer());

  two.place.end();
  two.place.answer(true, nullptr);
  CHECK(two.answers() == 1);
  CHECK_FALSE(two.place.is_asked());
}

TEST_CASE("what was met and not run yet holds a question up", "[place_in_order]") {
  pair_of_partitions two;
  two.order.progress(1).note_sent(5);
  two.ask(order_point::behind(5));
  two.place.answer(true, nullptr);
  CHECK(two.answers() == 0);
  two.place.begin(5);
  two.place.answer(false, nullptr);
  CHECK(two.answers() == 0);
  two.place.end();
  two.order.progress(1).note_sent(6);
  two.place.begin(6);
  two.place.answer(false, nullptr);
  CHECK(two.answers() == 1);
}

TEST_CASE("the last answer of several is known", "[place_in_order]") {
  pair_of_partitions two;
  const partition_index others[] = {0, 0, 0};
  two.place.ask(others, two.place.where(), nullptr);
  CHECK_FALSE(two.place.note_answer());
  CHECK_FALSE(two.place.note_answer());
  CHECK(two.place.note_answer());
  for (int i = 0; i < 3; ++i)
    two.asks->receive([](const pass&) {});
}
