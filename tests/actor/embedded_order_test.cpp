/// The order of replies and messages for an embedded client, with actors that run one message at a
/// time, in an order that a seed decides.

#include "tests/actor/stepped_exchange.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace thespis;
using namespace thespis::tests;

namespace {

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
    CAPTURE(line, seen);
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
  for (unsigned seed = 1; seed <= 1000; ++seed) {
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
  for (unsigned seed = 240; seed <= 240; ++seed) {
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
