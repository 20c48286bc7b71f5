#include "keyspace/active_expiry.hpp"

#include <algorithm>
#include <string>

namespace thespis::keyspace {

bool expire_due(shard& from, std::int64_t now_ms, std::size_t budget) {
  std::string key;
  for (std::size_t index = 0; index < from.databases.size(); ++index) {
    auto& db = from.databases[index];
    if (db.next_due_ms() > now_ms)
      continue;
    const auto number = static_cast<int>(index);
    const auto more = db.expire_due(now_ms, budget, [&](database::slot& at) {
      key = at->key();
      db.erase(at);
      from.expired.add();
      from.changes.aside(event_class::expired, "expired", number, key, {"DEL", key});
      --budget;
    });
    if (more || budget == 0)
      return true;
  }
  return false;
}

std::int64_t next_due_ms(const shard& of) noexcept {
  auto due = INT64_MAX;
  for (const auto& db : of.databases)
    due = std::min(due, db.next_due_ms());
  return due;
}

void publish_sizes(shard& of) noexcept {
  for (std::size_t index = 0; index < of.databases.size(); ++index) {
    of.keys[index].set(of.databases[index].size());
    of.expires[index].set(of.databases[index].expires());
    if (of.databases[index].expires() != 0)
      of.average_expiry_ms[index].set(
        static_cast<std::uint64_t>(of.databases[index].average_expiry_ms()));
  }
}

} // namespace thespis::keyspace
