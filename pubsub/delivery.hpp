#pragma once

/// Messages on their way from the broker to the event loops: what was published in one go, encoded
/// once and shared by all who get it.
///
/// A frame is a RESP3 push. The same message in RESP2 is an array: it differs in the first byte
/// alone.
///
///     >3 $7 message  $4 news $5 hello            channel news
///     >4 $8 pmessage $3 n*s  $4 news $5 hello    pattern n*s
///     >3 $8 smessage $4 news $5 hello            shard channel news
///
/// Other frames are for clients alone that asked for them with CLIENT TRACKING or MONITOR:
///
///     >2 $10 invalidate *2 $1 a $1 b             keys that have changed; null instead of the
///     array:
///                                                any key
///     +1339518083.107412 [0 127.0.0.1:60866] "get" "a"
///
/// Messages of one topic that come behind each other are a run, which a subscriber gets as one
/// piece. For RESP2 there is a second copy of all frames, unless they are long or memory is short;
/// then whoever sends a frame replaces its first byte.

#include "base/byte_buffer.hpp"
#include "pubsub/topic.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace thespis::pubsub {

class delivery {
public:
  /// A message for the subscribers of one topic. The views live as long as the delivery.
  struct message {
    topic_kind kind;
    /// The name of the topic: for what is published the channel or the pattern.
    std::string_view topic;
    /// Of what is published.
    std::string_view channel;
    /// Of what is not published: the part of the frame that differs.
    std::string_view payload;
    std::string_view frame;

    /// Of changed keys: any key may be among them.
    bool tells_of_all() const noexcept {
      return payload.starts_with('_');
    }
  };

  /// Messages from `first` to before `end`, for the subscribers of one topic.
  struct run {
    std::size_t first;
    std::size_t end;
  };

  /// `topic`: the channel itself or a pattern that it matches. Throws std::bad_alloc with nothing
  /// changed. Cost: O(bytes).
  void add(topic_kind kind, std::string_view topic, std::string_view channel,
           std::string_view payload);

  /// For clients that keep copies of keys: `keys` in RESP, an array or null. Throws and costs as
  /// add().
  void add_changed_keys(topic_kind kind, std::string_view topic, std::string_view keys);
  /// For clients that monitor: a simple string in RESP. Throws and costs as add().
  void add_monitored(std::string_view line);

  /// Whose requests all of this came from; 0: from none of a client's.
  std::uint64_t origin = 0;

  /// Takes messages back until there are so many. REQUIRES: count <= size().
  void truncate(std::size_t count) noexcept;

  bool empty() const noexcept {
    return places_.empty();
  }
  std::size_t size() const noexcept {
    return places_.size();
  }
  std::size_t bytes() const noexcept {
    return frames_.size();
  }
  message operator[](std::size_t number) const noexcept;

  std::span<const run> runs() const noexcept {
    return runs_;
  }
  /// Makes the copy for RESP2, if there is memory for it. Nothing is added from then on.
  void seal() noexcept;
  /// All frames of a run; empty if there is no copy for RESP2.
  std::string_view frames(const run& of, int protocol) const noexcept;

private:
  /// Offsets, because the frames move as they become more.
  struct place {
    topic_kind kind;
    std::size_t begin;
    std::size_t topic_at;
    std::size_t topic_bytes;
    std::size_t channel_at;
    std::size_t channel_bytes;
    std::size_t payload_at;
    std::size_t payload_bytes;
    std::size_t end;
  };

  template <class Write> // void(place&, reply_writer&)
  void append(topic_kind kind, std::string_view topic, Write&& write);

  base::byte_buffer frames_;
  /// The same for RESP2.
  base::byte_buffer frames2_;
  std::vector<place> places_;
  std::vector<run> runs_;
};

} // namespace thespis::pubsub
