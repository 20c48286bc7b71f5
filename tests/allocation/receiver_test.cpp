/// Messages on their way to an embedded client's receiver, with every allocation on it failing in
/// turn: the receiver misses none without being told by the end of its client, and whoever ends is
/// forgotten.

#include "tests/actor/stepped_exchange.hpp"
#include "tests/allocation/failing_allocation.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>

using namespace thespis;
using namespace thespis::tests;

namespace {

/// Whether messages 0, 1 … came without a gap up to where the client ended, if it did.
bool has_gap(const history& seen) {
  auto next = 0;
  for (const auto& line : seen)
    if (line.starts_with("a "))
      if (line != "a " + std::to_string(next++))
        return true;
  return false;
}

std::ptrdiff_t messages_in(const history& seen) {
  return std::count_if(seen.begin(), seen.end(),
                       [](const auto& line) { return line.starts_with("a "); });
}

/// A client that listens and one that publishes.
struct audience {
  void say(const caf::actor& who, std::vector<std::string> words) {
    caf::anon_send(who, actors::embedded_request{std::move(words)});
    world.run();
  }

  history listened;
  history published;
  stepped_exchange world{1};
  caf::actor publisher = world.host_with_client(published);
  caf::actor listener = world.host_with_client(listened);
};

} // namespace

TEST_CASE("a receiver misses no message without memory but by the end of its client",
          "[allocation]") {
  for (const auto how : {failing::once, failing::from_then_on})
    for (std::size_t number = 1;; ++number) {
      CAPTURE(number, how == failing::once);
      audience all;
      auto& [listened, published, world, publisher, listener] = all;
      all.say(listener, {"SUBSCRIBE", "a"});
      REQUIRE(listened.size() == 1);
      auto failed = false;
      {
        const failing_allocation fail{number, how};
        for (const auto* const text : {"0", "1", "2"})
          all.say(publisher, {"PUBLISH", "a", text});
        failed = fail.happened();
      }
      all.say(listener, {"ECHO", "there"});
      const auto lives = listened.back() == "reply \"there\"";
      // Without memory even for the error it is the publisher's client that ends.
      CHECK((published.size() == 3 || how == failing::from_then_on));
      const auto accepted = std::count(published.begin(), published.end(), "reply 1");
      // A request without memory was not run, and its number is missing for all.
      if (accepted == 3) {
        CHECK_FALSE(has_gap(listened));
        CHECK((!lives || messages_in(listened) == 3));
      }
      all.say(listener, {"RESET"});
      history later;
      all.say(world.host_with_client(later), {"PUBLISH", "a", "3"});
      CHECK(later == history{"reply 0"});
      if (!failed)
        break;
    }
}

TEST_CASE("whoever cannot subscribe for lack of memory is told so", "[allocation]") {
  for (const auto how : {failing::once, failing::from_then_on})
    for (std::size_t number = 1;; ++number) {
      CAPTURE(number, how == failing::once);
      audience all;
      auto& [listened, published, world, publisher, listener] = all;
      caf::anon_send(listener, actors::embedded_request{{"SUBSCRIBE", "a", "b"}});
      auto failed = false;
      {
        const failing_allocation fail{number, how};
        world.run();
        failed = fail.happened();
      }
      REQUIRE_FALSE(listened.empty());
      const auto confirmed = listened.front() == R"(reply ["subscribe", "a", 1])";
      CHECK((confirmed || listened.front().starts_with("reply -OOM")));
      all.say(publisher, {"PUBLISH", "a", "0"});
      if (confirmed)
        CHECK(messages_in(listened) == 1);
      caf::anon_send_exit(listener, caf::exit_reason::user_shutdown);
      world.run();
      all.say(publisher, {"PUBLISH", "a", "1"});
      CHECK(published.back() == "reply 0");
      if (!failed)
        break;
    }
}
