#include "pubsub/delivery.hpp"

#include "protocol/reply_writer.hpp"

#include <array>

namespace thespis::pubsub {

namespace {

constexpr std::array<std::string_view, topic_kinds> frame_names{"message", "pmessage", "smessage"};
constexpr std::size_t line_end = 2;

} // namespace

void delivery::add(topic_kind kind, std::string_view topic, std::string_view channel,
                   std::string_view payload) {
  place made{};
  made.kind = kind;
  made.begin = frames_.size();
  made.topic_bytes = topic.size();
  made.channel_bytes = channel.size();
  try {
    protocol::reply_writer writer{frames_, 3};
    writer.push(kind == topic_kind::pattern ? 4 : 3);
    writer.bulk(frame_names[static_cast<std::size_t>(kind)]);
    if (kind == topic_kind::pattern) {
      writer.bulk(topic);
      made.topic_at = frames_.size() - line_end - topic.size();
    }
    writer.bulk(channel);
    made.channel_at = frames_.size() - line_end - channel.size();
    if (kind != topic_kind::pattern)
      made.topic_at = made.channel_at;
    writer.bulk(payload);
    made.payload_at = frames_.size() - line_end - payload.size();
    made.end = frames_.size();
    places_.push_back(made);
  } catch (...) {
    frames_.truncate(made.begin);
    throw;
  }
}

void delivery::truncate(std::size_t count) noexcept {
  if (count < places_.size())
    frames_.truncate(places_[count].begin);
  places_.resize(count);
}

delivery::message delivery::operator[](std::size_t number) const noexcept {
  const auto& at = places_[number];
  const auto bytes = frames_.view();
  return {.kind = at.kind,
          .topic = bytes.substr(at.topic_at, at.topic_bytes),
          .channel = bytes.substr(at.channel_at, at.channel_bytes),
          .payload = bytes.substr(at.payload_at, at.end - line_end - at.payload_at),
          .frame = bytes.substr(at.begin, at.end - at.begin)};
}

} // namespace thespis::pubsub
