#pragma once

/// Whether a request may run now: every policy that stands before a handler, as a list of small
/// checks in one place. They are asked in Redis' order, so that a request that several of them
/// would turn away gets the same error.
///
/// The plain case costs one test: nothing is raised for the server, nothing is special about the
/// client, and the command is not a protected one.

#include "commands/statistics.hpp"
#include "protocol/command_spec.hpp"
#include "protocol/command_table.hpp"
#include "protocol/reply_writer.hpp"
#include "protocol/session.hpp"

#include <atomic>
#include <cstdint>
#include <string_view>

namespace thespis::commands {

/// States of the server that stop some requests.
enum server_gate : std::uint32_t {
  /// The default user has a password.
  gate_password = 1u << 0,
  /// The data set is being loaded.
  gate_loading = 1u << 1,
  /// CLIENT PAUSE … WRITE and CLIENT PAUSE … ALL.
  gate_pause_writes = 1u << 2,
  gate_pause_all = 1u << 3,
  /// Memory is over maxmemory and eviction cannot help.
  gate_out_of_memory = 1u << 4,
  /// Snapshots cannot be written (stop-writes-on-bgsave-error).
  gate_no_persistence = 1u << 5,
  /// Somebody monitors.
  gate_monitored = 1u << 6,
  /// A script takes long.
  gate_busy_script = 1u << 7,
  /// The journal cannot be written.
  gate_journal_failed = 1u << 8,
};

/// Options enable-debug-command and its like.
enum class protected_access : std::uint8_t { no, local, yes };

/// Read by all connections, written by the administrator; `gate_busy_script` by who runs scripts,
/// `gate_journal_failed` by the journal.
struct server_gates {
  std::atomic<std::uint32_t> raised{0};
  /// Unix time at which the pause ends by itself.
  std::atomic<std::int64_t> pause_until_ms{0};
  std::atomic<protected_access> debug_command{protected_access::no};
  /// The script that takes long is a function.
  std::atomic<bool> busy_with_function{false};
  /// errno of what is wrong with the journal; 0: nothing.
  std::atomic<int> journal_error{0};

  void set(server_gate which, bool up) noexcept {
    if (up)
      raised.fetch_or(which);
    else
      raised.fetch_and(~std::uint32_t{which});
  }
  bool is_up(server_gate which) const noexcept {
    return (raised.load(std::memory_order_relaxed) & which) != 0;
  }
};

enum class verdict : std::uint8_t {
  /// Run it.
  pass,
  /// An error has been replied and counted.
  rejected,
  /// Clients are paused: ask again at server_gates::pause_until_ms, or when the pause is lifted.
  wait,
};

/// Why nothing is written at present: what is written could not be made durable. Empty: it could.
/// Valid until this thread asks again. Throws std::bad_alloc.
std::string_view write_objection(const server_gates& gates);

/// The checks behind `admit` for requests off the straight road.
verdict admit_with_care(const protocol::command_spec& spec, const server_gates& gates,
                        const protocol::session& client, std::int64_t now_ms,
                        protocol::reply_writer& reply, command_statistics& statistics);

/// Judges a request whose command and arity have been found right. Cost: one test in the plain
/// case.
inline verdict admit(const protocol::command_spec& spec, const server_gates& gates,
                     const protocol::session& client, std::int64_t now_ms,
                     protocol::reply_writer& reply, command_statistics& statistics) {
  const auto special = gates.raised.load(std::memory_order_relaxed) | client.special
                       | (spec.flags & protocol::protected_command);
  if (special == 0) [[likely]]
    return verdict::pass;
  return admit_with_care(spec, gates, client, now_ms, reply, statistics);
}

/// Replies why a request was not resolved. REQUIRES: found.outcome is not `ok`.
void reject_unresolved(const protocol::resolved_command& found, protocol::arguments args,
                       protocol::reply_writer& reply, command_statistics& statistics);

} // namespace thespis::commands
