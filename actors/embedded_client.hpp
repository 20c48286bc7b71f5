#pragma once

/// A client without a socket: host applications send it requests as messages and get replies as
/// messages. It takes the same way as a connection (the dispatcher), with a session of its own, and
/// speaks RESP3 inside, so that replies keep their types.
///
/// Requests that arrive while a batch is in flight form the next batch. Replies come in the order
/// of the requests, whoever sent them. A request that is not answered before the end of the client
/// gets caf::sec::request_receiver_down, as one that is sent after it does. A request that there is
/// no memory for, or whose reply got lost for lack of it, gets an error reply.

#include "actors/core.hpp"
#include "actors/dispatcher.hpp"
#include "actors/embedded_messages.hpp"
#include "actors/messages.hpp"
#include "actors/store_actor.hpp"

#include <caf/typed_response_promise.hpp>

#include <deque>
#include <string>
#include <vector>

namespace thespis::actors {

class embedded_client final : public store_actor {
public:
  embedded_client(caf::actor_config& config, core& home);
  ~embedded_client() override;

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
  bool put_words(const std::vector<std::string>& request) noexcept;
  void deliver();
  void close();
  void quit_if_idle();

  core& core_;
  commands::client_record_ptr record_;
  dispatcher dispatcher_;
  /// Requests in the order of their arrival; the first `placed_` are in flight or answered.
  std::deque<pending> requests_;
  std::size_t placed_ = 0;
  /// Whether the supervisor knows this client; until then requests wait.
  bool admitted_ = false;
  bool in_flight_ = false;
  bool retrying_ = false;
  bool closing_ = false;
};

} // namespace thespis::actors
