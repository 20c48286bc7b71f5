#include "pubsub/keyspace_events.hpp"

#include "base/option_choices.hpp"
#include "pubsub/exchange.hpp"

#include <fmt/format.h>

#include <iterator>

namespace thespis::pubsub {

void keyspace_events::add(int database, std::string_view event, std::string_view key) {
  const auto begin = texts_.size();
  texts_.prepare(event.size() + key.size());
  places_.push_back({database, begin, begin + event.size(), begin + event.size() + key.size()});
  texts_.append(event);
  texts_.append(key);
}

void keyspace_events::publish(exchange& to, std::int64_t classes) const {
  fmt::memory_buffer channel;
  const auto tell = [&](std::string_view what, int database, std::string_view name,
                        std::string_view message) {
    channel.clear();
    fmt::format_to(std::back_inserter(channel), "__{}@{}__:{}", what, database, name);
    to.publish(topic_kind::channel, {channel.data(), channel.size()}, message);
  };
  for (const auto& at : places_) {
    const auto event = texts_.view().substr(at.event_at, at.key_at - at.event_at);
    const auto key = texts_.view().substr(at.key_at, at.end - at.key_at);
    if ((classes & base::event_bits::keyspace) != 0)
      tell("keyspace", at.database, key, event);
    if ((classes & base::event_bits::keyevent) != 0)
      tell("keyevent", at.database, event, key);
  }
}

} // namespace thespis::pubsub
