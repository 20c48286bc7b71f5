#include "actors/journal_keeper.hpp"

#include "actors/journal_files.hpp"
#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "base/time_units.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

namespace thespis::actors {

namespace {

using base::option;

/// After a rewriting that failed the next one waits so long.
constexpr std::int64_t retry_ms = 5000;

} // namespace

/// Replies that this makes wait are to do so from now on.
void journal_keeper::tell_settings() {
  const memory_reserve::own_work may_not_fail;
  const auto& now = core_.server.options;
  const auto policy = now.get_as<base::fsync_policy>(option::appendfsync);
  if (policy == base::fsync_policy::always && core_.journal_gauges.has_base.load())
    core_.journal_gauges.holds_replies.store(true);
  post(core_.journal, nullptr,
       journal_settings{policy,
                        {.frames = now.is_on(option::aof_checksum),
                         .times = now.is_on(option::aof_timestamp_enabled)}});
}

void journal_keeper::follow_settings() {
  auto& settings = core_.server.options;
  settings.on_change({option::appendfsync, option::aof_timestamp_enabled},
                     [this](const base::options&) -> base::result<void> {
                       tell_settings();
                       return {};
                     });
  settings.on_change({option::appendonly}, [this](const base::options& now) -> base::result<void> {
    if (core_.server.gates.is_up(commands::gate_loading))
      return {};
    if (now.is_on(option::appendonly))
      return turn_on(nullptr);
    turn_off(nullptr);
    return {};
  });
}

base::result<void> journal_keeper::turn_on(caf::execution_unit* here) {
  if (core_.journal_gauges.epoch.load() != no_journal)
    return {};
  if (core_.server.saving.running || core_.server.journaling.rewriting) {
    want_base();
    return {};
  }
  if (rewrite(here))
    return {};
  core_.journal_gauges.failed_bases.fetch_add(1);
  return base::fault{"Unable to turn on AOF. Check server logs."};
}

void journal_keeper::turn_off(caf::execution_unit* here) {
  const memory_reserve::own_work now;
  core_.server.journaling.scheduled = false;
  if (now_)
    now_->failed.store(true);
  if (core_.journal_gauges.epoch.exchange(no_journal) != no_journal)
    post(core_.journal, here, journal_over{});
}

/// A journal that is to be and is not begins with it.
bool journal_keeper::rewrite(caf::execution_unit* here) noexcept try {
  auto& status = core_.server.journaling;
  status.scheduled = false;
  status.began_ms = core_.now().ms;
  const auto directory = core_.options.text(option::appenddirname);
  if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
    log::warning("Can't create the append only directory {}: {}", directory,
                 log::system_error(errno));
    return false;
  }
  auto next = prepare_snapshot(core_, journal_files::temporary_base_in(directory));
  next->is_base = true;
  if (core_.options.is_on(option::appendonly)) {
    const auto current = core_.journal_gauges.epoch.load();
    next->epoch = current != no_journal ? current : ++epochs_;
  }
  core_.send(*next, here);
  now_ = std::move(next);
  status.rewriting = true;
  log::notice("Background append only file rewriting started");
  return true;
} catch (const std::bad_alloc&) {
  log::warning("Can't rewrite append only file in background: out of memory");
  return false;
}

void journal_keeper::note_end_of_snapshot(std::string_view why,
                                          caf::execution_unit* here) noexcept {
  const memory_reserve::own_work now;
  if (!why.empty())
    return finish(why);
  post(core_.journal, here, base_written{now_});
}

void journal_keeper::note_adopted(const base_adopted& news) noexcept {
  if (now_ == news.of)
    finish(news.why);
}

void journal_keeper::finish(std::string_view why) noexcept {
  auto& status = core_.server.journaling;
  status.rewriting = false;
  status.last_end_ms = core_.now().ms;
  status.last_seconds = (status.last_end_ms - status.began_ms) / base::ms_per_s;
  status.last_succeeded = why.empty();
  if (why.empty()) {
    ++status.rewrites;
    status.failures_in_a_row = 0;
    log::notice("Background AOF rewrite finished successfully");
  } else {
    ++status.failures_in_a_row;
    core_.journal_gauges.failed_bases.fetch_add(1);
    log::warning("Background AOF rewrite terminated with error: {}", why);
    // Without it there is no journal, or one that is not written to.
    if (core_.options.is_on(option::appendonly)
        && (!core_.journal_gauges.has_base.load()
            || core_.server.gates.is_up(commands::gate_journal_failed)))
      want_base();
  }
  now_.reset();
}

void journal_keeper::tick(caf::execution_unit* here) noexcept {
  const auto& server = core_.server;
  const auto& status = server.journaling;
  if (core_.journal_gauges.epoch.load() != no_journal) {
    const memory_reserve::own_work now;
    post(core_.journal, here, journal_tick{});
  }
  if (server.saving.running || status.rewriting || server.gates.is_up(commands::gate_loading)
      || (!status.last_succeeded && core_.now().ms - status.last_end_ms < retry_ms))
    return;
  if (!status.scheduled && (server.cron_paused || !has_grown()))
    return;
  if (!rewrite(here))
    finish("it could not begin");
}

bool journal_keeper::has_grown() const noexcept {
  const auto& gauges = core_.journal_gauges;
  const auto percentage = core_.options.get(option::auto_aof_rewrite_percentage);
  const auto bytes = gauges.bytes.load();
  if (gauges.epoch.load() == no_journal || percentage == 0
      || bytes <= static_cast<std::uint64_t>(core_.options.get(option::auto_aof_rewrite_min_size)))
    return false;
  const auto base = std::max<std::uint64_t>(gauges.base_bytes.load(), 1);
  const auto growth = static_cast<std::int64_t>(bytes * 100 / base) - 100;
  if (growth < percentage)
    return false;
  log::notice("Starting automatic rewriting of AOF on {}% growth", growth);
  return true;
}

commands::journal_figures journal_keeper::figures() const noexcept {
  const auto& gauges = core_.journal_gauges;
  return {.is_on = gauges.epoch.load() != no_journal,
          .is_durable = gauges.has_on_disk(gauges.told.load()),
          .has_failed = core_.gates.is_up(commands::gate_journal_failed),
          .bytes = gauges.bytes.load(),
          .base_bytes = gauges.base_bytes.load(),
          .buffered_bytes = gauges.buffered_bytes.load(),
          .is_synchronising = gauges.is_synchronising.load(),
          .delayed_syncs = gauges.delayed_syncs.load()};
}

} // namespace thespis::actors
