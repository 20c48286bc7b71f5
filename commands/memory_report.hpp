#pragma once

/// Where the memory goes: measured and derived figures that INFO memory, MEMORY STATS and MEMORY
/// DOCTOR have in common. Names and formulas follow Redis, so that monitoring understands them.

#include "commands/server_figures.hpp"
#include "protocol/reply_writer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace thespis::commands {

struct server_state;

/// Keys of one database, all partitions together.
struct database_figures {
  int index = 0;
  std::uint64_t keys = 0;
  std::uint64_t expires = 0;
  /// Unix ms; 0 if nothing expires.
  std::int64_t average_expiry_ms = 0;
  /// About what the tables and the indexes of expiry hold, apart from keys and values.
  std::uint64_t table_bytes = 0;
  std::uint64_t expiry_bytes = 0;
};

/// Those that have keys, in order. Cost: O(databases * partitions).
std::vector<database_figures> count_keys(const server_state& server);

struct memory_report {
  memory_figures measured;
  std::uint64_t startup = 0;
  std::uint64_t clients_normal = 0;
  std::uint64_t clients_replicas = 0;
  /// Everything that is no key and no value.
  std::uint64_t overhead = 0;
  std::uint64_t dataset = 0;
  /// Of all databases together.
  std::uint64_t tables = 0;
  std::uint64_t keys = 0;
  std::uint64_t bytes_per_key = 0;
  double dataset_percent = 0;
  double peak_percent = 0;
  /// The process's memory for each byte in use.
  double fragmentation = 0;
  std::int64_t fragmentation_bytes = 0;
  double allocator_fragmentation = 0;
  std::int64_t allocator_fragmentation_bytes = 0;
  double allocator_resident_ratio = 0;
  std::int64_t allocator_resident_bytes = 0;
  double process_overhead_ratio = 0;
  std::int64_t process_overhead_bytes = 0;
  std::size_t clients = 0;
  std::vector<database_figures> databases;
};

/// Cost: O(clients + databases * partitions), and what the allocator takes.
memory_report measure(server_state& server);

/// MEMORY STATS.
void reply_memory_statistics(protocol::reply_writer& reply, server_state& server);

/// MEMORY DOCTOR: what is odd about the figures, in words.
std::string explain_memory(const memory_report& report);

} // namespace thespis::commands
