#include "tests/unit/commands/test_server.hpp"

using namespace thespis;
using namespace thespis::tests;

namespace {

constexpr std::uint64_t ns_per_ms = 1'000'000;

struct monitored : test_server {
  monitored() {
    run("CONFIG", "SET", "latency-monitor-threshold", 10);
    state.note_latency("command", 1'000'000, 20 * ns_per_ms);
    state.note_latency("command", 2'000'000, 15 * ns_per_ms);
    state.note_latency("expire-cycle", 3'000'000, 11 * ns_per_ms);
    state.note_latency("expire-cycle", 4'000'000, 9 * ns_per_ms);
  }
};

} // namespace

TEST_CASE("LATENCY LATEST shows the last and the worst of each event", "[latency]") {
  monitored server;
  CHECK(server.run("LATENCY", "LATEST")
        == array({array({bulk("command"), integer(2000), integer(15), integer(20)}),
                  array({bulk("expire-cycle"), integer(3000), integer(11), integer(11)})}));
}

TEST_CASE("LATENCY HISTORY shows the samples of an event", "[latency]") {
  monitored server;
  CHECK(server.run("LATENCY", "HISTORY", "command")
        == array({array({integer(1000), integer(20)}), array({integer(2000), integer(15)})}));
  CHECK(server.run("LATENCY", "HISTORY", "nothing") == array({}));
}

TEST_CASE("LATENCY RESET forgets some or all events", "[latency]") {
  monitored server;
  CHECK(server.run("LATENCY", "RESET", "command", "nothing") == integer(1));
  CHECK(server.run("LATENCY", "LATEST").items.size() == 1);
  CHECK(server.run("LATENCY", "RESET") == integer(1));
  CHECK(server.run("LATENCY", "LATEST") == array({}));
}

TEST_CASE("LATENCY GRAPH draws an event that it knows", "[latency]") {
  monitored server;
  CHECK(server.run("LATENCY", "GRAPH", "command").text.find("command - high 20 ms, low 15 ms")
        == 0);
  CHECK(server.run("LATENCY", "GRAPH", "x") == error("ERR No samples available for event 'x'"));
}

TEST_CASE("LATENCY DOCTOR says whether the monitor is on", "[latency]") {
  test_server server;
  CHECK(server.run("LATENCY", "DOCTOR").text.find("disabled") != std::string::npos);
  monitored on;
  CHECK(on.run("LATENCY", "DOCTOR").text.find("1. command: 2 latency spikes") != std::string::npos);
}

TEST_CASE("LATENCY HISTOGRAM shows calls by powers of two", "[latency]") {
  test_server server{1, 3};
  server.run("SET", "k", "v");
  server.run("SET", "k", "v");
  server.run("CONFIG", "GET", "hz");
  const auto reply = server.run("LATENCY", "HISTOGRAM", "set", "nothing");
  REQUIRE(reply.type == protocol::resp_type::map);
  REQUIRE(reply.items.size() == 2);
  CHECK(reply.items[0] == bulk("set"));
  CHECK(*reply.items[1].find("calls") == integer(2));
  const auto& pages = reply.items[1].find("histogram_usec")->items;
  REQUIRE(pages.size() >= 2);
  CHECK(pages.back() == integer(2));
  // A container stands for its subcommands.
  CHECK(server.run("LATENCY", "HISTOGRAM", "CONFIG").items[0] == bulk("config|get"));
  CHECK(server.run("LATENCY", "HISTOGRAM", "get") == map({}));
  CHECK(server.run("LATENCY", "HISTOGRAM").find("set") != nullptr);
}
