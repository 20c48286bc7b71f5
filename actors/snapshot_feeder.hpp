#pragma once

/// A partition's part in a snapshot: it cuts the shard, walks through it a little at a time, and
/// sends what it has taken to the snapshot_writer. The shard's owner calls it.

#include "actors/core.hpp"
#include "actors/snapshot.hpp"
#include "persistence/snapshot_part.hpp"

#include <memory>
#include <string>

namespace thespis::actors {

class snapshot_feeder {
public:
  snapshot_feeder(core& home, keyspace::shard& of, partition_index index) noexcept
    : core_(home), shard_(of), index_(index) {
  }

  /// The instant is now. REQUIRES: !is_active(). Without memory the snapshot fails.
  void begin(snapshot& what, caf::execution_unit* here) noexcept;
  bool is_active() const noexcept {
    return what_ != nullptr;
  }
  /// Takes a little, unless the writer has much to do; that much of a core's time may be taken
  /// without others noticing. To be called again after about a millisecond.
  void step(caf::execution_unit* here) noexcept;

private:
  void cut();
  bool may_take() const noexcept;
  void send(bool last, caf::execution_unit* here) noexcept;
  void post_piece(std::string bytes, bool last, bool is_void, caf::execution_unit* here);

  core& core_;
  keyspace::shard& shard_;
  partition_index index_;
  std::shared_ptr<snapshot> what_;
  /// The walk's; null: there was no memory for it.
  persistence::snapshot_part* part_ = nullptr;
  /// The libraries of functions, from the first partition.
  std::string functions_;
};

} // namespace thespis::actors
