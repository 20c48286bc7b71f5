#include "actors/saver.hpp"

#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "base/time_units.hpp"

#include <new>
#include <utility>

namespace thespis::actors {

namespace {

using base::option;

/// After a snapshot that failed the next save point waits so long.
constexpr std::int64_t retry_ms = 5000;
/// A pause that is ended by somebody.
constexpr std::int64_t open_end = INT64_MAX;

persistence::access_kind access_kind_of(const base::options& settings) {
  switch (settings.get_as<base::eviction_policy>(option::maxmemory_policy)) {
    case base::eviction_policy::allkeys_lru:
    case base::eviction_policy::volatile_lru:
      return persistence::access_kind::idle_time;
    case base::eviction_policy::allkeys_lfu:
    case base::eviction_policy::volatile_lfu:
      return persistence::access_kind::frequency;
    default:
      return persistence::access_kind::none;
  }
}

} // namespace

std::shared_ptr<snapshot> prepare_snapshot(core& home, std::string path) {
  auto& server = home.server;
  const auto& settings = server.options;
  const persistence::entry_format how{
    .value = {.version = static_cast<std::uint16_t>(settings.get(option::rdb_version)),
              .compress = settings.is_on(option::rdbcompression),
              .list_packed_size = static_cast<int>(settings.get(option::list_max_listpack_size))},
    .access = access_kind_of(settings),
    .now_ms = home.now().ms,
    .lfu_decay_minutes = static_cast<int>(settings.get(option::lfu_decay_time))};
  auto made = std::make_shared<snapshot>(std::move(path), how, home.partitions.size());
  made->memory_bytes = server.memory().used;
  made->checksum = settings.is_on(option::rdbchecksum);
  return made;
}

bool saver::begin(caf::execution_unit* here) noexcept try {
  if (is_over_)
    return false;
  auto& saving = core_.server.saving;
  auto next = prepare_snapshot(core_, core_.options.text(option::dbfilename));
  saving.changes_begun = core_.server.changes();
  core_.send(*next, here);
  now_ = std::move(next);
  saving.running = true;
  saving.scheduled = false;
  saving.began_ms = now_->format.now_ms;
  log::notice("Background saving started");
  return true;
} catch (const std::bad_alloc&) {
  log::warning("Can't save in background: out of memory");
  return false;
}

std::vector<batch*> saver::end(const snapshot& what, std::string_view why,
                               caf::execution_unit* here) noexcept {
  if (now_.get() != &what)
    return {};
  auto& saving = core_.server.saving;
  saving.running = false;
  saving.last_end_ms = core_.now().ms;
  saving.last_succeeded = why.empty();
  saving.last_seconds = (saving.last_end_ms - saving.began_ms) / base::ms_per_s;
  if (why.empty()) {
    ++saving.successes;
    saving.last_success_ms = saving.last_end_ms;
    saving.changes_saved = saving.changes_begun;
    log::notice("DB saved on disk");
    log::notice("Background saving terminated with success");
  } else {
    log::warning("Write error while saving DB to the disk: {}", why);
    log::warning("Background saving error");
  }
  now_.reset();
  core_.server.note_save_outcome();
  if (ends_when_saved_ && !go_on_ending(why.empty(), here))
    return {};
  return std::exchange(waiting_, {});
}

void saver::look_at_save_points(caf::execution_unit* here) noexcept try {
  auto& server = core_.server;
  auto& saving = server.saving;
  if (saving.running || server.journaling.rewriting || server.cron_paused
      || server.gates.is_up(commands::gate_loading))
    return;
  const auto now_ms = core_.now().ms;
  if (!saving.last_succeeded && now_ms - saving.last_end_ms < retry_ms)
    return;
  if (saving.scheduled) {
    begin(here);
    return;
  }
  const auto changes = static_cast<std::int64_t>(server.changes() - saving.changes_saved);
  if (changes == 0)
    return;
  for (const auto& point : server.options.save_points())
    if (changes >= point.changes
        && now_ms - saving.last_success_ms > point.seconds * base::ms_per_s) {
      log::notice("{} changes in {} seconds. Saving...", point.changes, point.seconds);
      begin(here);
      return;
    }
} catch (const std::bad_alloc&) {
  return;
}

// -- the end of the server ------------------------------------------------------------------------

bool saver::end_server(const commands::shutdown_request& how, caf::execution_unit* here) noexcept {
  using save_mode = commands::shutdown_request::save_mode;
  auto& server = core_.server;
  const bool saves = how.save == save_mode::yes
                     || (how.save == save_mode::as_configured
                         && !server.options.save_points().empty());
  core_.end_asked.store(true);
  if (is_over_)
    return false;
  if (ends_when_saved_ && how.save != save_mode::no) {
    ends_anyway_ = ends_anyway_ || how.force;
    return true;
  }
  if (!saves || server.gates.is_up(commands::gate_loading)) {
    finish_server(here);
    return false;
  }
  ends_when_saved_ = true;
  ends_anyway_ = how.force;
  log::notice("Saving the final RDB snapshot before exiting.");
  // Whatever clients are told from here on must be in the file.
  server.pause(server.end_of_server, core_.now().ms, open_end, true);
  if (server.saving.running || begin(here))
    return true;
  go_on_ending(false, here);
  return false;
}

/// A snapshot is over. Returns false if another one is needed.
bool saver::go_on_ending(bool saved, caf::execution_unit* here) noexcept {
  auto& server = core_.server;
  // Requests that were under way when the pause began may have changed something behind the cut.
  const auto is_complete = server.changes() == server.saving.changes_saved;
  if (saved && !is_complete && begin(here))
    return false;
  if ((saved && is_complete) || ends_anyway_) {
    if (!(saved && is_complete))
      log::warning("Error trying to save the DB, exiting anyway.");
    finish_server(here);
    return true;
  }
  log::warning("Error trying to save the DB, can't exit.");
  stay();
  return true;
}

bool saver::stay() noexcept {
  if (!std::exchange(ends_when_saved_, false))
    return false;
  core_.server.unpause(core_.server.end_of_server);
  core_.server.shutting_down = false;
  core_.end_asked.store(false);
  return true;
}

void saver::finish_server(caf::execution_unit* here) noexcept {
  const memory_reserve::own_work now;
  ends_when_saved_ = false;
  is_over_ = true;
  if (now_ != nullptr) {
    // Who waits for it keeps the server from ending.
    now_->failed.store(true);
    post(core_.administrator, here, snapshot_done{now_, "the server ends"});
  }
  post(core_.supervisor, here, shut_down{});
}

} // namespace thespis::actors
