#pragma once

/// A client without a socket: host applications send it requests as messages and get replies as
/// messages. It takes the same way as a connection (the dispatcher), with a session of its own, and
/// speaks RESP3 inside, so that replies keep their types.
///
/// Requests that arrive while a batch is in flight form the next batch. Replies come in the order
/// of the requests, whoever sent them. A request that is not answered before the end of the client
/// gets caf::sec::request_receiver_down, as one that is sent after it does. A request that there is
/// no memory for, or whose reply got lost for lack of it, gets an error reply.
///
/// A client with a receiver may subscribe. It hands the receiver what its subscriber gets
/// (embedded_subscriber.hpp), and ends when the receiver does. Before it ends, and before RESET is
/// answered, it has left all topics.

#include "actors/core.hpp"
#include "actors/dispatcher.hpp"
#include "actors/embedded_messages.hpp"
#include "actors/embedded_subscriber.hpp"
#include "actors/messages.hpp"
#include "actors/store_actor.hpp"

#include <caf/typed_response_promise.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace thespis::actors {

class embedded_client final : public store_actor {
public:
  /// `receiver`: who gets the messages of channels; null if nobody does.
  embedded_client(caf::actor_config& config, core& home, caf::actor receiver = nullptr);
  ~embedded_client() override;

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct pending {
    std::vector<std::string> words;
    caf::typed_response_promise<embedded_reply> promise;
  };

  caf::typed_response_promise<embedded_reply> accept(embedded_request request);
  void take_answers();
  void note_waiting(const request_waits& news);
  void work();
  bool fill_batch();
  bool put_words(const std::vector<std::string>& request) noexcept;
  void deliver();
  void confirm();
  void answer_first(embedded_reply reply);
  caf::mailbox_element_ptr wrap_message(const forward& news, std::size_t number);
  void hand_over(const forward& news);
  void leave_all_topics();
  void close();
  void quit_if_idle();

  core& core_;
  commands::client_record_ptr record_;
  dispatcher dispatcher_;
  /// These are null without a receiver, and at the end.
  caf::actor receiver_;
  std::shared_ptr<embedded_subscriber> subscriber_;
  /// The leave_topics of a client that ends unexpectedly, perhaps for lack of memory.
  caf::mailbox_element_ptr farewell_;
  /// Requests in the order of their arrival; the first `placed_` are in flight or answered.
  std::deque<pending> requests_;
  std::size_t placed_ = 0;
  /// Whether the supervisor knows this client; until then requests wait.
  bool admitted_ = false;
  /// A batch is, or leave_topics.
  bool in_flight_ = false;
  /// What is in flight changes subscriptions.
  bool confirming_ = false;
  bool retrying_ = false;
  bool closing_ = false;
};

} // namespace thespis::actors
