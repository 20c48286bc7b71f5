#include "actors/supervisor.hpp"

#include "actors/log.hpp"

#include <caf/send.hpp>

#include <cstdlib>

namespace thespis::actors {

supervisor::supervisor(caf::actor_config& config, core& home, std::function<void()> on_stopped,
                       std::function<void()> on_gone)
  : store_actor(config),
    core_(home),
    on_stopped_(std::move(on_stopped)),
    on_gone_(std::move(on_gone)),
    listeners_left_(home.listeners.size()) {
  set_down_handler([this](const caf::down_msg& down) { mourn(down); });
}

supervisor::~supervisor() {
  outlived_references(*this);
}

caf::behavior supervisor::make_behavior() {
  for (const auto& one : core_.partitions)
    watch(one);
  watch(core_.administrator);
  watch(core_.scheduler);
  return {[this](const shut_down&) { stop_clients(); },
          [this](const client_opened& client) { receive(client.address); },
          [this](const drained&) {
            const turn now{this};
            --listeners_left_;
            stop_core_if_drained();
          },
          [this](const farewell&) {
            const turn now{this};
            nobody_comes_ = true;
            leave_if_alone();
          }};
}

void supervisor::receive(const caf::actor& client) {
  const turn now{this};
  embedded_clients_.emplace(client.address(), client);
  monitor(client);
  if (stopping_clients_)
    post(client, context(), close_connection{});
  else
    post(client, context(), client_admitted{});
}

void supervisor::watch(const caf::actor& one) {
  alive_.insert(one.address());
  monitor(one);
}

void supervisor::stop_clients() {
  const turn now{this};
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
  const unwatched envelope;
  for (const auto& one : core_.partitions)
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.administrator, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.scheduler, caf::exit_reason::user_shutdown);
}

void supervisor::mourn(const caf::down_msg& down) {
  const turn now{this};
  if (embedded_clients_.erase(down.source) != 0) {
    stop_core_if_drained();
    leave_if_alone();
    return;
  }
  if (alive_.erase(down.source) == 0)
    return;
  if (!stopping_core_) {
    log::warning(
      "An actor that holds data has died ({}). Ending the process, because going on would "
      "lose that data quietly.",
      caf::to_string(down.reason));
    std::abort();
  }
  if (!alive_.empty())
    return;
  on_stopped_();
  leave_if_alone();
}

void supervisor::leave_if_alone() {
  if (!nobody_comes_ || !alive_.empty() || !embedded_clients_.empty())
    return;
  quit();
  on_gone_();
}

} // namespace thespis::actors
