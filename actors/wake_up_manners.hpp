#pragma once

/// How a thread behaves when the kernel wakes it and another one has the core.
///
/// Preempting nobody (SCHED_BATCH) is best among a server and its clients: these finish their turn,
/// and the thread finds several requests at once. Beside a program that never sleeps it is bad: the
/// thread waits for the end of each of that program's time slices, some milliseconds. So it is
/// polite until it has to wait long, then it preempts for a while, and tries again.
/// docs/decisions/011-loops-do-not-preempt.md has the numbers.

#include <cstdint>

namespace thespis::actors {

/// Decides by what the kernel counts.
class wake_up_manners {
public:
  /// So far: how long the thread has waited for a core, and how often it has got one.
  struct reading {
    std::uint64_t waited_ns = 0;
    std::uint64_t turns = 0;
  };

  bool preempts() const noexcept {
    return rest_ > 0;
  }
  /// To be called once a second. Returns whether preempts() has changed.
  bool review(const reading& now) noexcept;

private:
  /// Fewer turns in a second say nothing.
  static constexpr std::uint64_t turns_min = 16;
  /// Longer waits on average are not those for clients.
  static constexpr std::uint64_t long_wait_ns = 500'000;
  /// For how many seconds it preempts: at first, and at most.
  static constexpr int patience_min = 8;
  static constexpr int patience_max = 3600;

  reading last_;
  int patience_ = patience_min;
  /// Seconds until it tries not to preempt.
  int rest_ = 0;
};

/// The same for the calling thread, all of whose calls these are. Where the kernel does not count
/// or does not let it, nothing happens.
class thread_manners {
public:
  thread_manners() = default;
  thread_manners(const thread_manners&) = delete;
  thread_manners& operator=(const thread_manners&) = delete;
  ~thread_manners();

  void begin() noexcept;
  /// To be called once a second. Cost: reading a small file of the kernel's.
  void review() noexcept;

private:
  wake_up_manners manners_;
  int counts_ = -1;
};

} // namespace thespis::actors
