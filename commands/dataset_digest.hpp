#pragma once

/// A fingerprint of values and of whole data sets, the same as redis-server's (DEBUG DIGEST): equal
/// for equal content, whatever the order of insertion, the encoding or the number of partitions.
/// Tests compare servers by it.

#include "base/sha1.hpp"
#include "keyspace/entry.hpp"
#include "keyspace/shard.hpp"

#include <span>
#include <string_view>

namespace thespis::commands {

/// Collects content. `mix` depends on the order of its calls, `add` does not.
class content_digest {
public:
  void add(std::string_view bytes) noexcept;
  void mix(std::string_view bytes) noexcept;
  const base::sha1_digest& sum() const noexcept {
    return sum_;
  }
  std::string_view bytes() const noexcept;

private:
  base::sha1_digest sum_{};
};

/// Adds a value with its type and with whether it expires (not when).
void digest_value(const keyspace::entry& value, content_digest& sum);

/// Everything in all databases of the shards, which are the whole keyspace. Cost: O(content).
base::sha1_digest digest_dataset(std::span<keyspace::shard* const> shards);

} // namespace thespis::commands
