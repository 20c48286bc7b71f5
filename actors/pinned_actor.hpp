#pragma once

#include "actors/event_loop.hpp"
#include "actors/store_actor.hpp"

namespace thespis::actors {

/// An actor that always runs on one event loop, whoever sends to it: the owner of a socket or of a
/// timer. Because of that its state may be used from the loop's Asio handlers as well.
class pinned_actor : public store_actor {
public:
  pinned_actor(caf::actor_config& config, event_loop& loop) : store_actor(config), loop_(loop) {
  }

  using store_actor::enqueue;

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit*) override {
    store_actor::enqueue(std::move(message), &loop_);
  }

  event_loop& loop() noexcept {
    return loop_;
  }

private:
  event_loop& loop_;
};

/// Spawns a pinned actor on its loop. It does not keep the actor system alive: the supervisor ends
/// it.
template <class Actor, class... Ts>
caf::actor spawn_pinned(caf::actor_system& system, event_loop& loop, Ts&&... xs) {
  caf::actor_config config{&loop};
  return system.spawn_class<Actor, caf::hidden>(config, std::ref(loop), std::forward<Ts>(xs)...);
}

} // namespace thespis::actors
