#pragma once

/// What all actors of a store have in common. A message that nobody expects is dropped; CAF's
/// default would print it. An exception that leaves a handler ends the actor and is named in the
/// log; the supervisor sees to what follows from that.

#include "actors/happens_before.hpp"
#include "actors/log.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/sec.hpp>

#include <exception>

namespace thespis::actors {

class store_actor : public caf::event_based_actor {
public:
  explicit store_actor(caf::actor_config& config) : caf::event_based_actor(config) {
    set_default_handler(caf::drop);
    set_exception_handler(fail);
  }

#if defined(__SANITIZE_THREAD__)
  // Where an actor goes from one thread to another: when it starts, when it is sent something, when
  // it runs. What comes after `turn` in `resume` may be late: the mailbox is free for other threads
  // before that function returns. So handlers, and `initialize`, which makes them, publish too.
  using caf::event_based_actor::enqueue;

  void launch(caf::execution_unit* here, bool lazy, bool hide) override {
    published(static_cast<caf::abstract_actor*>(this));
    caf::event_based_actor::launch(here, lazy, hide);
  }
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* here) override {
    published(static_cast<caf::abstract_actor*>(this));
    caf::event_based_actor::enqueue(std::move(message), here);
  }
  void initialize() override {
    caf::event_based_actor::initialize();
    published(static_cast<caf::abstract_actor*>(this));
  }
  resume_result resume(caf::execution_unit* here, std::size_t messages_max) override {
    const turn now{this};
    return caf::event_based_actor::resume(here, messages_max);
  }
#endif

private:
  static caf::error fail(std::exception_ptr& why) {
    log::warning("An actor ends by an exception: {}", log::what(why));
    return caf::sec::runtime_error;
  }
};

} // namespace thespis::actors
