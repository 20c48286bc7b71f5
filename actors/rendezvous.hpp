#pragma once

/// A meeting of partitions: for a batch with requests that need several and cannot be cut, or for
/// one request outside of a batch. The sender multicasts a borrow; each partition adds its shard
/// and parks; the last to arrive runs what they meet for, with all the shards, on its own thread,
/// and then releases the others. Nobody waits in a thread, and there is no deadlock, because all
/// partitions meet all multicasts in the same order.
///
/// Whatever the meeting needs memory for is got in prepare(): partitions that are parked must be
/// released, come what may.
///
/// Owned by the client that sent it, which leaves it alone until `batch_done`. A partition that has
/// arrived and is not the last does not touch it again.

#include "actors/batch.hpp"
#include "actors/message_chain.hpp"
#include "actors/messages.hpp"
#include "keyspace/shard_map.hpp"

#include <atomic>
#include <span>
#include <vector>

namespace thespis::actors {

class rendezvous {
public:
  /// Throws std::bad_alloc, and may be called again then. REQUIRES: the last meeting is over.
  void prepare(batch& work, std::vector<partition_index> partitions, std::size_t partition_count) {
    work_ = &work;
    partitions_ = std::move(partitions);
    shards_.assign(partition_count, nullptr);
    borrowed_.clear();
    borrowed_.reserve(partitions_.size());
    releases_ = {};
    for (std::size_t i = 1; i < partitions_.size(); ++i)
      releases_.add(wrap(partition_task{partition_task::kind::release}));
    missing_.store(static_cast<std::uint32_t>(partitions_.size()), std::memory_order_relaxed);
    armed.store(0, std::memory_order_relaxed);
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

  // For the last to arrive, once each; none of them needs memory.
  keyspace::shard_map take_shards() noexcept {
    for (auto index : partitions_)
      borrowed_.push_back(shards_[index]);
    return keyspace::shard_map{std::move(shards_)};
  }
  /// Takes back what these two gave.
  void put_back(keyspace::shard_map&& shards, std::vector<keyspace::shard*>&& borrowed) noexcept {
    shards_ = std::move(shards).take();
    borrowed_ = std::move(borrowed);
    borrowed_.clear();
  }
  /// After take_shards(): those that were lent, in the order of their index.
  std::vector<keyspace::shard*> take_borrowed() noexcept {
    return std::move(borrowed_);
  }
  std::vector<partition_index> take_partitions() noexcept {
    return std::move(partitions_);
  }
  /// A message for each partition but one.
  message_chain take_releases() noexcept {
    return std::move(releases_);
  }

  std::atomic<multicast_number> armed{0};

private:
  batch* work_ = nullptr;
  std::vector<partition_index> partitions_;
  std::vector<keyspace::shard*> shards_;
  std::vector<keyspace::shard*> borrowed_;
  message_chain releases_;
  std::atomic<std::uint32_t> missing_{0};
};

} // namespace thespis::actors
