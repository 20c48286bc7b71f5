#include "actors/scheduler.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

namespace thespis::actors {

namespace {

constexpr std::int64_t sample_interval_ms = 100;

constexpr std::size_t wishes_expected = 1024;

} // namespace

scheduler::scheduler(caf::actor_config& config, event_loop& loop, core& home)
  : pinned_actor(config, loop), core_(home) {
  // So many are there hardly ever; then a lack of memory does not matter here.
  std::vector<wake_partition_at> room;
  room.reserve(wishes_expected);
  wishes_ = wish_queue{later{}, std::move(room)};
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
          [this](const wake_partition_at& wish) { add(wish); }};
}

void scheduler::on_exit() {
  timer_.reset();
}

/// A wish that there is no memory for is dropped: keys of that partition may outlive their time
/// until somebody asks for them.
void scheduler::add(const wake_partition_at& wish) noexcept {
  const turn now{this};
  try {
    wishes_.push(wish);
  } catch (const std::bad_alloc&) {
    return;
  }
  if (wish.at_ms < timer_at_ms_)
    expect_tick();
}

/// Sets the timer to what comes first: the next wish or the next sample.
void scheduler::expect_tick() {
  const auto now_ms = core_.now().ms;
  timer_at_ms_ = std::clamp(next_sample_ms_, now_ms, now_ms + sample_interval_ms);
  if (!wishes_.empty())
    timer_at_ms_ = std::clamp(wishes_.top().at_ms, now_ms, timer_at_ms_);
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
  while (!wishes_.empty() && wishes_.top().at_ms <= now_ms) {
    const auto [partition, at_ms] = wishes_.top();
    post(core_.partitions[partition], &loop(),
         partition_task{.what = partition_task::kind::expire, .due_ms = at_ms});
    wishes_.pop();
  }
  if (now_ms >= next_sample_ms_) {
    next_sample_ms_ = now_ms + sample_interval_ms;
    post(core_.administrator, &loop(), sample_now{});
  }
  expect_tick();
}

} // namespace thespis::actors
