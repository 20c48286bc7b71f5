#pragma once

/// Figures about the process that only the actors' side can find out (allocator, kernel, build), as
/// plain values. INFO and MEMORY print them; tests make them up.

#include <cstdint>
#include <string>

namespace thespis::commands {

/// What does not change while the server runs.
struct server_facts {
  /// 40 hexadecimal digits, new at every start.
  std::string run_id = std::string(40, '0');
  std::string replication_id = std::string(40, '0');
  std::string build_id = "0";
  /// "Linux 6.1.0 x86_64".
  std::string os;
  std::string compiler_version;
  std::string allocator = "libc";
  std::string executable;
  std::string config_file;
  /// "no", "systemd", "upstart" or "unknown".
  std::string supervised = "no";
  std::int64_t process_id = 0;
  /// Unix time.
  std::int64_t started_ms = 0;
  std::uint64_t system_memory_bytes = 0;
  /// Memory in use before the first client.
  std::uint64_t startup_memory_bytes = 0;
  std::size_t event_loops = 1;
  std::size_t partitions = 1;
};

/// Memory in bytes. Without a talkative allocator active, resident and allocated equal `used`.
struct memory_figures {
  std::uint64_t used = 0;
  /// Filled in by server_state::memory.
  std::uint64_t peak = 0;
  /// Of the process, from the kernel.
  std::uint64_t resident = 0;
  std::uint64_t allocator_allocated = 0;
  std::uint64_t allocator_active = 0;
  std::uint64_t allocator_resident = 0;
};

/// CPU time in microseconds.
struct cpu_figures {
  std::int64_t system_us = 0;
  std::int64_t user_us = 0;
  std::int64_t system_children_us = 0;
  std::int64_t user_children_us = 0;
  /// Of the thread that asks.
  std::int64_t system_thread_us = 0;
  std::int64_t user_thread_us = 0;
};

} // namespace thespis::commands
