#include "keyspace/waiting_list.hpp"

#include <algorithm>
#include <utility>

namespace thespis::keyspace {

void waiting_list::add(std::string_view key, const waiter_ptr& who, bool first) {
  auto& line = queues_[{who->database, std::string{key}}].waiters;
  if (first)
    line.push_front(who);
  else
    line.push_back(who);
}

void waiting_list::remove(std::string_view key, const waiter& who) noexcept {
  const auto found = queues_.find({who.database, std::string{key}});
  if (found == queues_.end())
    return;
  auto& line = found->second.waiters;
  line.erase(std::remove_if(line.begin(), line.end(),
                            [&](const waiter_ptr& one) { return one.get() == &who; }),
             line.end());
  if (line.empty())
    queues_.erase(found);
}

void waiting_list::note_waited_for(int database, std::string_view key) {
  const auto found = queues_.find({database, std::string{key}});
  if (found == queues_.end() || std::exchange(found->second.ready, true))
    return;
  ready_.push_back(found->first);
}

void waiting_list::note_all(int database) {
  for (auto& [at, line] : queues_)
    if (at.database == database && !std::exchange(line.ready, true))
      ready_.push_back(at);
}

std::optional<waiting_list::place> waiting_list::take_ready() {
  if (ready_.empty())
    return {};
  auto at = std::move(ready_.front());
  ready_.pop_front();
  if (const auto found = queues_.find(at); found != queues_.end())
    found->second.ready = false;
  return at;
}

std::vector<waiter_ptr> waiting_list::queue_of(const place& at) const {
  const auto found = queues_.find(at);
  if (found == queues_.end())
    return {};
  return {found->second.waiters.begin(), found->second.waiters.end()};
}

} // namespace thespis::keyspace
