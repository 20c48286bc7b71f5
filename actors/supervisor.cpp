#include "actors/supervisor.hpp"

#include "actors/journal_messages.hpp"
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
  // Nobody watches the supervisor.
  set_exception_handler(die);
}

supervisor::~supervisor() {
  outlived_references(*this);
}

caf::behavior supervisor::make_behavior() {
  for (std::size_t i = 0; i < core_.partitions.size(); ++i)
    watch(core_.partitions[i], role::core, fmt::format("partition {}", i));
  watch(core_.administrator, role::core, "the administrator");
  watch(core_.broker, role::core, "the broker");
  for (std::size_t i = 0; i < core_.fan_outs.size(); ++i)
    watch(core_.fan_outs[i], role::core, fmt::format("fan-out {}", i));
  watch(core_.scheduler, role::core, "the scheduler");
  watch(core_.reclaimer, role::core, "the reclaimer");
  watch(core_.snapshot_writer, role::core, "the snapshot writer");
  watch(core_.journal, role::core, "the journal");
  watch(core_.journal_writer, role::core, "the journal writer");
  watch(core_.journal_syncer, role::core, "the journal syncer");
  for (std::size_t i = 0; i < core_.workers.size(); ++i)
    watch(core_.workers[i], role::core, fmt::format("worker {}", i));
  for (std::size_t i = 0; i < core_.listeners.size(); ++i)
    watch(core_.listeners[i], role::listener, fmt::format("listener {}", i));
  return {[this](const shut_down&) {
            core_.running_scripts.end_all();
            stop_clients();
          },
          [this](const client_opened& client) { receive(client.address); },
          [this](const drained&) {
            const turn now{this};
            --listeners_left_;
            stop_core_if_drained();
          },
          [this](const journal_finished&) {
            const turn now{this};
            stop_core();
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

caf::error supervisor::die(std::exception_ptr& why) {
  log::warning("The supervisor of the core actors has failed ({}). Ending the process.",
               log::what(why));
  std::abort();
}

void supervisor::watch(const caf::actor& one, role part, std::string name) {
  watched_.emplace(one.address(), watched{part, std::move(name)});
  if (part == role::core)
    ++core_left_;
  monitor(one);
}

/// Listeners end by themselves, others are sent an exit message.
bool supervisor::was_asked_to_end(const watched& one, const caf::error& reason) const noexcept {
  return one.part == role::listener ? stopping_clients_ && !reason : stopping_core_;
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
  post(core_.journal, context(), finish_journal{});
}

/// Nothing is told to the journal any more but what would happen again by itself: expiry.
void supervisor::stop_core() {
  const unwatched envelope;
  for (const auto& one : core_.partitions)
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.administrator, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.broker, caf::exit_reason::user_shutdown);
  for (const auto& one : core_.fan_outs)
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.scheduler, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.reclaimer, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.snapshot_writer, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.journal, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.journal_writer, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(core_.journal_syncer, caf::exit_reason::user_shutdown);
  for (const auto& one : core_.workers)
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
}

void supervisor::mourn(const caf::down_msg& down) {
  const turn now{this};
  if (embedded_clients_.erase(down.source) != 0) {
    stop_core_if_drained();
    leave_if_alone();
    return;
  }
  const auto found = watched_.find(down.source);
  if (found == watched_.end())
    return;
  const auto dead = std::move(found->second);
  watched_.erase(found);
  if (!was_asked_to_end(dead, down.reason)) {
    log::warning("A core actor has died: {} ({}). Ending the process, because going on would lose "
                 "data quietly.",
                 dead.name, caf::to_string(down.reason));
    std::abort();
  }
  if (dead.part == role::listener || --core_left_ != 0)
    return;
  on_stopped_();
  leave_if_alone();
}

void supervisor::leave_if_alone() {
  if (!nobody_comes_ || core_left_ != 0 || !embedded_clients_.empty())
    return;
  quit();
  on_gone_();
}

} // namespace thespis::actors
