#include "actors/supervisor.hpp"

#include "actors/log.hpp"

#include <caf/send.hpp>

#include <cstdlib>

namespace thespis::actors {

supervisor::supervisor(caf::actor_config& config, core& home, std::function<void()> on_stopped)
  : caf::event_based_actor(config), core_(home), on_stopped_(std::move(on_stopped)) {
  set_default_handler(caf::drop);
  set_down_handler([this](const caf::down_msg& down) { mourn(down); });
}

caf::behavior supervisor::make_behavior() {
  for (const auto& one : core_.partitions)
    watch(one);
  watch(core_.administrator);
  watch(core_.scheduler);
  return {[this](const shut_down&) { stop_clients(); },
          [this](const listener_opened&) { ++listeners_left_; },
          [this](const client_opened& client) {
            embedded_clients_.emplace(client.address.address(), client.address);
            monitor(client.address);
          },
          [this](const drained&) {
            --listeners_left_;
            stop_core_if_drained();
          }};
}

void supervisor::watch(const caf::actor& one) {
  alive_.insert(one.address());
  monitor(one);
}

void supervisor::stop_clients() {
  if (std::exchange(stopping_clients_, true))
    return;
  for (const auto& one : core_.listeners)
    post(one, context(), shut_down{});
  for (const auto& [address, one] : embedded_clients_)
    post(one, context(), close_connection{});
  stop_core_if_drained();
}

void supervisor::stop_core_if_drained() {
  if (!stopping_clients_ || listeners_left_ != 0 || !embedded_clients_.empty()
      || std::exchange(stopping_core_, true))
    return;
  for (const auto& one : core_.partitions)
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.administrator, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.scheduler, caf::exit_reason::user_shutdown);
}

void supervisor::mourn(const caf::down_msg& down) {
  if (embedded_clients_.erase(down.source) != 0) {
    stop_core_if_drained();
    return;
  }
  if (alive_.erase(down.source) == 0)
    return;
  if (!stopping_core_) {
    log::warning("An actor that holds data has died ({}). Ending the process, because going on would "
                 "lose that data quietly.",
                 caf::to_string(down.reason));
    std::abort();
  }
  if (!alive_.empty())
    return;
  quit();
  on_stopped_();
}

} // namespace thespis::actors
