#pragma once

/// The frame of an RDB file around its values: head, sections of databases, entries, end.
///
///     | REDIS0010 | aux fields | functions | database 0: entries … | database 3: … | end | CRC-64
///     |
///
/// A database may have several sections, as a snapshot of several partitions writes them. Source:
/// Redis, "RDB file format"; docs/rdb-format.md.

#include "keyspace/entry.hpp"
#include "keyspace/shard.hpp"
#include "persistence/rdb_format.hpp"
#include "persistence/value_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::persistence {

/// What the aux fields of a file say.
struct file_facts {
  std::string_view redis_version;
  std::string_view own_version;
  std::int64_t created_s = 0;
  std::uint64_t memory_bytes = 0;
  /// The base of a journal.
  bool journal_base = false;
};

/// What is known of an entry's use, as the policy counts it.
enum class access_kind : std::uint8_t { none, idle_time, frequency };

struct entry_format {
  value_format value;
  access_kind access = access_kind::none;
  std::int64_t now_ms = 0;
  int lfu_decay_minutes = 1;
};

// All of these throw std::bad_alloc.

void append_file_head(std::string& out, std::uint16_t version, const file_facts& facts);
void append_function(std::string& out, std::string_view source, bool compress);
/// What follows is of that database. The numbers are how many entries it has, and how many of them
/// expire: hints, so that the reader can make room for them.
void append_database_head(std::string& out, int number, std::uint64_t entries,
                          std::uint64_t expiring);
/// The lowest version in which all that is in the shard can be written. Cost: O(databases).
std::uint16_t version_needed(const keyspace::shard& of) noexcept;
/// Key, value, time of expiry, access.
void append_entry(std::string& out, const keyspace::entry& what, const entry_format& how);
/// Behind it comes the checksum of all bytes from the first one to here.
void append_file_end(std::string& out);
/// The checksum as it stands in a file; 0: there is none.
void append_checksum(std::string& out, std::uint64_t checksum);

} // namespace thespis::persistence
