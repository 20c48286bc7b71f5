#pragma once

/// CAF's scheduler module, replaced: the actor system's actors run on our event loops instead of
/// CAF's work-stealing threads. CAF 0.17 takes the scheduler that the configuration's module
/// factories bring, so one call of `use_event_loops` before the actor system is made is enough.

#include "actors/loop_group.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <thread>

namespace thespis::actors {

class loop_coordinator final : public caf::scheduler::abstract_coordinator {
public:
  loop_coordinator(caf::actor_system& system, std::size_t threads);

  loop_group& loops() noexcept {
    return loops_;
  }

  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override;
  void start() override;
  void stop() override;

private:
  loop_group loops_;
  /// Serves actors of a host application that use delayed_send or request timeouts, and embedded
  /// clients that wait for the end of a CLIENT PAUSE.
  caf::detail::thread_safe_actor_clock clock_;
  std::thread clock_thread_;
};

/// Makes an actor system that is built from `config` run on `threads` event loops.
void use_event_loops(caf::actor_system_config& config, std::size_t threads);

/// The event loops that schedule `system`, or null where it has CAF's own scheduler.
loop_group* event_loops_of(caf::actor_system& system);

} // namespace thespis::actors
