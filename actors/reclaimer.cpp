#include "actors/reclaimer.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <utility>

namespace thespis::actors {

namespace {

/// This thread runs where nobody else wants to.
void be_humble() noexcept {
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
  // Not before: whoever spawns a detached actor may make it on a thread that is not its own.
  if (!std::exchange(is_humble_, true))
    be_humble();
  const auto objects = garbage.objects();
  garbage.clear();
  core_.server.reclaimed.add(objects);
}

} // namespace thespis::actors
