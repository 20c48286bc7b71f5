#pragma once

/// What all may read of the journal: whether there is one, and how far it has come. Whoever changes
/// something is named with each figure.

#include <atomic>
#include <cstdint>

namespace thespis::actors {

/// The so-manieth journal of this process, from 1; none: nothing is recorded. Partitions begin to
/// record for another one at one point of the order of multicasts.
using journal_epoch = std::uint64_t;
inline constexpr journal_epoch no_journal = 0;
inline constexpr journal_epoch first_journal = 1;

struct journal_gauges {
  /// Begun under the lock of the multicasts, ended by the administrator.
  std::atomic<journal_epoch> epoch{no_journal};
  /// Whether replies wait until all that they can show is on the disk: appendfsync always, or the
  /// disk has fallen behind. The journal's.
  std::atomic<bool> holds_replies{false};
  /// How often partitions have told something.
  alignas(64) std::atomic<std::uint64_t> told{0};
  /// Of the first so many tellings everything is on the disk. The journal's.
  alignas(64) std::atomic<std::uint64_t> durable{0};

  /// Whether a journal is complete: it has a base. The journal's.
  std::atomic<bool> has_base{false};

  /// Whether so many tellings are on the disk, and all before them.
  bool has_on_disk(std::uint64_t tellings) const noexcept {
    return epoch.load() != no_journal && has_base.load() && tellings <= durable.load();
  }

  /// How many bases could not be written. The administrator's.
  std::atomic<std::uint64_t> failed_bases{0};

  // -- for INFO: the journal's as of its last tick, and its writer's ------------------------------
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> base_bytes{0};
  std::atomic<std::uint64_t> buffered_bytes{0};
  std::atomic<bool> is_synchronising{false};
  std::atomic<std::uint64_t> delayed_syncs{0};
};

} // namespace thespis::actors
