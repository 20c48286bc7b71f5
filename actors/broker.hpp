#pragma once

/// The actor that knows where messages have to go (pubsub::exchange). It floats like a partition:
/// whoever publishes runs it. Messages leave once per group of clients that has subscribers, all of
/// a batch together; the group's fan-out gives them to the clients.
///
///     publisher --publish--> broker --deliver--> fan-out of each loop --push--> connections
///     subscriber --change_subscriptions--> its fan-out --subscriptions_changed--> broker
///
/// Both ways are queues, so messages of one publisher stay in order, a confirmation comes before
/// the first message of its topic, and nothing comes after the confirmation of its end.

#include "actors/core.hpp"
#include "actors/messages.hpp"
#include "actors/store_actor.hpp"
#include "pubsub/exchange.hpp"

namespace thespis::actors {

class broker final : public store_actor {
public:
  /// `home` outlives it.
  broker(caf::actor_config& config, core& home);
  ~broker() override;

  caf::behavior make_behavior() override;

private:
  class visit;

  void run(batch& work);
  void tell(const keys_changed& news);
  void tell(const monitored& news);
  void hand_out();
  void follow(const subscriptions_changed& news);

  core& core_;
  pubsub::exchange exchange_;
};

} // namespace thespis::actors
