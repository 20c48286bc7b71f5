#pragma once

/// Brings what partitions say they did into one order.
///
/// A partition tells what it did in the order in which it did it, and what comes here first may
/// stand first, but for multicasts: what several partitions did for one of them is one entry, which
/// is complete when all of them have told. What a partition did before its share stands before the
/// multicast, what it did after it behind. Whatever comes meanwhile from others may have been seen
/// by a client whose next request it is, and so stands behind, too; unless nobody has begun with
/// the multicast: then nothing of it can have been seen.
///
///     expect 7 by {0, 1}            [7: 0 1]
///     partition 0 tells for 7       [7: 1]
///     partition 0 tells a           [7: 1] a
///     partition 1 tells b           b [7: 1] a            b leaves
///     partition 2 tells c           [7: 1] a c
///     partition 1 tells for 7       7 a c                 all leave
///
/// Multicasts are expected here in their order, each behind all messages with which it reaches the
/// partitions. Hence whatever is told by a partition that owes a share was done before that share,
/// by a client who cannot have seen anything that stands behind the multicast: to see it, the
/// multicast must have been in all mailboxes before, that of this partition too.
///
/// Meetings are not expected. Each stands before the multicasts that were sent after it; so does
/// what its partitions did before it, which until then had its place behind them.

#include "persistence/journal_share.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <vector>

namespace thespis::persistence {

class journal_order {
public:
  using partition_index = std::uint32_t;
  using multicast_number = std::uint64_t;

  struct entry {
    /// 0: what one partition did by itself.
    multicast_number multicast = 0;
    /// Which one that was.
    partition_index by = 0;
    /// Whose shares are missing.
    std::vector<partition_index> owing{};
    /// Whether a share has come.
    bool begun = false;
    /// What has come; its first was the so-manieth of all.
    std::vector<journal_share> shares{};
    std::uint64_t first_arrival = 0;
    /// The records behind it belong into another file: which one it is, is the owner's business.
    std::shared_ptr<const void> mark{};
  };

  /// Whether something that one partition or a meeting did can go straight on, as nearly all does:
  /// nothing is in here. It counts as having come and left.
  bool pass() noexcept {
    if (!entries_.empty())
      return false;
    ++arrivals_;
    return true;
  }

  // All of these throw std::bad_alloc with nothing changed.

  void expect(multicast_number which, std::span<const partition_index> by,
              std::shared_ptr<const void> mark);
  /// What a partition did by itself.
  void add(partition_index by, journal_share&& what);
  /// What the meeting of these partitions did, or a part of it.
  void add_meeting(multicast_number which, std::span<const partition_index> of,
                   journal_share&& what);
  /// A part of what a partition did for a multicast that is expected; `last`: there is no more.
  void add_share(partition_index by, multicast_number which, journal_share&& what, bool last);

  /// Whether the first entry can leave.
  bool is_ready() const noexcept {
    return !entries_.empty() && entries_.front().owing.empty();
  }
  /// REQUIRES: is_ready().
  entry take();
  /// Up to which arrival, counted from 1, all that has come has left.
  std::uint64_t left() const noexcept;
  /// How much has come.
  std::uint64_t arrivals() const noexcept {
    return arrivals_;
  }
  /// Forgets what has not left.
  void clear() noexcept {
    entries_.clear();
  }

private:
  using place = std::list<entry>::iterator;

  place end_of_begun() noexcept;
  place insert(place before, entry&& which, journal_share&& what);

  std::list<entry> entries_;
  std::uint64_t arrivals_ = 0;
};

} // namespace thespis::persistence
