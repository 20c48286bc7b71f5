#include "actors/multicast.hpp"

#include "actors/message_chain.hpp"
#include "base/seeded_fault.hpp"

#include <thread>

namespace thespis::actors {

namespace {

/// Looks at the flag before the core is given to another thread.
constexpr int spins_before_yield = 200;

} // namespace

bool multicast_order::send(std::span<const caf::actor> receivers,
                           std::span<const partition_index> targets, const partition_task& task,
                           std::atomic<multicast_number>& armed, caf::execution_unit* here,
                           multicast_witness* witness) {
  // A partition that has its copy waits for the others': none may be missing.
  message_chain copies;
  for (std::size_t i = 0; i < targets.size(); ++i)
    copies.add(wrap(task));
  std::unique_lock guard{lock_};
  if (witness != nullptr && !witness->is_ready()) [[unlikely]]
    return false;
  const auto number = ++last_;
  // Meetings in different orders would wait for each other for ever.
  const auto is_unordered = task.work != nullptr && base::seeded("multicast_is_unordered", 4);
  if (is_unordered)
    guard.unlock();
  for (auto index : targets) {
    if (is_unordered)
      base::pause_for_others();
    progress_[index].note_sent(number);
    post_wrapped(receivers[index], here, copies.take());
  }
  if (witness != nullptr)
    witness->note(number, here);
  armed.store(number, std::memory_order_release);
  return true;
}

multicast_number await_armed(const std::atomic<multicast_number>& armed) noexcept {
  for (int spins = 0;; ++spins) {
    if (const auto number = armed.load(std::memory_order_acquire); number != 0)
      return number;
    if (spins >= spins_before_yield)
      std::this_thread::yield();
  }
}

} // namespace thespis::actors
