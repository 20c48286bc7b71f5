#include "actors/loop_coordinator.hpp"

#include <caf/actor_system.hpp>

namespace thespis::actors {

loop_coordinator::loop_coordinator(caf::actor_system& system, std::size_t threads)
  : caf::scheduler::abstract_coordinator(system), loops_(system, threads) {
}

void loop_coordinator::enqueue(caf::resumable* job) {
  loops_.next().exec_later(job);
}

caf::actor_clock& loop_coordinator::clock() noexcept {
  return clock_;
}

void loop_coordinator::start() {
  loops_.start();
  clock_thread_ = std::thread{[this] { clock_.run_dispatch_loop(); }};
  abstract_coordinator::start();
}

void loop_coordinator::stop() {
  stop_actors();
  loops_.stop();
  clock_.cancel_dispatch_loop();
  clock_thread_.join();
}

void use_event_loops(caf::actor_system_config& config, std::size_t threads) {
  config.module_factories.push_back(
    [threads](caf::actor_system& system) -> caf::actor_system::module* {
      return new loop_coordinator(system, threads);
    });
}

loop_group* event_loops_of(caf::actor_system& system) {
  auto* ours = dynamic_cast<loop_coordinator*>(&system.scheduler());
  return ours != nullptr ? &ours->loops() : nullptr;
}

} // namespace thespis::actors
