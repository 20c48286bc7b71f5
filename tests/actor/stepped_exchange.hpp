#pragma once

/// A stepped core with what pub/sub needs, and actors of a host with embedded clients.

#include "actors/broker.hpp"
#include "actors/embedded_client.hpp"
#include "actors/fan_out.hpp"
#include "actors/messages.hpp"
#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"

#include <caf/all.hpp>

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace thespis::tests {

/// What a host's actor has seen, in this order: replies as "reply …", messages as "topic number".
using history = std::vector<std::string>;

/// Sends on as requests to its client what it is sent, and gets that client's messages.
inline caf::behavior host(caf::event_based_actor* self, history* seen) {
  const auto client = std::make_shared<caf::actor>();
  return {
    [=](const caf::actor& mine) { *client = mine; },
    [=](const actors::embedded_request& words) {
      self->request(*client, caf::infinite, words).then([=](const actors::embedded_reply& got) {
        if (got.items().empty())
          seen->push_back("reply " + show(got.value));
        for (const auto& one : got.items())
          seen->push_back("reply " + show(one));
      });
    },
    [=](const actors::channel_message& news) {
      const auto topic = news.pattern.empty() ? news.channel : news.pattern;
      seen->push_back(std::string{topic} + ' ' + std::string{news.payload});
    }};
}

class stepped_exchange {
public:
  explicit stepped_exchange(unsigned seed) : world_(1), dice_(seed) {
    auto& home = world_.home();
    home.loops.push_back(nullptr);
    home.fan_outs.resize(1);
    home.fan_outs.push_back(world_.system().spawn<actors::fan_out, caf::hidden>(
      nullptr, std::ref(home), pubsub::group_index{1}));
    home.broker = world_.system().spawn<actors::broker, caf::hidden>(std::ref(home));
  }
  ~stepped_exchange() {
    for (const auto& one : clients_)
      caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    world_.run();
    caf::anon_send_exit(world_.home().fan_outs.back(), caf::exit_reason::user_shutdown);
    caf::anon_send_exit(world_.home().broker, caf::exit_reason::user_shutdown);
    world_.run();
  }

  caf::actor connect(const caf::actor& receiver) {
    clients_.push_back(world_.system().spawn<actors::embedded_client, caf::hidden>(
      std::ref(world_.home()), receiver));
    actors::post(clients_.back(), nullptr, actors::client_admitted{});
    return clients_.back();
  }
  /// An actor with a client.
  caf::actor host_with_client(history& seen) {
    const auto one = world_.system().spawn(host, &seen);
    caf::anon_send(one, connect(one));
    world_.run();
    return one;
  }
  /// So many of the actors that have something to do handle one message.
  void run_some(std::size_t steps) {
    auto& waiting = dynamic_cast<caf::scheduler::test_coordinator&>(world_.system().scheduler());
    for (; steps > 0 && waiting.has_job(); --steps) {
      std::swap(waiting.jobs.front(), waiting.jobs[below(waiting.jobs.size())]);
      waiting.run_once();
    }
  }
  void run() {
    world_.run();
  }
  std::size_t below(std::size_t limit) {
    return static_cast<std::size_t>(dice_() % limit);
  }
  actors::core& home() {
    return world_.home();
  }

private:
  stepped_core world_;
  std::mt19937 dice_;
  std::vector<caf::actor> clients_;
};

} // namespace thespis::tests
