#pragma once

/// Gives messages to the clients of one event loop, and knows what they subscribe to. It is pinned
/// to that loop, so it and the connections call each other directly; the one for clients on no loop
/// floats.
///
/// Clients are sent what they got when the loop has no more to do (event_loop::before_wait), so
/// several messages leave together.

#include "actors/core.hpp"
#include "actors/event_loop.hpp"
#include "actors/messages.hpp"
#include "actors/store_actor.hpp"
#include "protocol/session.hpp"
#include "pubsub/subscriber_table.hpp"

namespace thespis::actors {

class fan_out final : public store_actor, event_loop::before_wait {
public:
  /// `loop`: null for clients on none. `home` outlives it.
  fan_out(caf::actor_config& config, event_loop* loop, core& home, pubsub::group_index group);
  ~fan_out() override;

  caf::behavior make_behavior() override;

  using store_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* here) override;

  /// The client subscribes to nothing any more. On the loop only; a client on none sends
  /// leave_topics.
  void forget(pubsub::subscriber& gone);
  /// The client gets what its session says: changes of keys that it has copies of, and the requests
  /// of all clients. On the loop only. Throws std::bad_alloc with some of it done.
  void follow(pubsub::subscriber& who, const protocol::session& client);
  /// Calls its flush_pushes() when the loop has no more to do. On the loop only. Throws
  /// std::bad_alloc.
  void flush_later(pubsub::subscriber& who);

private:
  class visit;

  void act() override;
  void run(batch& work);
  void tell_broker(pubsub::subscription_changes changes, batch* work, caf::execution_unit* here);

  event_loop* loop_;
  core& core_;
  pubsub::group_index group_;
  pubsub::subscriber_table table_;
  /// Those with something to be sent.
  std::vector<pubsub::subscriber*> to_flush_;
};

} // namespace thespis::actors
