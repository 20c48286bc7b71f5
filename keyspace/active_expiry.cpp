#include "keyspace/active_expiry.hpp"

#include "keyspace/object.hpp"
#include "types/hash.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::keyspace {

namespace {

/// Takes what has expired out of a hash, told and replayed as one HDEL. Returns how many fields.
std::size_t expire_fields(shard& from, int number, database::slot& at, std::int64_t now_ms,
                          std::size_t budget) {
  std::vector<std::string> fields;
  std::size_t count = 0;
  std::size_t left = 0;
  {
    object_ref<types::hash> value{*at};
    count = value->expire_due(now_ms, budget, [&](const types::hash_field& field) {
      if (from.changes.listened_to())
        fields.emplace_back(field.key());
    });
    left = value->size();
  }
  const std::string key{at.key()};
  if (!fields.empty()) {
    std::vector<std::string_view> command{"HDEL", key};
    command.insert(command.end(), fields.begin(), fields.end());
    from.changes.aside(event_class::hash, "hexpired", number, key, command);
  }
  if (left == 0) {
    from.databases[static_cast<std::size_t>(number)].erase(at);
    from.changes.aside(event_class::generic, "del", number, key, protocol::arguments{});
  }
  return count;
}

} // namespace

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
    const auto look = [&](database::slot& at, std::size_t fields_max) {
      return expire_fields(from, number, at, now_ms, fields_max);
    };
    if (db.expire_elements_due(now_ms, budget, look) || budget == 0)
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

namespace {

void publish(shard& of, std::size_t index) noexcept {
  const auto& db = of.databases[index];
  of.keys[index].set(db.size());
  of.expires[index].set(db.expires());
  if (db.expires() != 0)
    of.average_expiry_ms[index].set(static_cast<std::uint64_t>(db.average_expiry_ms()));
}

} // namespace

void publish_figures(shard& of) noexcept {
  for (std::size_t index = 0; index < of.databases.size(); ++index)
    publish(of, index);
}

std::int64_t publish_changed(shard& of) noexcept {
  const auto changed = of.changes.take_databases();
  auto due = INT64_MAX;
  for (auto index = changed.first; index < std::min(changed.end, of.databases.size()); ++index) {
    publish(of, index);
    due = std::min(due, of.databases[index].next_due_ms());
  }
  return due;
}

} // namespace thespis::keyspace
