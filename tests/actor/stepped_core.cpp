#include "tests/actor/stepped_core.hpp"

#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "base/ensure.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <cstdint>
#include <new>
#include <utility>

namespace thespis::tests {

using actors::dispatcher;

namespace {

commands::client_record_ptr make_record(actors::core& home) {
  auto record = std::make_shared<commands::client_record>();
  record->id = home.next_client_id.fetch_add(1);
  record->address = "127.0.0.1:" + std::to_string(10'000 + record->id);
  return record;
}

} // namespace

stepped_core::stepped_core(std::size_t partition_count, actors::wall_clock clock) {
  config_.set("scheduler.policy", caf::atom("testing"));
  system_ = std::make_unique<caf::actor_system>(config_);
  core_ = std::make_unique<actors::core>(settings_, 1, partition_count, clock);
  core_->meeting_ticks_max = UINT64_MAX;
  core_->server.apply_settings();
  for (actors::partition_index i = 0; i < partition_count; ++i)
    core_->partitions[i] = system_->spawn<actors::partition, caf::hidden>(std::ref(*core_), i);
  core_->administrator = system_->spawn<actors::administrator, caf::hidden>(std::ref(*core_));
  core_->scheduler = system_->spawn<caf::hidden>([this](caf::event_based_actor*) -> caf::behavior {
    return {[this](const actors::wake_partition_at& wish) {
              // As the scheduler does: the latest wish of a partition counts.
              std::erase_if(wishes_,
                            [&](auto& other) { return other.partition == wish.partition; });
              wishes_.push_back(wish);
            },
            [](const actors::end_wait_at&) {}};
  });
  run();
}

stepped_core::~stepped_core() {
  for (const auto& one : core_->partitions)
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_->administrator, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_->scheduler, caf::exit_reason::user_shutdown);
  run();
  core_.reset();
}

void stepped_core::run_partition(actors::partition_index index) {
  while (scheduler().prioritize(core_->partitions[index]))
    scheduler().run_once();
}

void stepped_core::wake_partitions() {
  const auto now_ms = next_wish_ms();
  for (const auto& wish : std::exchange(wishes_, {})) {
    if (wish.at_ms == now_ms)
      actors::post(core_->partitions[wish.partition], nullptr,
                   actors::partition_task{.what = actors::partition_task::kind::expire});
    else
      wishes_.push_back(wish);
  }
  run();
}

std::int64_t stepped_core::next_wish_ms() const noexcept {
  auto next = INT64_MAX;
  for (const auto& wish : wishes_)
    next = std::min(next, wish.at_ms);
  return next;
}

stepped_client::stepped_client(stepped_core& world, bool words_stay)
  : world_(world),
    record_(make_record(world.home())),
    dispatcher_(world.home(), 0, *record_, {.local = true, .words_stay = words_stay}) {
  owner_ = world.system().spawn<caf::hidden>([this](caf::event_based_actor*) -> caf::behavior {
    return {[this](const actors::batch_done&) { ++answers_; }, [](const actors::request_waits&) {}};
  });
  dispatcher_.start(owner_, nullptr);
  world_.run();
}

stepped_client::~stepped_client() {
  dispatcher_.end();
  caf::anon_send_exit(owner_, caf::exit_reason::user_shutdown);
  world_.run();
}

dispatcher::step stepped_client::place(const words& request) {
  auto& all = dispatcher_.words();
  const auto first_word = all.size();
  try {
    const actors::memory_reserve::client_work may_fail;
    all.insert(all.end(), request.begin(), request.end());
    return dispatcher_.place(first_word, nullptr);
  } catch (const std::bad_alloc&) {
    return dispatcher_.refuse(first_word);
  }
}

std::string stepped_client::take_output() {
  std::string output{dispatcher_.output().view()};
  dispatcher_.output().clear();
  return output;
}

std::string stepped_client::say(const std::vector<words>& pipeline) {
  using step = dispatcher::step;
  std::string got;
  std::size_t next = 0;
  hung_up = false;
  paused = false;
  batches = 0;
  dispatcher_.set_time(world_.home().now());
  while (!hung_up && !paused && (next < pipeline.size() || dispatcher_.unfinished())) {
    auto last = step::run_first;
    const auto goes_on = dispatcher_.unfinished();
    while (!goes_on && next < pipeline.size() && dispatcher_.has_room()) {
      last = place(pipeline[next]);
      if (last != step::run_first && last != step::paused)
        ++next;
      if (last != step::batched)
        break;
    }
    if (next == pipeline.size())
      dispatcher_.end_gathering();
    if (dispatcher_.must_send()) {
      ++batches;
      if (dispatcher_.send(nullptr)) {
        world_.run();
        got += take();
      } else {
        dispatcher_.take_answers();
      }
    } else {
      paused = last == step::paused;
    }
    got += take_output();
    hung_up = last == step::hang_up || !dispatcher_.complete()
              || dispatcher_.session().close_after_reply;
  }
  return got;
}

void stepped_client::send(words request) {
  dispatcher_.set_time(world_.home().now());
  kept_.push_back(std::move(request));
  const auto placed = place(kept_.back());
  THESPIS_ENSURE(placed == dispatcher::step::batched || placed == dispatcher::step::alone);
  THESPIS_ENSURE(dispatcher_.send(nullptr));
}

std::string stepped_client::take() {
  THESPIS_ENSURE(answers_ == 1);
  answers_ = 0;
  dispatcher_.take_answers();
  return take_output();
}

} // namespace thespis::tests
