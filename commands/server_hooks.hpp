#pragma once

/// What the administrator's commands ask of the world around them. The administrator actor fills
/// the hooks, but for `rewrite_config`, which is the program's; one that is empty is a feature that
/// is not there (yet), and its command says so or does nothing. Hooks are called on the
/// administrator's thread and hold it up for as long as they take. What settings do when they
/// change is not here but in base::options::on_change.

#include "base/option_choices.hpp"
#include "base/result.hpp"
#include "commands/journal_status.hpp"
#include "commands/server_figures.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace thespis::commands {

/// SHUTDOWN's words.
struct shutdown_request {
  enum class save_mode : std::uint8_t { as_configured, yes, no };

  save_mode save = save_mode::as_configured;
  /// Do not wait for replicas that lag behind.
  bool now = false;
  /// Stop even if saving fails.
  bool force = false;
};

struct server_hooks {
  /// Closes the connection of that client, which may be gone already.
  std::function<void(std::uint64_t id)> kill_client;
  /// Wakes a client from a blocking command, as by its deadline or with an error; false: it does
  /// not block.
  std::function<bool(std::uint64_t id, bool with_error)> unblock_client;
  /// The pause of clients began, changed or ended: whoever waits may ask admission again.
  std::function<void()> pause_changed;
  /// Of fewer keys than before may copies be tracked.
  std::function<void()> tracking_limited;
  /// Begins a snapshot; false: it cannot be begun. REQUIRES: none is being taken.
  std::function<bool()> begin_save;
  /// Begins to write the journal anew; false: that cannot be begun. REQUIRES: no snapshot is being
  /// taken.
  std::function<bool()> rewrite_journal;
  std::function<journal_figures()> measure_journal;
  /// Begins the ordered end, and returns at once. True: the data has to be saved first, and it may
  /// be that it cannot; server_state::shutting_down tells then.
  std::function<bool(const shutdown_request&)> shut_down;
  /// Takes it back; false: none was under way.
  std::function<bool()> abort_shutdown;
  std::function<void(base::log_level, std::string_view)> log;
  /// Writes the configuration file, to the disk itself.
  std::function<base::result<void>()> rewrite_config;
  std::function<memory_figures()> measure_memory;
  std::function<cpu_figures()> measure_cpu;
  /// Gives unused memory back to the kernel.
  std::function<void()> purge_memory;
  /// The allocator's own report.
  std::function<std::string()> allocator_report;
};

} // namespace thespis::commands
