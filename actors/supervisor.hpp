#pragma once

/// Watches the core actors and ends them in order.
///
/// The death of a core actor that nobody asked for is fatal for the process: its data would be gone
/// while clients go on. The ordered end is: listeners stop accepting and close their clients,
/// embedded clients answer what is in flight and end; when all are gone, partitions, administrator
/// and scheduler end; when the last is down, `on_stopped` is called.
///
/// An embedded client may come at any time, during and after the end too, until the store says
/// `farewell`. It sends nothing to partitions before it is admitted, and after the end began it is
/// sent away instead. When it is gone as well, `on_gone` is called.

#include "actors/core.hpp"
#include "actors/messages.hpp"
#include "actors/store_actor.hpp"

#include <functional>
#include <map>
#include <set>

namespace thespis::actors {

class supervisor final : public store_actor {
public:
  /// Both functions run on whichever thread the supervisor runs on. After `on_gone`, its last act,
  /// it does not touch the core again.
  supervisor(caf::actor_config& config, core& home, std::function<void()> on_stopped,
             std::function<void()> on_gone);
  ~supervisor() override;

  caf::behavior make_behavior() override;

private:
  void watch(const caf::actor& one);
  void receive(const caf::actor& client);
  void stop_clients();
  void stop_core_if_drained();
  void mourn(const caf::down_msg& down);
  void leave_if_alone();

  core& core_;
  std::function<void()> on_stopped_;
  std::function<void()> on_gone_;
  std::set<caf::actor_addr> alive_;
  std::map<caf::actor_addr, caf::actor> embedded_clients_;
  std::size_t listeners_left_ = 0;
  bool stopping_clients_ = false;
  bool stopping_core_ = false;
  bool nobody_comes_ = false;
};

} // namespace thespis::actors
