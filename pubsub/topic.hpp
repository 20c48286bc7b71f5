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

  // -- not by SUBSCRIBE -------------------------------------------------------------------------
  /// What one client keeps copies of: its number (CLIENT TRACKING).
  copies,
  /// Keys that begin so (CLIENT TRACKING with BCAST).
  key_prefix,
  /// Requests of all clients (MONITOR); its name is empty.
  monitor,
};

inline constexpr std::size_t topic_kinds = 6;

/// Whether PUBLISH and SPUBLISH reach it.
constexpr bool is_published(topic_kind kind) noexcept {
  return kind <= topic_kind::shard_channel;
}

} // namespace thespis::pubsub
