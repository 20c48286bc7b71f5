#include "pubsub/delivery.hpp"

#include "protocol/reply_writer.hpp"

#include <array>
#include <new>

namespace thespis::pubsub {

namespace {

constexpr std::array<std::string_view, topic_kinds> frame_names{"message", "pmessage", "smessage"};
constexpr std::size_t line_end = 2;

/// More than that is not copied for RESP2.
constexpr std::size_t copied_bytes_max = 64 * 1024;

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
    const auto number = places_.size();
    const auto continues = number != 0 && (*this)[number - 1].kind == kind
                           && (*this)[number - 1].topic == topic;
    places_.push_back(made);
    if (continues)
      ++runs_.back().end;
    else
      runs_.push_back({number, number + 1});
  } catch (...) {
    places_.resize(runs_.empty() ? 0 : runs_.back().end);
    frames_.truncate(made.begin);
    throw;
  }
}

void delivery::truncate(std::size_t count) noexcept {
  if (count < places_.size())
    frames_.truncate(places_[count].begin);
  places_.resize(count);
  while (!runs_.empty() && runs_.back().first >= count)
    runs_.pop_back();
  if (!runs_.empty())
    runs_.back().end = count;
}

void delivery::seal() noexcept try {
  if (frames_.size() > copied_bytes_max)
    return;
  frames2_.append(frames_.view());
  for (const auto& each : places_)
    frames2_.data()[each.begin] = '*';
} catch (const std::bad_alloc&) {
  // It goes without a copy, as with long frames.
}

std::string_view delivery::frames(const run& of, int protocol) const noexcept {
  const auto& from = protocol == 2 ? frames2_ : frames_;
  if (from.empty())
    return {};
  const auto begin = places_[of.first].begin;
  return from.view().substr(begin, places_[of.end - 1].end - begin);
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
