#pragma once

/// Where the server listens, as it changes with CONFIG SET bind and CONFIG SET port. The sockets
/// belong to the listeners; this knows the TCP places that they are at, opens new ones and has old
/// ones closed.
///
/// A change is all or nothing: what is new is opened first, next to what is there; only when all of
/// it is open do the listeners get it and close what goes. A place that stays is not touched, and
/// its clients notice nothing. Owned by the administrator.

#include "actors/core.hpp"
#include "actors/host_addresses.hpp"
#include "actors/listening_sockets.hpp"
#include "protocol/arguments.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace thespis::actors {

class listening_places {
public:
  /// `home` outlives it.
  explicit listening_places(core& home) : core_(home) {
  }

  /// The first sockets. Before that the server does not listen, whatever the settings say.
  void open(listening_sockets sockets, caf::execution_unit* here);

  /// The host names that must be found before this request can run: those of `bind` as it is and as
  /// a CONFIG SET of these words would make it.
  static host_addresses names_to_find(protocol::arguments config_set,
                                      const base::options& settings);
  /// What names stand for in the next calls of follow().
  void know(std::shared_ptr<const host_addresses> names) noexcept {
    names_ = std::move(names);
  }

  /// Makes the TCP places those of `bind` and `port`. A fault changed nothing; why is in the log.
  /// A name that it does not know is a fault.
  base::result<void> follow(const base::options& settings, caf::execution_unit* here);

  /// A listener has closed its sockets there.
  void forget(const std::vector<tcp_place>& places);

private:
  bool uses_port(std::uint16_t port) const;
  base::result<listening_sockets> open_missing(const base::options& settings,
                                               const std::vector<tcp_place>& wanted) const;

  core& core_;
  std::vector<tcp_place> places_;
  /// By port: how many listeners have yet to close how many sockets. Until then the port is ours.
  std::map<std::uint16_t, std::size_t> closing_;
  std::shared_ptr<const host_addresses> names_ = std::make_shared<host_addresses>();
  bool listening_ = false;
};

} // namespace thespis::actors
