#pragma once

#include "actors/event_loop.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace thespis::actors {

/// The event loops of a process and their threads. Not thread-safe but for `next()`.
class loop_group {
public:
  loop_group(caf::actor_system& system, std::size_t count);
  /// Stops, if that has not been done. REQUIRES: not called from a loop.
  ~loop_group();

  void start();
  /// Stops all loops and waits for their threads. REQUIRES: not called from a loop.
  void stop();

  std::size_t size() const noexcept {
    return loops_.size();
  }
  event_loop& at(std::size_t index) {
    return *loops_[index];
  }
  /// One after the other, for work that belongs to no loop. From any thread.
  event_loop& next() noexcept;

private:
  std::vector<std::unique_ptr<event_loop>> loops_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> turn_{0};
};

} // namespace thespis::actors
