#pragma once

/// What a partition tells the journal: the requests that lead to the same state when they are run
/// again. Collected while requests run, told before these are answered.
///
/// Owned by its partition. In a meeting the partition that runs it tells of all.

#include "actors/batch.hpp"
#include "actors/core.hpp"
#include "actors/journal_gauges.hpp"
#include "persistence/journal_share.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace thespis::actors {

class journal_teller {
public:
  /// `home` outlives it. It records for the first journal of the process.
  journal_teller(core& home, partition_index mine) noexcept : core_(home), mine_(mine) {
  }

  /// Whether what happens now is recorded.
  bool listens() const noexcept {
    return core_.journal_gauges.epoch.load(std::memory_order_relaxed) == epoch_;
  }
  /// From here on it records for this journal: the cut that the multicast `number` made.
  void join(journal_epoch which, multicast_number number, caf::execution_unit* here);

  /// What comes is the partition's share of that multicast, until finish().
  void begin_share(multicast_number which) noexcept {
    begin(way::share, which);
  }
  /// Of these partitions.
  void begin_meeting(multicast_number which, std::span<const partition_index> of) noexcept;
  /// The request of the batch that runs now. `repeats`: others do the same in their partitions, and
  /// one of them tells.
  void begin_request(std::uint32_t request, bool repeats) noexcept {
    request_ = request;
    repeats_ = repeats;
    by_itself_ = false;
  }
  /// What comes is no request's doing, and each for itself: keys that expire.
  void begin_upkeep() noexcept {
    begin_request(0, false);
    by_itself_ = true;
  }
  void add(int database, protocol::arguments words) noexcept;

  /// Tells what has been collected, at once where nothing is answered before it.
  void tell(caf::execution_unit* here) {
    if (!share_.empty() || lost_) [[unlikely]]
      send(false, nullptr, here);
  }
  /// The same, and the share or the meeting is over.
  void finish(caf::execution_unit* here) {
    if (!share_.empty() || lost_ || way_ == way::share) [[unlikely]]
      send(true, nullptr, here);
    way_ = way::alone;
  }
  /// Tells what the batch did that one partition alone has run, and sees to it that it is reported.
  void report(batch& work, caf::execution_unit* here) {
    if (!share_.empty() && core_.journal_gauges.holds_replies.load(std::memory_order_relaxed))
      return send(true, &work, here);
    tell(here);
    core_.report(work, here);
  }

private:
  enum class way : std::uint8_t { alone, share, meeting };

  void begin(way which, multicast_number number) noexcept {
    way_ = which;
    number_ = number;
  }
  void send(bool last, batch* work, caf::execution_unit* here);

  core& core_;
  partition_index mine_;
  journal_epoch epoch_ = first_journal;
  way way_ = way::alone;
  multicast_number number_ = 0;
  std::vector<partition_index> met_;
  std::uint32_t request_ = 0;
  bool repeats_ = false;
  bool by_itself_ = false;
  /// There was no memory to record something.
  bool lost_ = false;
  persistence::journal_share share_;
};

} // namespace thespis::actors
