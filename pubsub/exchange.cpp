#include "pubsub/exchange.hpp"

namespace thespis::pubsub {

std::uint64_t exchange::publish(topic_kind kind, std::string_view channel,
                                std::string_view payload) {
  std::uint64_t receivers = 0;
  const auto messages_before = outgoing_ ? outgoing_->size() : 0;
  try {
    routes_.for_each_receiver(kind, channel, [&](topic_kind which, const route& to) {
      if (!outgoing_)
        outgoing_ = std::make_shared<delivery>();
      outgoing_->add(which, to.name, channel, payload);
      receivers += to.subscribers;
      for (std::size_t group = 0; group < to.by_group.size(); ++group)
        if (to.by_group[group] != 0)
          concerned_[group] = 1;
    });
  } catch (...) {
    if (outgoing_)
      outgoing_->truncate(messages_before);
    throw;
  }
  return receivers;
}

void exchange::follow(group_index group, std::span<const subscription_change> changes) {
  for (const auto& each : changes)
    if (each.added)
      routes_.add(each.kind, each.name, group);
    else
      routes_.remove(each.kind, each.name, group);
}

} // namespace thespis::pubsub
