#include "keyspace/shard.hpp"

#include "keyspace/point_in_time.hpp"

namespace thespis::keyspace {

shard::shard(std::size_t database_count, std::uint64_t seed, const access_settings& settings)
  : random(seed ^ 0x9e37'79b9'7f4a'7c15u),
    access(settings),
    keys(database_count),
    expires(database_count),
    average_expiry_ms(database_count) {
  // All databases share one seed, so that a key's hash is computed once wherever it goes.
  databases.reserve(database_count);
  for (std::size_t i = 0; i < database_count; ++i)
    databases.emplace_back(seed, &settings.tables_shrink, &garbage);
}

shard::~shard() = default;

} // namespace thespis::keyspace
