#pragma once

/// A snapshot that is being taken, as all who take part in it see it: the administrator begins it
/// and hears of its end, every partition cuts its shard at the same point of the order of
/// multicasts and sends it in pieces, the snapshot_writer puts them into the file.

#include "actors/journal_gauges.hpp"
#include "actors/order_point.hpp"
#include "persistence/rdb_file.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace thespis::actors {

struct snapshot : std::enable_shared_from_this<snapshot> {
  snapshot(std::string file, const persistence::entry_format& how, std::size_t partition_count)
    : path(std::move(file)), format(how), partitions(partition_count), version(how.value.version) {
  }

  // -- set before it begins ----------------------------------------------------------------------
  const std::string path;
  const persistence::entry_format format;
  const std::size_t partitions;
  std::uint64_t memory_bytes = 0;
  /// Whether the file gets one (rdbchecksum).
  bool checksum = true;
  /// It is the base of a journal: of this one, or (none) of one that is not written to.
  bool is_base = false;
  journal_epoch epoch = no_journal;

  // -- shared ------------------------------------------------------------------------------------
  /// The multicast of the cut.
  std::atomic<multicast_number> armed{0};
  /// How many partitions have cut their shards.
  std::atomic<std::size_t> cuts{0};
  /// What the file needs; it is known when all have cut.
  std::atomic<std::uint16_t> version;
  /// Of pieces that wait for the writer.
  std::atomic<std::size_t> bytes_waiting{0};
  /// The file cannot be written: nothing more is wanted.
  std::atomic<bool> failed{false};
};

/// Raises the version to what some value needs.
inline void need_version(snapshot& of, std::uint16_t version) noexcept {
  auto now = of.version.load();
  while (now < version && !of.version.compare_exchange_weak(now, version)) {
  }
}

struct core;

/// A snapshot that is going to be that file, in the form that the settings ask for. Throws
/// std::bad_alloc. REQUIRES: called by the administrator.
std::shared_ptr<snapshot> prepare_snapshot(core& home, std::string path);

} // namespace thespis::actors
