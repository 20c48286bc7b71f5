#pragma once

/// What a host application and an embedded client say to each other.
///
///     self->request(client, caf::infinite, embedded_request{{"INCR", "visits"}})
///       .then([](const embedded_reply& reply) { use(reply.integer()); });

#include "protocol/resp_value.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <string>
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

} // namespace thespis::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::embedded_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::embedded_reply)
