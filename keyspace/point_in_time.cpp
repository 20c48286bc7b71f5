#include "keyspace/point_in_time.hpp"

#include "keyspace/discarded.hpp"
#include "keyspace/shard.hpp"

#include <utility>

namespace thespis::keyspace {

shard_walk::shard_walk(shard& of, std::unique_ptr<value_taker> to) : of_(of), to_(std::move(to)) {
  std::vector<std::unique_ptr<database_walk>> walks;
  emptied_.reserve(of.databases.size());
  for (std::size_t i = 0; i < of.databases.size(); ++i)
    walks.push_back(std::make_unique<database_walk>(
      database_walk{.to = *to_, .number = static_cast<int>(i), .emptied = emptied_}));
  for (std::size_t i = 0; i < of.databases.size(); ++i)
    of.databases[i].begin_walk(std::move(walks[i]));
}

bool shard_walk::step(std::size_t entries) noexcept {
  for (auto& each : of_.databases)
    if (each.walks())
      return each.walk(entries), false;
  return step_aside(entries);
}

/// The same with what was emptied.
bool shard_walk::step_aside(std::size_t entries) noexcept {
  if (emptied_.empty())
    return true;
  if (auto& last = emptied_.back(); last.walk(entries)) {
    of_.garbage.add(std::move(last));
    emptied_.pop_back();
  }
  return false;
}

} // namespace thespis::keyspace
