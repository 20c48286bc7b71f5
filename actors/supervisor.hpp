#pragma once

/// Watches the core actors and ends them in order.
///
/// The death of a core actor (partition, administrator, broker, fan-out, scheduler, reclaimer,
/// worker, listener) that nobody asked for is fatal for the process, with a line in the log: its
/// data, or its part of the work, would be gone while clients go on. Its own death by an exception
/// is fatal as well. The ordered end is: listeners stop accepting and close their clients, embedded
/// clients answer what is in flight and end; when all are gone, the journal brings what it has to
/// the disk; then partitions, administrator, scheduler and the others end; when the last is down,
/// `on_stopped` is called.
///
/// An embedded client may come at any time, during and after the end too, until the store says
/// `farewell`. It sends nothing to partitions before it is admitted, and after the end began it is
/// sent away instead. When it is gone as well, `on_gone` is called.

#include "actors/core.hpp"
#include "actors/messages.hpp"
#include "actors/store_actor.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <string>

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
  enum class role : std::uint8_t { core, listener };
  struct watched {
    role part;
    /// "partition 3".
    std::string name;
  };

  [[noreturn]] static caf::error die(std::exception_ptr& why);
  void watch(const caf::actor& one, role part, std::string name);
  bool was_asked_to_end(const watched& one, const caf::error& reason) const noexcept;
  void receive(const caf::actor& client);
  void stop_clients();
  void stop_core_if_drained();
  void stop_core();
  void mourn(const caf::down_msg& down);
  void leave_if_alone();

  core& core_;
  std::function<void()> on_stopped_;
  std::function<void()> on_gone_;
  std::map<caf::actor_addr, watched> watched_;
  /// Core actors but for listeners, which say `drained` and then go in their own time.
  std::size_t core_left_ = 0;
  std::map<caf::actor_addr, caf::actor> embedded_clients_;
  std::size_t listeners_left_ = 0;
  bool stopping_clients_ = false;
  bool stopping_core_ = false;
  bool nobody_comes_ = false;
};

} // namespace thespis::actors
