#include "actors/listening_places.hpp"

#include "actors/log.hpp"
#include "actors/messages.hpp"
#include "base/ascii.hpp"

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

namespace thespis::actors {

namespace {

bool contains(const std::vector<tcp_place>& places, const tcp_place& one) {
  return std::find(places.begin(), places.end(), one) != places.end();
}

void send_to_all(core& home, caf::execution_unit* here, listening_sockets sockets) {
  const auto shared = std::make_shared<listening_sockets>(std::move(sockets));
  for (const auto& one : home.listeners)
    post(one, here, open_sockets{shared});
}

} // namespace

void listening_places::open(listening_sockets sockets, caf::execution_unit* here) {
  listening_ = true;
  places_ = sockets.tcp_places();
  send_to_all(core_, here, std::move(sockets));
}

host_addresses listening_places::names_to_find(protocol::arguments config_set,
                                               const base::options& settings) {
  host_addresses names;
  const auto add = [&](std::string address) {
    if (address.starts_with('-'))
      address.erase(0, 1);
    if (host_addresses::is_name(address))
      names.want(std::move(address));
  };
  bool moves = false;
  for (std::size_t i = 2; i + 1 < config_set.size(); i += 2) {
    const auto is_bind = base::equals_nocase(config_set[i], "bind");
    moves = moves || is_bind || base::equals_nocase(config_set[i], "port");
    if (!is_bind)
      continue;
    std::istringstream words{std::string{config_set[i + 1]}};
    for (std::string address; words >> address;)
      add(std::move(address));
  }
  if (moves)
    for (auto& address : settings.bind_addresses())
      add(std::move(address));
  return names;
}

base::result<void> listening_places::follow(const base::options& settings,
                                            caf::execution_unit* here) {
  if (!listening_)
    return {};
  const auto wanted = tcp_places_of(settings);
  auto opened = open_missing(settings, wanted);
  if (!opened) {
    log::warning("{}", opened.why());
    return base::fault{opened.why()};
  }
  auto places = opened->tcp_places();
  std::vector<tcp_place> gone;
  for (const auto& one : places_)
    (contains(wanted, one) ? places : gone).push_back(one);
  for (const auto& one : gone)
    closing_[one.port] += core_.listeners.size();
  places_ = std::move(places);
  send_to_all(core_, here, std::move(*opened));
  const close_sockets order{std::make_shared<const std::vector<tcp_place>>(std::move(gone))};
  for (const auto& one : core_.listeners)
    post(one, here, order);
  return {};
}

void listening_places::forget(const std::vector<tcp_place>& places) {
  for (const auto& one : places)
    if (const auto found = closing_.find(one.port); found != closing_.end() && --found->second == 0)
      closing_.erase(found);
}

bool listening_places::uses_port(std::uint16_t port) const {
  return closing_.contains(port)
         || std::any_of(places_.begin(), places_.end(),
                        [&](const tcp_place& ours) { return ours.port == port; });
}

base::result<listening_sockets> listening_places::open_missing(
  const base::options& settings, const std::vector<tcp_place>& wanted) const {
  listening_sockets fresh{core_.listeners.size()};
  for (const auto& one : wanted) {
    if (contains(places_, one))
      continue;
    if (auto done = fresh.open_tcp(one, backlog_of(settings), uses_port(one.port), names_.get());
        !done)
      return base::fault{done.why()};
  }
  return fresh;
}

} // namespace thespis::actors
