#include "actors/wake_up_manners.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace thespis::actors {

namespace {

void preempt(bool yes) noexcept {
  const sched_param no_priority{};
  ::sched_setscheduler(0, yes ? SCHED_OTHER : SCHED_BATCH, &no_priority);
}

} // namespace

bool wake_up_manners::review(const reading& now) noexcept {
  const auto before = std::exchange(last_, now);
  if (rest_ > 0)
    return --rest_ == 0;
  const auto turns = now.turns - before.turns;
  if (turns < turns_min)
    return false;
  if (now.waited_ns - before.waited_ns <= turns * long_wait_ns) {
    patience_ = std::max(patience_ / 2, patience_min);
    return false;
  }
  rest_ = patience_;
  patience_ = std::min(patience_ * 2, patience_max);
  return true;
}

thread_manners::~thread_manners() {
  if (counts_ >= 0)
    ::close(counts_);
}

void thread_manners::begin() noexcept {
  counts_ = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  preempt(false);
}

/// Time on a core, time of waiting for one, and turns (Documentation/scheduler/sched-stats.rst of
/// Linux).
void thread_manners::review() noexcept {
  char text[96];
  const auto size = counts_ < 0 ? -1 : ::pread(counts_, text, sizeof text - 1, 0);
  if (size <= 0)
    return;
  text[size] = '\0';
  unsigned long long waited = 0;
  unsigned long long turns = 0;
  if (std::sscanf(text, "%*u %llu %llu", &waited, &turns) == 2
      && manners_.review({.waited_ns = waited, .turns = turns}))
    preempt(manners_.preempts());
}

} // namespace thespis::actors
