#include "commands/running_scripts.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace thespis::commands {

void script_status::begin(bool is_function) noexcept {
  is_function_.store(is_function, std::memory_order_relaxed);
  wrote_.store(false, std::memory_order_relaxed);
  phase_.store(phase::running);
}

void script_status::describe(std::string_view name, protocol::arguments words,
                             std::uint64_t began_ticks) noexcept try {
  auto made = std::make_shared<described_script>();
  made->name = name;
  made->words.assign(words.begin(), words.end());
  made->began_ticks = began_ticks;
  std::atomic_store(&description_, std::shared_ptr<const described_script>{std::move(made)});
} catch (const std::bad_alloc&) {
  return;
}

std::shared_ptr<const described_script> script_status::description() const noexcept {
  return std::atomic_load(&description_);
}

void script_status::note_slow() noexcept {
  auto expected = phase::running;
  phase_.compare_exchange_strong(expected, phase::slow);
  if (all_.ending_.load(std::memory_order_relaxed))
    kill();
  all_.review();
}

void script_status::end() noexcept {
  const auto before = phase_.exchange(phase::idle);
  if (before != phase::running) [[unlikely]] {
    std::atomic_store(&description_, std::shared_ptr<const described_script>{});
    all_.review();
  }
}

bool script_status::kill() noexcept {
  auto expected = phase::slow;
  return phase_.compare_exchange_strong(expected, phase::killed);
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

std::shared_ptr<const described_script> running_scripts::slow_function() const noexcept {
  for (const auto& one : statuses_)
    if (one.is_function())
      if (auto description = one.description())
        return description;
  return nullptr;
}

std::uint64_t running_scripts::engine_bytes() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& one : statuses_)
    sum += one.engine_bytes();
  return sum;
}

script_status* running_scripts::find_slow() noexcept {
  const auto found = std::find_if(statuses_.begin(), statuses_.end(),
                                  [](const auto& one) { return one.is_slow() || one.is_killed(); });
  return found == statuses_.end() ? nullptr : &*found;
}

/// Others may do this at the same time. Whoever sets the gate looks again: what has changed since
/// then is followed by a review of its own.
void running_scripts::review() noexcept {
  for (auto* slow = find_slow();;) {
    if (slow != nullptr)
      gates_.busy_with_function.store(slow->is_function(), std::memory_order_relaxed);
    gates_.set(gate_busy_script, slow != nullptr);
    auto* const now = find_slow();
    if ((now == nullptr) == (slow == nullptr))
      return;
    slow = now;
  }
}

} // namespace thespis::commands
