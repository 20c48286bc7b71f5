#pragma once

/// A meeting of partitions for a command that cannot be split. The sender multicasts a borrow; each
/// partition adds its shard and parks; the last to arrive runs the body with all the shards on its
/// own thread and then releases the others. Nobody waits in a thread, and there is no deadlock,
/// because all partitions meet all multicasts in the same order.
///
/// Owned by the client that sent it, which leaves it alone until `batch_done`. A partition that has
/// arrived and is not the last does not touch it again.

#include "actors/batch.hpp"
#include "keyspace/shard_map.hpp"

#include <atomic>
#include <vector>

namespace thespis::actors {

class rendezvous {
public:
  /// REQUIRES: the last meeting is over.
  void prepare(batch& work, std::vector<partition_index> partitions, std::size_t partition_count) {
    work_ = &work;
    partitions_ = std::move(partitions);
    shards_.assign(partition_count, nullptr);
    missing_.store(static_cast<std::uint32_t>(partitions_.size()), std::memory_order_relaxed);
    armed.store(false, std::memory_order_relaxed);
  }

  /// Lends a shard to the meeting. Returns true to the last one, who then owns all of them until it
  /// releases the others.
  bool arrive(partition_index who, keyspace::shard& shard) noexcept {
    shards_[who] = &shard;
    return missing_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }

  batch& work() noexcept {
    return *work_;
  }
  const std::vector<partition_index>& partitions() const noexcept {
    return partitions_;
  }
  /// REQUIRES: all have arrived.
  keyspace::shard_map shards() const {
    return keyspace::shard_map{shards_};
  }

  std::atomic<bool> armed{false};

private:
  batch* work_ = nullptr;
  std::vector<partition_index> partitions_;
  std::vector<keyspace::shard*> shards_;
  std::atomic<std::uint32_t> missing_{0};
};

} // namespace thespis::actors
