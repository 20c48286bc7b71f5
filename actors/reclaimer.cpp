#include "actors/reclaimer.hpp"

#include "base/piecewise.hpp"

#include <pthread.h>
#include <sched.h>

#include <chrono>

namespace thespis::actors {

namespace {

using clock = std::chrono::steady_clock;

/// How long it keeps a core that an event loop may be waiting for.
constexpr std::chrono::microseconds turn_max{100};

thread_local clock::time_point turn_began;

/// Lets a thread go first that waits for this core. One that wakes up does not preempt this one
/// (docs/decisions/011-loops-do-not-preempt.md), so it would wait for the kernel's next tick. And
/// who is preempted keeps the allocator's locks; who yields has none.
void let_others_go_first() noexcept {
  if (clock::now() - turn_began < turn_max)
    return;
  ::sched_yield();
  turn_began = clock::now();
}

/// As the event loops: this thread preempts nobody.
void prepare_thread() noexcept {
  base::between_pieces = let_others_go_first;
  ::pthread_setname_np(::pthread_self(), "reclaimer");
  const sched_param no_priority{};
  ::sched_setscheduler(0, SCHED_BATCH, &no_priority);
}

} // namespace

reclaimer::reclaimer(caf::actor_config& config, core& home) : store_actor(config), core_(home) {
}

reclaimer::~reclaimer() {
  outlived_references(*this);
}

caf::behavior reclaimer::make_behavior() {
  return {[this](const reclaim& order) {
    const turn now{this};
    free(*order.garbage);
  }};
}

void reclaimer::free(keyspace::discarded& garbage) noexcept {
  // The behaviour may have been made on the thread that spawned this actor.
  if (base::between_pieces == nullptr)
    prepare_thread();
  const auto objects = garbage.objects();
  garbage.clear();
  core_.server.reclaimed.add(objects);
}

} // namespace thespis::actors
