/// Event loops as the scheduler of an actor system: what a host's own actors may expect of them.

#include "actors/happens_before.hpp"
#include "actors/loop_coordinator.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <set>

using namespace thespis::actors;

namespace {

using ping = caf::atom_constant<caf::atom("ping")>;
using where = caf::atom_constant<caf::atom("where")>;
using tick = caf::atom_constant<caf::atom("tick")>;

struct looped_system {
  static caf::actor_system_config& on_loops(caf::actor_system_config& config) {
    use_event_loops(config, 2);
    return config;
  }

  caf::actor_system_config config;
  caf::actor_system system{on_loops(config)};
  caf::scoped_actor self{system};
};

/// Replies on which loop it runs, or -1.
caf::behavior pointer(caf::event_based_actor*) {
  return {[](where) {
    auto* loop = event_loop::current();
    return loop != nullptr ? static_cast<int>(loop->index()) : -1;
  }};
}

/// Counts down between two actors.
caf::behavior player(caf::event_based_actor* self, caf::actor referee) {
  return {[self, referee](ping, int left) {
    if (left == 0)
      self->send(referee, ping::value);
    else
      self->send(caf::actor_cast<caf::actor>(self->current_sender()), ping::value, left - 1);
  }};
}

} // namespace

TEST_CASE_METHOD(looped_system, "actors of a host run on event loops", "[loop_coordinator]") {
  REQUIRE(event_loops_of(system) != nullptr);
  CHECK(event_loops_of(system)->size() == 2);
  std::set<int> loops;
  // Work that comes from no loop goes to one after the other. The start of an actor takes one turn
  // or two, so a turn is skipped every other time lest all actors meet the same loop.
  for (int i = 0; i < 100; ++i) {
    self->request(system.spawn(pointer), caf::infinite, where::value)
      .receive([&](int loop) { loops.insert(loop); }, [](const caf::error&) {});
    if (i % 2 == 1)
      event_loops_of(system)->next();
  }
  CHECK(loops == std::set<int>{0, 1});
}

TEST_CASE_METHOD(looped_system, "actors of a host talk to each other", "[loop_coordinator]") {
  const auto one = system.spawn(player, caf::actor{self});
  const auto other = system.spawn(player, caf::actor{self});
  caf::send_as(one, other, ping::value, 1000);
  auto finished = false;
  self->receive([&](ping) { finished = true; });
  CHECK(finished);
}

TEST_CASE_METHOD(looped_system, "a delayed message comes", "[loop_coordinator]") {
  const auto relay = system.spawn([this](caf::event_based_actor* relay_self) -> caf::behavior {
    relay_self->delayed_send(relay_self, std::chrono::milliseconds{1}, tick::value);
    return {[relay_self, host = caf::actor{self}](tick) { relay_self->send(host, tick::value); }};
  });
  auto came = false;
  self->receive([&](tick) { came = true; });
  CHECK(came);
}

TEST_CASE_METHOD(looped_system, "a request that is not answered times out", "[loop_coordinator]") {
  const auto silent = system.spawn([](caf::event_based_actor* silent_self) -> caf::behavior {
    silent_self->set_default_handler(caf::drop);
    return {[silent_self](ping) { return silent_self->make_response_promise(); }};
  });
  caf::error got;
  self->request(silent, std::chrono::milliseconds{1}, ping::value)
    .receive([] {}, [&](caf::error& why) { got = std::move(why); });
  CHECK(got == caf::sec::request_timeout);
}

TEST_CASE_METHOD(looped_system, "detached and blocking actors have threads of their own",
                 "[loop_coordinator]") {
  const auto apart = system.spawn<caf::detached>(pointer);
  auto loop = 0;
  self->request(apart, caf::infinite, where::value)
    .receive([&](int index) { loop = index; }, [](const caf::error&) {});
  CHECK(loop == -1);
  auto blocked = 0;
  const auto waiting = system.spawn([&blocked](caf::blocking_actor* waiting_self) {
    waiting_self->receive([&](int value) { blocked = value; });
    published(&blocked);
  });
  self->send(waiting, 7);
  self->wait_for(waiting);
  received(&blocked);
  CHECK(blocked == 7);
}

TEST_CASE_METHOD(looped_system, "an actor that ends is seen by who monitors it",
                 "[loop_coordinator]") {
  const auto one = system.spawn(pointer);
  self->monitor(one);
  caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  caf::error reason;
  self->receive([&](const caf::down_msg& down) { reason = down.reason; });
  CHECK(reason == caf::exit_reason::user_shutdown);
}

TEST_CASE("the system ends while actors are busy with each other", "[loop_coordinator]") {
  looped_system busy;
  const auto forever = [](caf::event_based_actor* self) -> caf::behavior {
    self->send(self, tick::value);
    return {[self](tick) { self->send(self, tick::value); }};
  };
  for (int i = 0; i < 3; ++i)
    busy.system.spawn<caf::hidden>(forever);
  SUCCEED("the destructor comes back");
}

TEST_CASE("a system with CAF's own scheduler has no event loops", "[loop_coordinator]") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  CHECK(event_loops_of(system) == nullptr);
}
