#pragma once

/// Runs requests over very many elements for partitions (command_context::moves_for). It is
/// detached, that is, it has a thread of its own: an event loop serves other clients and other
/// partitions meanwhile. The partition is parked, as in a rendezvous, and its shard is lent to the
/// worker. Erlang's "dirty schedulers" are the same for the same reason.

#include "actors/messages.hpp"
#include "actors/store_actor.hpp"

namespace thespis::actors {

class worker final : public store_actor {
public:
  explicit worker(caf::actor_config& config) : store_actor(config) {
  }
  ~worker() override;

  caf::behavior make_behavior() override;
};

} // namespace thespis::actors
