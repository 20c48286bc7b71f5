#include "actors/journal.hpp"

#include "actors/event_loop.hpp"
#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "base/time_units.hpp"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

namespace thespis::actors {

namespace {

using base::fsync_policy;
using persistence::journal_group;

// With appendfsync everysec:
constexpr std::chrono::seconds between_synchronisations{1};
/// When what was told so long ago is not on the disk, replies wait: no more than that gets lost.
constexpr std::chrono::seconds behind_max{2};
/// The database that a file begins in is not known.
constexpr int no_database = -1;

} // namespace

journal::journal(caf::actor_config& config, core& home) : store_actor(config), core_(home) {
}

journal::~journal() {
  outlived_references(*this);
}

caf::behavior journal::make_behavior() {
  return {[this](const multicast_expected& news) {
            const turn now{this};
            expect(*news.what);
          },
          [this](effects_told& told) {
            const turn now{this};
            receive(told);
          },
          [this](const reply_held& one) {
            const turn now{this};
            hold(one);
          },
          [this](const write_now&) {
            const turn now{this};
            writes_soon_ = false;
            write();
          },
          [this](const disk_awaited& news) {
            const turn now{this};
            const memory_reserve::own_work may_not_fail;
            waits_.add(news);
            note_durable();
            hurry();
          },
          [this](const journal_written& news) {
            const turn now{this};
            note_written(news);
          },
          [this](const journal_synced& news) {
            const turn now{this};
            note_synced(news);
          },
          [this](const base_written& news) {
            const turn now{this};
            waiting_base_ = news.of;
            adopt_base();
          },
          [this](const base_adopted& news) {
            const turn now{this};
            note_base(news);
          },
          [this](const journal_settings& news) {
            const turn now{this};
            follow(news);
          },
          [this](const journal_continues& files) {
            const turn now{this};
            go_on(files);
          },
          [this](const journal_over&) {
            const turn now{this};
            end();
          },
          [this](const journal_tick&) {
            const turn now{this};
            tick();
          },
          [this](const finish_journal&) {
            const turn now{this};
            finishing_ = true;
            write();
            finish_if_quiet();
          }};
}

// -- order ----------------------------------------------------------------------------------------

void journal::expect(const journal_expectation& what) {
  if (what.mark && state_ == state::off)
    state_ = state::beginning;
  if (state_ != state::off)
    order_.expect(what.which, what.by, what.mark);
}

void journal::receive(effects_told& told) try {
  const memory_reserve::own_work now;
  if (told.is_incomplete)
    distrust(ENOMEM, "there was no memory for a record");
  if (state_ == state::off) {
    order_.pass();
  } else if (told.is_share) {
    order_.add_share(told.by, told.multicast, std::move(told.what), told.is_last);
  } else if (order_.pass()) {
    if (state_ == state::on)
      open_group().add(told.what);
  } else if (told.multicast != 0) {
    order_.add_meeting(told.multicast, told.met, std::move(told.what));
  } else {
    order_.add(told.by, std::move(told.what));
  }
  while (order_.is_ready())
    emit(order_.take());
  write_soon();
  if (told.work != nullptr)
    hold({told.work});
} catch (const std::bad_alloc&) {
  distrust(ENOMEM, "there was no memory for a record");
  if (told.work != nullptr)
    hold({told.work});
}

void journal::emit(persistence::journal_order::entry what) {
  if (what.mark)
    return turn_page(std::static_pointer_cast<const snapshot>(what.mark));
  if (state_ != state::on)
    return;
  auto& group = open_group();
  if (what.shares.size() == 1)
    group.add(what.shares.front());
  else
    group.add_merged(what.shares);
}

journal_group& journal::open_group() {
  auto& group = *pages_.back().group;
  if (const auto now_s = core_.now().ms / base::ms_per_s;
      settings_.style.times && now_s != last_time_s_) {
    last_time_s_ = now_s;
    group.add_time(now_s);
  }
  return group;
}

/// What comes now belongs into the next file.
void journal::turn_page(std::shared_ptr<const snapshot> mark) {
  const auto first = pages_.empty() ? 1 : pages_.back().group->next();
  if (state_ == state::beginning || file_is_bad_) {
    // The base will have all that has not been written.
    drop_pages();
    lacks_base_ = true;
  } else {
    pages_.back().covers = order_.left();
  }
  state_ = state::on;
  file_is_bad_ = false;
  stalled_ = false;
  pages_.push_back({.group = std::make_shared<journal_group>(first, no_database),
                    .mark = std::move(mark),
                    .follows = !lacks_base_});
}

/// But for what the writer has.
void journal::drop_pages() noexcept {
  const auto kept = std::min<std::size_t>(writing_ ? 1 : 0, pages_.size());
  pages_.erase(pages_.begin() + static_cast<std::ptrdiff_t>(kept), pages_.end());
}

void journal::go_on(const journal_continues& files) {
  pages_.push_back({.group = std::make_shared<journal_group>(files.next, no_database)});
  state_ = state::on;
  has_base_ = true;
  decide_about_replies();
}

void journal::end() {
  state_ = state::off;
  order_.clear();
  drop_pages();
  file_is_bad_ = false;
  lacks_base_ = false;
  has_base_ = false;
  core_.journal_gauges.has_base.store(false);
  report_failure(0, {});
  decide_about_replies();
  const memory_reserve::own_work now;
  adopt_base();
  waits_.refuse_all(context());
}

// -- the disk -------------------------------------------------------------------------------------

/// When the event loop has nothing to do for the moment: then what all its clients have asked for
/// goes to the disk at once.
void journal::write_soon() {
  if (writing_ || writes_soon_)
    return;
  auto* const loop = event_loop::current();
  if (loop == nullptr)
    return write();
  loop->send_before_wait(core_.journal, wrap(write_now{}));
  writes_soon_ = true;
}

/// The group that is open is closed when the writer has nothing else to do.
void journal::write() {
  if (writing_ || stalled_ || file_is_bad_ || pages_.empty())
    return;
  const memory_reserve::own_work now;
  // What is not the last one, and has left no trace, is nothing to write.
  while (pages_.size() > 1 && pages_.front().group->empty() && !pages_.front().mark)
    pages_.pop_front();
  auto& first = pages_.front();
  if (first.group->empty() && !first.mark) {
    if (written_ == synchronised_)
      synchronised_ = order_.left();
    written_ = order_.left();
    return note_durable();
  }
  if (pages_.size() == 1) {
    first.covers = order_.left();
    pages_.push_back(
      {.group = std::make_shared<journal_group>(first.group->next(), first.group->database())});
  }
  writing_ = true;
  const auto& next = pages_.front();
  post(core_.journal_writer, context(),
       write_journal{next.group, settings_.style.frames, settings_.policy == fsync_policy::always,
                     next.mark, next.follows});
}

void journal::note_written(const journal_written& news) {
  writing_ = false;
  if (news.how == journal_written::outcome::done) {
    file_ = news.file;
    if (pages_.front().mark)
      begun_ = pages_.front().mark;
    written_ = pages_.front().covers;
    if (news.synchronised) {
      synchronised_ = written_;
      synchronised_as_of_ = clock::now();
    }
    pages_.pop_front();
    if (!lacks_base_)
      report_failure(0, {});
    adopt_base();
    note_durable();
    hurry();
    write();
  } else if (news.how == journal_written::outcome::lost) {
    distrust(news.error, news.why);
  } else if (pages_.size() > 1 && !pages_[1].follows) {
    // The base that is being written has it.
    pages_.pop_front();
    write();
  } else {
    stalled_ = true;
    report_failure(news.error, news.why);
  }
  finish_if_quiet();
}

void journal::synchronise() {
  if (synchronising_ || !file_ || file_is_bad_ || written_ == synchronised_)
    return;
  const memory_reserve::own_work now;
  synchronising_ = true;
  core_.journal_gauges.is_synchronising.store(true);
  synchronising_until_ = written_;
  last_attempt_ = clock::now();
  post(core_.journal_syncer, context(), synchronise_journal{file_});
}

void journal::note_synced(const journal_synced& news) {
  synchronising_ = false;
  core_.journal_gauges.is_synchronising.store(false);
  if (news.error == 0) {
    synchronised_ = std::max(synchronised_, synchronising_until_);
    synchronised_as_of_ = last_attempt_;
    note_durable();
    hurry();
  } else {
    distrust(news.error, "cannot synchronise the journal");
  }
  finish_if_quiet();
}

/// Somebody waits for the disk itself.
void journal::hurry() {
  if (!waits_.empty())
    synchronise();
}

/// Only a base that is taken from memory can say again what there is.
void journal::distrust(int error, std::string_view why) noexcept {
  if (std::exchange(file_is_bad_, true) || state_ == state::off)
    return;
  const memory_reserve::own_work now;
  report_failure(error, why);
  post(core_.administrator, context(), base_wanted{});
  adopt_base();
}

/// The writer has to have begun the increment that it is the base of.
void journal::adopt_base() {
  if (!waiting_base_)
    return;
  const memory_reserve::own_work now;
  const auto is_begun = waiting_base_->epoch == no_journal || waiting_base_ == begun_;
  if (is_begun)
    post(core_.journal_writer, context(), base_written{std::exchange(waiting_base_, nullptr)});
  else if (file_is_bad_ || state_ == state::off)
    post(core_.administrator, context(),
         base_adopted{std::exchange(waiting_base_, nullptr), "its increment was not begun"});
}

void journal::note_base(const base_adopted& news) {
  const memory_reserve::own_work now;
  post(core_.administrator, context(), news);
  if (!news.why.empty() || file_is_bad_)
    return;
  lacks_base_ = false;
  has_base_ = true;
  if (!stalled_)
    report_failure(0, {});
  decide_about_replies();
  // Whoever waits for it serves clients now.
  core_.journal_gauges.has_base.store(true);
  note_durable();
}

void journal::report_failure(int error, std::string_view why) noexcept {
  auto& gates = core_.server.gates;
  if (gates.journal_error.exchange(error) == error)
    return;
  gates.set(commands::gate_journal_failed, error != 0);
  if (error != 0)
    log::warning("Error writing to the AOF file: {}", why);
  else
    log::warning("AOF write error looks solved. The server can write again.");
}

// -- replies --------------------------------------------------------------------------------------

void journal::note_durable() {
  if (lacks_base_ || file_is_bad_)
    return;
  core_.journal_gauges.durable.store(synchronised_);
  while (!held_.empty() && held_.front().until <= synchronised_) {
    held_.front().work->report(context());
    held_.pop_front();
  }
  waits_.end_until(synchronised_, context());
}

void journal::release_replies() {
  for (const auto& one : std::exchange(held_, {}))
    one.work->report(context());
}

void journal::hold(const reply_held& one) {
  const memory_reserve::own_work now;
  if (order_.arrivals() <= core_.journal_gauges.durable.load()
      || !core_.journal_gauges.holds_replies.load())
    one.work->report(context());
  else
    held_.push_back({order_.arrivals(), one.work});
}

void journal::follow(const journal_settings& settings) {
  settings_ = settings;
  decide_about_replies();
}

/// Before the first base there is nothing yet that could be lost.
void journal::decide_about_replies() {
  const auto is_behind = settings_.policy == fsync_policy::everysec && written_ != synchronised_
                         && clock::now() - synchronised_as_of_ > behind_max;
  auto& gauges = core_.journal_gauges;
  if (!std::exchange(is_behind_, is_behind) && is_behind)
    gauges.delayed_syncs.fetch_add(1);
  const auto holds = state_ == state::on && has_base_
                     && (settings_.policy == fsync_policy::always || is_behind);
  gauges.holds_replies.store(holds);
  if (!holds)
    release_replies();
}

// -- time -----------------------------------------------------------------------------------------

void journal::tick() {
  stalled_ = false;
  // The loop that was to say when may be busy with something long.
  write();
  count_buffered();
  const auto now = clock::now();
  if (written_ == synchronised_)
    synchronised_as_of_ = now;
  else if (settings_.policy == fsync_policy::everysec
           && now - last_attempt_ >= between_synchronisations)
    synchronise();
  waits_.forget_ended();
  hurry();
  decide_about_replies();
}

void journal::count_buffered() noexcept {
  std::uint64_t bytes = 0;
  for (const auto& one : pages_)
    bytes += one.group->bytes();
  core_.journal_gauges.buffered_bytes.store(bytes);
}

/// What cannot be written now will not be.
void journal::finish_if_quiet() {
  if (!finishing_ || writing_ || synchronising_)
    return;
  const auto cannot = stalled_ || file_is_bad_;
  if (!cannot && state_ == state::on) {
    if (written_ != order_.left() || !pages_.front().group->empty())
      return write();
    if (written_ != synchronised_)
      return synchronise();
  }
  finishing_ = false;
  post(core_.supervisor, context(), journal_finished{});
}

} // namespace thespis::actors
