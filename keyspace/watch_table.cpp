#include "keyspace/watch_table.hpp"

#include <algorithm>
#include <new>

namespace thespis::keyspace {

void watch_table::add(int database, std::string_view key,
                      const std::shared_ptr<protocol::watch>& who) {
  auto& in = databases_[database];
  try {
    auto& at = in.at(key, [&] { return std::make_unique<watched>(watched{std::string{key}}); });
    try {
      at.watchers.push_back(who);
    } catch (const std::bad_alloc&) {
      if (at.watchers.empty())
        in.take(key);
      throw;
    }
  } catch (const std::bad_alloc&) {
    if (in.size() == 0)
      databases_.erase(database);
    throw;
  }
}

void watch_table::remove(int database, std::string_view key, const protocol::watch* who) noexcept {
  const auto in = databases_.find(database);
  if (in == databases_.end())
    return;
  auto* const at = in->second.find(key);
  if (at == nullptr)
    return;
  std::erase_if(at->watchers, [who](const auto& one) { return one.get() == who; });
  if (at->watchers.empty())
    in->second.take(key);
  if (in->second.size() == 0)
    databases_.erase(in);
}

void watch_table::break_at(int database, std::string_view key) noexcept {
  const auto in = databases_.find(database);
  if (in == databases_.end())
    return;
  if (const auto gone = in->second.take(key))
    gone->break_off();
  if (in->second.size() == 0)
    databases_.erase(in);
}

} // namespace thespis::keyspace
