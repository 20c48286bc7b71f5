#include "keyspace/command_context.hpp"

#include "keyspace/access_clock.hpp"

#include <utility>

namespace thespis::keyspace {

namespace {

/// The access clock of an entry that is used (or, for `current` null, made) now.
std::uint32_t access_now(shard& in, const entry* current, instant now) {
  const auto now_ms = now.us / 1000;
  if (!in.access.lfu.load(std::memory_order_relaxed)) [[likely]]
    return lru_clock(now_ms);
  if (current == nullptr)
    return lfu_clock(now_ms, lfu_counter_initial);
  const auto decay = in.access.lfu_decay_minutes.load(std::memory_order_relaxed);
  const auto factor = in.access.lfu_log_factor.load(std::memory_order_relaxed);
  const auto counter = lfu_counter(current->access(), now_ms, decay);
  return lfu_clock(now_ms, lfu_counted(counter, factor, in.random.next()));
}

/// Deletes an entry whose time has come, and says so: everybody who follows the changes deletes it
/// by command, not by a clock of his own.
void expire(shard& in, int number, database::slot& at) {
  auto& entries = in.databases[static_cast<std::size_t>(number)];
  // Held to the end: the key may be a view of the entry's own.
  auto gone = entries.detach(at);
  in.expired.add();
  in.changes.aside(event_class::expired, "expired", number, at.key(), {"DEL", at.key()});
  entries.drop(std::move(gone));
}

} // namespace

database::slot command_context::lookup(std::string_view key, int database, counts how, bool touch) {
  auto& in = shards.at(key);
  auto& entries = in.databases[static_cast<std::size_t>(database)];
  const auto hinted = key.data() == hint.key.data() && key.size() == hint.key.size()
                      && database == client.database;
  auto found = entries.find(key, hinted ? hint.hash : entries.hash(key));
  if (found && found->expired_at(now.ms)) [[unlikely]] {
    if (is_reading() && now.ms < in.access.keep_expired_until_ms.load(std::memory_order_relaxed))
      found.hide();
    else
      expire(in, database, found);
  }
  // A request that has moved was here before.
  if (how != counts::no && !has_moved) {
    (found ? in.hits : in.misses).add();
    if (!found && how == counts::and_told) [[unlikely]]
      in.changes.missed(database, key);
  }
  if (entries.walks() && found && !is_reading()) [[unlikely]]
    entries.preserve(*found);
  if (!found)
    found.set_initial_access(access_now(in, nullptr, now));
  else if (touch)
    found->set_access(access_now(in, &*found, now));
  return found;
}

} // namespace thespis::keyspace
