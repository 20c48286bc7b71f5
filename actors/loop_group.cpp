#include "actors/loop_group.hpp"

#include <pthread.h>

#include <string>

namespace thespis::actors {

loop_group::loop_group(caf::actor_system& system, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    loops_.push_back(std::make_unique<event_loop>(system, i));
}

loop_group::~loop_group() {
  stop();
}

void loop_group::start() {
  for (auto& loop : loops_) {
    threads_.emplace_back([&loop] { loop->run(); });
    auto name = "loop-" + std::to_string(loop->index());
    ::pthread_setname_np(threads_.back().native_handle(), name.c_str());
  }
}

void loop_group::stop() {
  for (auto& loop : loops_)
    loop->stop();
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

event_loop& loop_group::next() noexcept {
  // The calling loop serves its own thread's work; that is what makes actors float.
  if (auto* here = event_loop::current(); here != nullptr)
    for (auto& loop : loops_)
      if (loop.get() == here)
        return *here;
  return *loops_[turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
}

} // namespace thespis::actors
