#include "commands/running_scripts.hpp"

#include <algorithm>

namespace thespis::commands {

void script_status::begin(bool is_function) noexcept {
  is_function_.store(is_function, std::memory_order_relaxed);
  wrote_.store(false, std::memory_order_relaxed);
  phase_.store(phase::running, std::memory_order_relaxed);
}

void script_status::note_slow() noexcept {
  auto expected = phase::running;
  phase_.compare_exchange_strong(expected, phase::slow, std::memory_order_relaxed);
  if (all_.ending_.load(std::memory_order_relaxed))
    kill();
  all_.review();
}

void script_status::end() noexcept {
  const auto before = phase_.exchange(phase::idle, std::memory_order_relaxed);
  if (before != phase::running) [[unlikely]]
    all_.review();
}

bool script_status::kill() noexcept {
  auto expected = phase::slow;
  return phase_.compare_exchange_strong(expected, phase::killed, std::memory_order_relaxed);
}

running_scripts::running_scripts(std::size_t partition_count, server_gates& gates) : gates_(gates) {
  for (std::size_t i = 0; i < partition_count; ++i)
    statuses_.emplace_back(*this);
}

running_scripts::kill_outcome running_scripts::kill(bool functions) noexcept {
  auto outcome = kill_outcome::none;
  for (auto& one : statuses_) {
    if (!one.is_slow())
      continue;
    if (one.is_function() != functions)
      outcome = std::max(outcome, kill_outcome::other_kind);
    else if (one.has_written())
      outcome = kill_outcome::unkillable;
    else if (one.kill())
      return kill_outcome::killed;
  }
  return outcome;
}

void running_scripts::end_all() noexcept {
  ending_.store(true, std::memory_order_relaxed);
  for (auto& one : statuses_)
    one.kill();
}

/// Two that do this at the same time may leave the gate as it was a moment ago: a script that is
/// slow repeats it all the time, and so it comes right.
void running_scripts::review() noexcept {
  const auto slow = std::find_if(statuses_.begin(), statuses_.end(),
                                 [](const auto& one) { return one.is_slow() || one.is_killed(); });
  if (slow != statuses_.end())
    gates_.busy_with_function.store(slow->is_function(), std::memory_order_relaxed);
  gates_.set(gate_busy_script, slow != statuses_.end());
}

} // namespace thespis::commands
