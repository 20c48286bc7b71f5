#pragma once

/// A client without a socket: host applications send it requests as messages and get replies as
/// messages. It takes the same way as a connection (the dispatcher), with a session of its own, and
/// speaks RESP3 inside, so that replies keep their types.
///
///     self->request(client, caf::infinite, embedded_request{{"SET", "user", "Namal"}})
///       .then([](const embedded_reply& reply) { … });
///
/// Requests that arrive while a batch is in flight form the next batch. Replies come in the order of
/// the requests, whoever sent them.

#include "actors/core.hpp"
#include "actors/dispatcher.hpp"
#include "actors/messages.hpp"
#include "protocol/resp_value.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <string>
#include <vector>

namespace thespis::actors {

/// The words of a command.
struct embedded_request {
  std::vector<std::string> words;
};

/// What the server says, as a value. An error reply is a value too.
struct embedded_reply {
  protocol::resp_value value;
};

class embedded_client final : public caf::event_based_actor {
public:
  embedded_client(caf::actor_config& config, core& home);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct pending {
    std::vector<std::string> words;
    caf::typed_response_promise<embedded_reply> promise;
  };

  caf::typed_response_promise<embedded_reply> accept(embedded_request request);
  void work();
  bool fill_batch();
  void deliver();
  void quit_if_idle();

  core& core_;
  commands::client_record_ptr record_;
  dispatcher dispatcher_;
  /// Requests in the order of their arrival; the first `placed_` are in flight or answered.
  std::deque<pending> requests_;
  std::size_t placed_ = 0;
  bool in_flight_ = false;
  bool closing_ = false;
};

} // namespace thespis::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::embedded_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::embedded_reply)
