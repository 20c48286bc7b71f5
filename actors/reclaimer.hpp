#pragma once

/// Frees what partitions let go of and what would hold an event loop up: large values, databases
/// that were emptied. It is detached, that is, it has a thread of its own, which takes the core
/// only when nobody else wants it.
///
/// At the end it is done with what it has begun, and drops the rest; to drop it is to free it.

#include "actors/core.hpp"
#include "actors/messages.hpp"
#include "actors/store_actor.hpp"

namespace thespis::actors {

class reclaimer final : public store_actor {
public:
  /// `home` outlives it.
  reclaimer(caf::actor_config& config, core& home);
  ~reclaimer() override;

  caf::behavior make_behavior() override;

private:
  void free(keyspace::discarded& garbage) noexcept;

  core& core_;
};

} // namespace thespis::actors
