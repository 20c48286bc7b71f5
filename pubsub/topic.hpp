#pragma once

/// What a client can subscribe to, and what it gets messages by.

#include <cstddef>
#include <cstdint>

namespace thespis::pubsub {

enum class topic_kind : std::uint8_t {
  channel,
  /// A glob pattern over channels.
  pattern,
  /// A name space of its own: sharded pub/sub.
  shard_channel,
};

inline constexpr std::size_t topic_kinds = 3;

} // namespace thespis::pubsub
