#pragma once

/// What the directory of clients knows about one connection: a record that the connection makes,
/// shares with the administrator and keeps up to date. CLIENT LIST, CLIENT KILL and INFO are
/// functions over such records; no connection is asked.
///
/// Three kinds of members: fixed when the record is made; the administrator's, who alone reads and
/// writes them; live ones, atomics that only the connection writes and that anybody may read.

#include "keyspace/waiter.hpp"
#include "protocol/command_spec.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace thespis::commands {

/// The letters of CLIENT LIST's flags, in its order.
enum client_flag : std::uint32_t {
  client_monitor = 1u << 0,         // O
  client_replica = 1u << 1,         // S
  client_master = 1u << 2,          // M
  client_pubsub = 1u << 3,          // P
  client_multi = 1u << 4,           // x
  client_blocked = 1u << 5,         // b
  client_tracking_on = 1u << 6,     // t
  client_broken_redirect = 1u << 7, // R
  client_broadcast = 1u << 8,       // B
  client_dirty = 1u << 9,           // d
  client_closing = 1u << 10,        // c
  client_unblocked = 1u << 11,      // u
  client_close_now = 1u << 12,      // A
  client_unix_socket = 1u << 13,    // U
  client_readonly = 1u << 14,       // r
  client_no_evict = 1u << 15,       // e
  client_no_touch = 1u << 16,       // T
  /// CLIENT TRACKING with NOLOOP; CLIENT LIST does not show it.
  client_no_loop = 1u << 17,
};

struct client_record {
  // -- fixed -------------------------------------------------------------------------------------
  std::uint64_t id = 0;
  /// As in protocol::session.
  std::string address;
  std::string local_address;
  int descriptor = -1;
  std::int64_t created_ms = 0;
  /// What waits when a request of the client's does.
  keyspace::waiter_ptr waiter;

  // -- the administrator's ----------------------------------------------------------------------
  std::string name;
  std::string user = "default";
  std::string library_name;
  std::string library_version;

  // -- live -------------------------------------------------------------------------------------
  std::atomic<std::int64_t> last_interaction_ms{0};
  /// Null before the first command.
  std::atomic<const protocol::command_spec*> last_command{nullptr};
  std::atomic<std::uint32_t> flags{0};
  /// Who hears of changed keys in its place (CLIENT TRACKING): a client's number, 0: nobody, -1: it
  /// tracks nothing.
  std::atomic<std::int64_t> redirect{-1};
  std::atomic<int> database{0};
  std::atomic<int> protocol{2};
  std::atomic<int> channels{0};
  std::atomic<int> patterns{0};
  std::atomic<int> shard_channels{0};
  /// Commands queued behind MULTI, -1 outside of it.
  std::atomic<int> queued_commands{-1};
  /// Bytes of requests not run yet, and the room behind them.
  std::atomic<std::uint64_t> query_bytes{0};
  std::atomic<std::uint64_t> query_free_bytes{0};
  std::atomic<std::uint64_t> argument_bytes{0};
  std::atomic<std::uint64_t> queued_bytes{0};
  /// The output buffer: its capacity, its peak, what waits in it.
  std::atomic<std::uint64_t> output_capacity_bytes{0};
  std::atomic<std::uint64_t> output_peak_bytes{0};
  std::atomic<std::uint64_t> output_bytes{0};
  /// Replies that wait outside of that buffer: how many, and their bytes.
  std::atomic<std::uint64_t> output_list_length{0};
  std::atomic<std::uint64_t> output_list_bytes{0};
  /// All memory of the client.
  std::atomic<std::uint64_t> total_bytes{0};
  /// Whether the socket waits to be writable (it always waits to be readable).
  std::atomic<bool> write_pending{false};

  void set_flag(client_flag which, bool up) noexcept {
    if (has_flag(which) == up)
      return;
    if (up)
      flags.fetch_or(which, std::memory_order_relaxed);
    else
      flags.fetch_and(~std::uint32_t{which}, std::memory_order_relaxed);
  }
  bool has_flag(client_flag which) const noexcept {
    return (flags.load(std::memory_order_relaxed) & which) != 0;
  }
};

using client_record_ptr = std::shared_ptr<client_record>;

} // namespace thespis::commands
