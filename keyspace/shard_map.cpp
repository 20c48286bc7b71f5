#include "keyspace/shard_map.hpp"

#include "base/ensure.hpp"
#include "keyspace/slots.hpp"

namespace thespis::keyspace {

const shard_map& shard_map::none() {
  static const shard_map no_shards{std::vector<shard*>{}};
  return no_shards;
}

std::vector<shard*> shard_map::all() const {
  if (only_ != nullptr)
    return {only_};
  std::vector<shard*> there;
  for (auto* each : by_index_)
    if (each != nullptr)
      there.push_back(each);
  return there;
}

bool shard_map::covers(std::string_view key) const noexcept {
  return partition_count_ != 0
         && covers_partition(partition_of_key(key, static_cast<unsigned>(partition_count_)));
}

shard& shard_map::find(std::string_view key) const {
  const auto partition = partition_of_key(key, static_cast<unsigned>(by_index_.size()));
  auto* found = by_index_[partition];
  THESPIS_ENSURE(found != nullptr);
  return *found;
}

} // namespace thespis::keyspace
