#include "actors/scheduler.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

namespace thespis::actors {

namespace {

constexpr std::int64_t sample_interval_ms = 100;

constexpr std::int64_t never = INT64_MAX;

} // namespace

scheduler::scheduler(caf::actor_config& config, event_loop& loop, core& home)
  : pinned_actor(config, loop), core_(home), due_ms_(home.shards.size(), never) {
}

scheduler::~scheduler() {
  outlived_references(*this);
}

caf::behavior scheduler::make_behavior() {
  timer_.emplace(loop().io().get_executor());
  return {[this](const begin_ticking&) {
            const turn now{this};
            expect_tick();
          },
          [this](const wake_partition_at& wish) { add(wish); },
          [this](const end_wait_at& end) { add(end); }};
}

void scheduler::on_exit() {
  timer_.reset();
}

void scheduler::add(const wake_partition_at& wish) {
  const turn now{this};
  due_ms_[wish.partition] = wish.at_ms;
  if (wish.at_ms < timer_at_ms_)
    expect_tick();
}

/// A client waits for one thing at a time, so a deadline takes the place of an older one. The
/// message that takes it back may overtake the next wait's, on its way from another thread: it
/// counts for its own wait alone. Without memory for the deadline it is now.
void scheduler::add(const end_wait_at& end) try {
  const turn now{this};
  const auto old = deadline_of_.find(end.who.get());
  if (old != deadline_of_.end()) {
    if (old->second->first.wait > end.wait)
      return;
    deadlines_.erase(old->second);
    deadline_of_.erase(old);
  }
  if (end.at_ms == 0 || !end.who->waits(end.wait))
    return;
  auto& place = deadline_of_[end.who.get()];
  place = deadlines_.emplace_hint(deadlines_.end(), deadline{end.at_ms, end.who.get(), end.wait},
                                  end.who);
  if (end.at_ms < timer_at_ms_)
    expect_tick();
} catch (const std::bad_alloc&) {
  deadline_of_.erase(end.who.get());
  end.who->give_up(end.wait, keyspace::wait_note::timeout);
}

void scheduler::end_waits(std::int64_t now_ms) {
  while (!deadlines_.empty() && deadlines_.begin()->first.at_ms <= now_ms) {
    const auto first = deadlines_.begin();
    const auto who = std::move(first->second);
    const auto wait = first->first.wait;
    deadline_of_.erase(who.get());
    deadlines_.erase(first);
    who->give_up(wait, keyspace::wait_note::timeout);
  }
}

/// Sets the timer to what comes first: the next wish, deadline or sample.
void scheduler::expect_tick() {
  const auto now_ms = core_.now().ms;
  timer_at_ms_ = std::clamp(next_sample_ms_, now_ms, now_ms + sample_interval_ms);
  for (const auto due_ms : due_ms_)
    timer_at_ms_ = std::clamp(due_ms, now_ms, timer_at_ms_);
  if (!deadlines_.empty())
    timer_at_ms_ = std::clamp(deadlines_.begin()->first.at_ms, now_ms, timer_at_ms_);
  timer_->expires_after(std::chrono::milliseconds{timer_at_ms_ - now_ms});
  // A wait that is over already is no longer cancelled by the end of the timer.
  timer_->async_wait(
    [this, alive = caf::actor_cast<caf::strong_actor_ptr>(this)](const asio::error_code& failed) {
      if (!failed && timer_)
        tick();
    });
}

void scheduler::tick() {
  const auto now_ms = core_.now().ms;
  for (std::size_t i = 0; i < due_ms_.size(); ++i)
    if (due_ms_[i] <= now_ms) {
      due_ms_[i] = never;
      post(core_.partitions[i], &loop(), partition_task{.what = partition_task::kind::expire});
    }
  end_waits(now_ms);
  // Also when the clock was set back.
  if (now_ms >= next_sample_ms_ || next_sample_ms_ - now_ms > sample_interval_ms) {
    next_sample_ms_ = now_ms + sample_interval_ms;
    post(core_.administrator, &loop(), sample_now{});
  }
  expect_tick();
}

} // namespace thespis::actors
