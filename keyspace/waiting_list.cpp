#include "keyspace/waiting_list.hpp"

#include <algorithm>
#include <new>

namespace thespis::keyspace {

void waiting_list::add(const place& at, const waiting& one) {
  const wait_id id{one.who.get(), one.wait};
  auto& spots = spots_[id];
  entry* where = nullptr;
  try {
    where = &*queues_.try_emplace(at).first;
    const auto there = [&](const spot& each) { return each.at == where; };
    if (std::any_of(spots.begin(), spots.end(), there))
      return;
    ready_.reserve(queues_.size());
    spots.push_back({where, {}});
    auto& waiters = where->second.waiters;
    spots.back().where = waiters.insert(waiters.end(), one);
    where->second.heeding_loss += one.heeds_loss ? 1 : 0;
  } catch (const std::bad_alloc&) {
    if (!spots.empty() && spots.back().at == where && spots.back().where == line::iterator{})
      spots.pop_back();
    if (spots.empty())
      spots_.erase(id);
    if (where != nullptr)
      drop_if_idle(*where);
    throw;
  }
  keys_.set(queues_.size());
}

void waiting_list::remove(const waiter* who, waiter::number wait) noexcept {
  const auto found = spots_.find({who, wait});
  if (found == spots_.end())
    return;
  for (const auto& [at, where] : found->second) {
    at->second.heeding_loss -= where->heeds_loss ? 1 : 0;
    at->second.waiters.erase(where);
    drop_if_idle(*at);
  }
  spots_.erase(found);
}

void waiting_list::drop_if_idle(entry& one) noexcept {
  if (!one.second.waiters.empty() || one.second.taken)
    return;
  if (one.second.ready)
    ready_.erase(std::find(ready_.begin(), ready_.end(), &one));
  queues_.erase(queues_.find(one.first));
  keys_.set(queues_.size());
}

void waiting_list::make_ready(entry& one) noexcept {
  if (!one.second.ready)
    ready_.push_back(&one);
  one.second.ready = true;
}

void waiting_list::note(int database, std::string_view key) noexcept {
  if (const auto found = queues_.find(place_view{database, key}); found != queues_.end())
    make_ready(*found);
}

void waiting_list::note_all(int database) noexcept {
  for (auto& one : queues_)
    if (one.first.database == database)
      make_ready(one);
}

void waiting_list::note_keys_of(const waiter* who, waiter::number wait) noexcept {
  if (const auto found = spots_.find({who, wait}); found != spots_.end())
    for (const auto& each : found->second)
      make_ready(*each.at);
}

waiting_list::entry* waiting_list::take_ready() noexcept {
  if (ready_.empty())
    return nullptr;
  auto* const first = ready_.front();
  ready_.erase(ready_.begin());
  first->second.ready = false;
  first->second.taken = true;
  return first;
}

void waiting_list::release(entry* one) noexcept {
  one->second.taken = false;
  drop_if_idle(*one);
}

void waiting_list::put_back(entry* one) noexcept {
  if (one->second.ready)
    ready_.erase(std::find(ready_.begin(), ready_.end(), one));
  ready_.insert(ready_.begin(), one);
  one->second.ready = true;
  release(one);
}

} // namespace thespis::keyspace
