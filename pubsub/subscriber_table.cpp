#include "pubsub/subscriber_table.hpp"

#include <algorithm>

namespace thespis::pubsub {

bool subscriber_table::add(subscriber& who, topic_kind kind, std::string_view name) {
  if (who.topics_ == nullptr)
    who.topics_ = std::make_unique<std::array<subscriber::memberships, topic_kinds>>();
  auto& mine = topics_of(who, kind);
  if (auto* const known = topics_.find(kind, name); known != nullptr && mine.contains(known))
    return false;
  auto& to = topics_.at(kind, name);
  try {
    auto begin = std::make_unique<subscription_change>(subscription_change{kind, to.name, true});
    auto end = std::make_unique<subscription_change>(subscription_change{kind, to.name, false});
    to.members.push_back(&who);
    mine.emplace(&to,
                 subscriber::membership{to.members.size() - 1, change_count_ + 1, std::move(end)});
    note(std::move(begin));
    to.newest = change_count_;
  } catch (...) {
    if (!to.members.empty() && to.members.back() == &who)
      to.members.pop_back();
    if (to.members.empty())
      topics_.erase(kind, to);
    throw;
  }
  return true;
}

bool subscriber_table::remove(subscriber& who, topic_kind kind, std::string_view name) noexcept {
  auto* const from = topics_.find(kind, name);
  if (from == nullptr || who.topics_ == nullptr)
    return false;
  auto& mine = topics_of(who, kind);
  const auto found = mine.find(from);
  if (found == mine.end())
    return false;
  auto gone = std::move(found->second);
  mine.erase(found);
  leave(who, *from, std::move(gone));
  return true;
}

std::vector<std::string> subscriber_table::names(const subscriber& who, topic_kind kind) const {
  std::vector<std::string> all;
  if (who.topics_ != nullptr)
    for (const auto& [one, place] : (*who.topics_)[static_cast<std::size_t>(kind)])
      all.push_back(*one->name);
  return all;
}

void subscriber_table::set(subscriber& who, topic_kind kind, std::span<const std::string> names) {
  for (const auto& known : this->names(who, kind))
    if (std::find(names.begin(), names.end(), known) == names.end())
      remove(who, kind, known);
  for (const auto& name : names)
    add(who, kind, name);
}

void subscriber_table::remove(subscriber& who) noexcept {
  if (who.topics_ == nullptr)
    return;
  for (auto& mine : *who.topics_)
    while (!mine.empty()) {
      auto& from = *mine.begin()->first;
      auto gone = std::move(mine.begin()->second);
      mine.erase(mine.begin());
      leave(who, from, std::move(gone));
    }
  who.topics_.reset();
}

/// The last member takes the place of the one that goes.
void subscriber_table::leave(subscriber& who, topic& from, subscriber::membership gone) noexcept {
  auto* const last = from.members.back();
  if (last != &who) {
    from.members[gone.place] = last;
    topics_of(*last, from.kind).find(&from)->second.place = gone.place;
  }
  from.members.pop_back();
  note(std::move(gone.end));
  if (from.members.empty())
    topics_.erase(from.kind, from);
}

void subscriber_table::note(std::unique_ptr<subscription_change> change) noexcept {
  changes_.add(std::move(change));
  ++change_count_;
}

void subscriber_table::deliver(const std::shared_ptr<const delivery>& messages,
                               std::uint64_t known) const {
  for (const auto& run : messages->runs()) {
    const auto first = (*messages)[run.first];
    auto* const to = topics_.find(first.kind, first.topic);
    if (to == nullptr)
      continue;
    for (auto* const who : to->members)
      if (to->newest <= known || topics_of(*who, to->kind).find(to)->second.since <= known)
        who->push(messages, run);
  }
}

} // namespace thespis::pubsub
