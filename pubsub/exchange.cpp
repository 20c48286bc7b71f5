#include "pubsub/exchange.hpp"

#include <new>
#include <utility>

namespace thespis::pubsub {

std::uint64_t exchange::publish(topic_kind kind, std::string_view channel,
                                std::string_view payload) {
  std::uint64_t receivers = 0;
  const auto messages_before = outgoing_ ? outgoing_->size() : 0;
  try {
    routes_.for_each_receiver(kind, channel, [&](topic_kind which, const route& to) {
      outgoing().add(which, to.name, channel, payload);
      receivers += to.subscribers;
      concern(to);
    });
  } catch (...) {
    if (outgoing_)
      outgoing_->truncate(messages_before);
    throw;
  }
  return receivers;
}

delivery& exchange::outgoing() {
  if (!outgoing_)
    outgoing_ = std::make_shared<delivery>();
  return *outgoing_;
}

void exchange::concern(const route& to) noexcept {
  for (std::size_t group = 0; group < to.by_group.size(); ++group)
    if (to.by_group[group] != 0)
      concerned_[group] = 1;
}

void exchange::tell_changed_keys(const route& to, topic_kind kind, std::string_view keys,
                                 std::uint64_t origin) {
  outgoing().add_changed_keys(kind, to.name, keys);
  outgoing_->origin = origin;
  concern(to);
}

void exchange::tell_monitors(std::string_view line) {
  if (const auto* const to = routes_.find(topic_kind::monitor, {})) {
    outgoing().add_monitored(line);
    concern(*to);
  }
}

bool exchange::follow(group_index group, subscription_changes& changes) noexcept {
  auto complete = true;
  while (auto one = changes.take_first()) {
    one->group = group;
    ++followed_[group];
    if (!one->added) {
      if (missed_.empty() || !missed_.cancel(*one)) [[likely]]
        routes_.remove(one->kind, *one->name, group);
      continue;
    }
    try {
      routes_.add(one->kind, *one->name, group);
    } catch (const std::bad_alloc&) {
      missed_.add(std::move(one));
      complete = false;
    }
  }
  return complete;
}

} // namespace thespis::pubsub
