#pragma once

/// Watches the core actors and ends them in order.
///
/// The death of a core actor that nobody asked for is fatal for the process: its data would be gone
/// while clients go on. The ordered end is: listeners stop accepting and close their clients; when all
/// have drained (no batch is in flight any more), embedded clients, then partitions, administrator and
/// scheduler end; when the last is down, `on_stopped` is called.

#include "actors/core.hpp"
#include "actors/messages.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <map>
#include <set>

namespace thespis::actors {

class supervisor final : public caf::event_based_actor {
public:
  /// `on_stopped` runs on whichever thread the supervisor runs on, as its last act.
  supervisor(caf::actor_config& config, core& home, std::function<void()> on_stopped);

  caf::behavior make_behavior() override;

private:
  void watch(const caf::actor& one);
  void stop_clients();
  void stop_core_if_drained();
  void mourn(const caf::down_msg& down);

  core& core_;
  std::function<void()> on_stopped_;
  std::set<caf::actor_addr> alive_;
  std::map<caf::actor_addr, caf::actor> embedded_clients_;
  std::size_t listeners_left_ = 0;
  bool stopping_clients_ = false;
  bool stopping_core_ = false;
};

} // namespace thespis::actors
