/// The store as a program that embeds it sees it. See server/thespis.hpp.

#include "server/thespis.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace thespis;

namespace {

reply ask(caf::actor_system& system, const caf::actor& client, std::vector<std::string> words) {
  caf::scoped_actor self{system};
  reply got;
  self->request(client, caf::infinite, request{std::move(words)})
    .receive([&](const reply& one) { got = one; }, [](const caf::error&) {});
  return got;
}

std::string timeout_of(caf::actor_system& system, store& one) {
  const auto got = ask(system, one.connect(), {"CONFIG", "GET", "timeout"});
  REQUIRE(got.items().size() == 2);
  return got.items()[1].text;
}

} // namespace

TEST_CASE("a store's settings are its own", "[embedding]") {
  caf::actor_system_config config;
  use_event_loops(config, 2);
  caf::actor_system system{config};
  options settings;
  REQUIRE(configure(settings, "partitions", "3"));
  const auto timeout = settings.formatted(base::option::timeout);
  store one{system, settings};
  store other{system, settings};
  CHECK(ask(system, one.connect(), {"CONFIG", "SET", "timeout", "17"}).is_ok());
  CHECK(timeout_of(system, one) == "17");
  CHECK(timeout_of(system, other) == timeout);
  CHECK(settings.formatted(base::option::timeout) == timeout);
}

TEST_CASE("a store listens where the settings that it was made with say", "[embedding]") {
  caf::actor_system_config config;
  use_event_loops(config, 2);
  caf::actor_system system{config};
  options settings;
  REQUIRE(configure(settings, "port", "0"));
  store one{system, settings};
  REQUIRE(configure(settings, "port", "1"));
  CHECK(one.listen().why() == "Configured to not listen anywhere, exiting.");
}
