#pragma once

#include "keyspace/shard.hpp"

#include <string_view>
#include <vector>

namespace thespis::keyspace {

/// Finds the shard of a key among those that a request may touch. With one shard (the usual case)
/// no slot is computed. Shards are chosen by Redis Cluster slot; see `keyspace/slots.hpp`.
class shard_map {
public:
  /// All keys are in one shard.
  explicit shard_map(shard& only) noexcept : only_(&only) {
  }
  /// `by_index[partition]`; null where the partition was not borrowed.
  explicit shard_map(std::vector<shard*> by_index) : by_index_(std::move(by_index)) {
  }

  /// For commands that touch no key.
  static const shard_map& none();

  /// REQUIRES: the key's partition is among them.
  shard& at(std::string_view key) const {
    return only_ != nullptr ? *only_ : find(key);
  }

  /// The same for all. REQUIRES: there is one.
  const access_settings& settings() const {
    return only_ != nullptr ? only_->access : all().front()->access;
  }

  /// Those that there are, in the order of their index.
  std::vector<shard*> all() const;

private:
  shard& find(std::string_view key) const;

  shard* only_ = nullptr;
  std::vector<shard*> by_index_;
};

} // namespace thespis::keyspace
