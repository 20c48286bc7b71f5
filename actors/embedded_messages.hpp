#pragma once

/// What a host application and an embedded client say to each other.
///
///     self->request(client, caf::infinite, embedded_request{{"INCR", "visits"}})
///       .then([](const embedded_reply& reply) { use(reply.integer()); });

#include "protocol/resp_value.hpp"
#include "pubsub/topic.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::actors {

/// The words of a command.
struct embedded_request {
  std::vector<std::string> words;
};

/// What the server says, as a value. An error reply is a value too. Asking for what the value is
/// not yields the empty text, 0 or no items.
struct embedded_reply {
  protocol::resp_value value;

  bool is_null() const noexcept {
    return value.is_null();
  }
  bool is_error() const noexcept {
    return value.is_error();
  }
  /// Whether it is the status "OK".
  bool is_ok() const noexcept {
    return value.type == protocol::resp_type::simple && value.text == "OK";
  }
  /// Of a string, a status or an error ("ERR …").
  const std::string& text() const noexcept {
    return value.text;
  }
  /// Of an integer, or a boolean as 0 or 1.
  std::int64_t integer() const noexcept {
    return value.number;
  }
  /// Of a double.
  double real() const noexcept {
    return value.real;
  }
  /// Of an array or a set; of a map: key, value, key, value …
  const std::vector<protocol::resp_value>& items() const noexcept {
    return value.items;
  }
};

/// To the receiver of a client that subscribes: what was published. The views are of bytes that all
/// who get the message share, together with others that were published in one go; they live as long
/// as this or a copy of it. Who keeps a payload for long copies it.
struct channel_message {
  /// By what the client got it.
  pubsub::topic_kind kind = pubsub::topic_kind::channel;
  /// Empty unless that is a pattern. Who subscribes to the channel as well gets the message twice.
  std::string_view pattern;
  std::string_view channel;
  std::string_view payload;
  std::shared_ptr<const void> bytes;
};

} // namespace thespis::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::embedded_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::embedded_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::channel_message)
