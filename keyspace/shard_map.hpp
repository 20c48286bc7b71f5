#pragma once

#include "keyspace/shard.hpp"

#include <string_view>
#include <vector>

namespace thespis::keyspace {

/// Finds the shard of a key among those that a request may touch. With one shard (the usual case)
/// no slot is computed. Shards are chosen by Redis Cluster slot; see `keyspace/slots.hpp`.
class shard_map {
public:
  /// The keys are in one shard: all that there are, or those of partition `index` out of `count`.
  explicit shard_map(shard& only, std::size_t index = 0, std::size_t count = 1) noexcept
    : only_(&only), only_index_(index), partition_count_(count) {
  }
  /// `by_index[partition]`; null where the partition was not borrowed.
  explicit shard_map(std::vector<shard*> by_index)
    : partition_count_(by_index.size()), by_index_(std::move(by_index)) {
  }

  /// For commands that touch no key.
  static const shard_map& none();

  /// REQUIRES: the key's partition is among them.
  shard& at(std::string_view key) const {
    return only_ != nullptr ? *only_ : find(key);
  }

  /// Whether the key's partition is among them.
  bool covers(std::string_view key) const noexcept;
  bool covers_partition(std::size_t index) const noexcept {
    return only_ != nullptr ? index == only_index_ : by_index_[index] != nullptr;
  }

  /// REQUIRES: covers_partition(index).
  shard& at_partition(std::size_t index) const noexcept {
    return only_ != nullptr ? *only_ : *by_index_[index];
  }
  /// Of the server, here or not.
  std::size_t partition_count() const noexcept {
    return partition_count_;
  }

  /// The same for all. REQUIRES: there is one.
  const access_settings& settings() const {
    return only_ != nullptr ? only_->access : all().front()->access;
  }

  /// Those that there are, in the order of their index.
  std::vector<shard*> all() const;

  /// What it was made of.
  std::vector<shard*> take() && noexcept {
    return std::move(by_index_);
  }

private:
  shard& find(std::string_view key) const;

  shard* only_ = nullptr;
  std::size_t only_index_ = 0;
  std::size_t partition_count_ = 0;
  std::vector<shard*> by_index_;
};

} // namespace thespis::keyspace
