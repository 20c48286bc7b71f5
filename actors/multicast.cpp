#include "actors/multicast.hpp"

#include <thread>

namespace thespis::actors {

namespace {

/// Looks at the flag before the core is given to another thread.
constexpr int spins_before_yield = 200;

} // namespace

void multicast_order::send(std::span<const caf::actor> receivers,
                           std::span<const partition_index> targets, const partition_task& task,
                           std::atomic<bool>& armed, caf::execution_unit* here) {
  std::lock_guard guard{lock_};
  for (auto index : targets)
    post(receivers[index], here, task);
  armed.store(true, std::memory_order_release);
}

void await_armed(const std::atomic<bool>& armed) noexcept {
  for (int spins = 0; !armed.load(std::memory_order_acquire); ++spins)
    if (spins >= spins_before_yield)
      std::this_thread::yield();
}

} // namespace thespis::actors
