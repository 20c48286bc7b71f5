/// The order of replies and messages for an embedded client, with actors that run one message at a
/// time, in an order that a seed decides.

#include "actors/broker.hpp"
#include "actors/embedded_client.hpp"
#include "actors/fan_out.hpp"
#include "actors/messages.hpp"
#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace thespis;
using namespace thespis::tests;

namespace {

/// What a host's actor has seen, in this order: replies as "reply …", messages as "topic number".
using history = std::vector<std::string>;

/// Sends on as requests to its client what it is sent, and gets that client's messages.
caf::behavior host(caf::event_based_actor* self, history* seen) {
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

/// A stepped core with what pub/sub needs.
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

/// What a history says of one topic.
struct period {
  bool open = false;
  int last = -1;
};

/// Every message belongs to a topic that the client subscribes to as far as it has been told, and
/// from the first one on none is missing.
void check(const history& seen) {
  std::map<std::string, period> periods;
  for (const auto& line : seen) {
    CAPTURE(line);
    const auto quoted = line.find("subscribe\", \"");
    if (line == "reply RESET") {
      periods.clear();
    } else if (quoted != std::string::npos) {
      const auto begin = quoted + 13;
      auto& about = periods[line.substr(begin, line.find('"', begin) - begin)];
      const auto opens = line.find("un") == std::string::npos;
      if (!about.open || !opens)
        about = {opens, -1};
    } else if (!line.starts_with("reply")) {
      const auto space = line.find(' ');
      auto& about = periods[line.substr(0, space)];
      const auto number = std::stoi(line.substr(space + 1));
      REQUIRE(about.open);
      REQUIRE((about.last == -1 || about.last + 1 == number));
      about.last = number;
    }
  }
}

const std::vector<std::vector<std::string>> sayings{{"SUBSCRIBE", "a"},
                                                    {"UNSUBSCRIBE", "a"},
                                                    {"PSUBSCRIBE", "*"},
                                                    {"PUNSUBSCRIBE", "*"},
                                                    {"RESET"},
                                                    {"PING"},
                                                    {"SUBSCRIBE", "a", "b"},
                                                    {"UNSUBSCRIBE"}};

} // namespace

TEST_CASE("no message comes before its confirmation or after that of the end",
          "[embedded][pubsub][property]") {
  std::size_t messages = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    history listened;
    history published;
    {
      stepped_exchange world{seed};
      const auto listener = world.host_with_client(listened);
      const auto publisher = world.host_with_client(published);
      for (int number = 0; number < 40; ++number) {
        caf::anon_send(publisher,
                       actors::embedded_request{{"PUBLISH", "a", std::to_string(number)}});
        if (world.below(2) == 0)
          caf::anon_send(listener, actors::embedded_request{sayings[world.below(sayings.size())]});
        world.run_some(world.below(20));
      }
      world.run();
      caf::anon_send_exit(listener, caf::exit_reason::user_shutdown);
      caf::anon_send(publisher, actors::embedded_request{{"PUBLISH", "a", "40"}});
      world.run();
      const auto& figures = world.home().server.topics;
      CHECK((figures.channels.get() == 0 && figures.patterns.get() == 0));
    }
    check(listened);
    CHECK(published.size() == 41);
    for (const auto& line : listened)
      messages += line.starts_with("reply") ? 0u : 1u;
  }
  CHECK(messages > 1000);
}

TEST_CASE("a client that is ended at any moment leaves no subscription behind",
          "[embedded][pubsub][property]") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    history listened;
    history published;
    stepped_exchange world{seed};
    const auto publisher = world.host_with_client(published);
    const auto listener = world.host_with_client(listened);
    caf::anon_send(listener, actors::embedded_request{{"SUBSCRIBE", "a", "b"}});
    caf::anon_send(publisher, actors::embedded_request{{"PUBLISH", "a", "0"}});
    caf::anon_send(listener, actors::embedded_request{sayings[world.below(sayings.size())]});
    caf::anon_send(listener, actors::embedded_request{{"PSUBSCRIBE", "*"}});
    caf::anon_send(publisher, actors::embedded_request{{"PUBLISH", "a", "1"}});
    world.run_some(world.below(40));
    caf::anon_send_exit(listener, caf::exit_reason::kill);
    world.run();
    caf::anon_send(publisher, actors::embedded_request{{"PUBLISH", "a", "2"}});
    world.run();
    check(listened);
    REQUIRE(published.size() == 3);
    CHECK(published.back() == "reply 0");
    const auto& figures = world.home().server.topics;
    CHECK((figures.channels.get() == 0 && figures.patterns.get() == 0));
  }
}
