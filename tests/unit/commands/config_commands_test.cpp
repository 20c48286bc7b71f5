#include "tests/unit/commands/test_server.hpp"

using namespace thespis;
using namespace thespis::tests;

TEST_CASE("CONFIG GET replies a map of what matches", "[config]") {
  test_server server;
  CHECK(server.run("CONFIG", "GET", "maxmemory-samp*") == bulks({"maxmemory-samples", "5"}));
  CHECK(server.run("CONFIG", "GET", "nothing") == array({}));
  server.run("HELLO", 3);
  CHECK(server.run("CONFIG", "GET", "maxmemory-samples", "timeout")
        == map({bulk("maxmemory-samples"), bulk("5"), bulk("timeout"), bulk("0")}));
}

TEST_CASE("CONFIG SET changes all settings or none", "[config]") {
  test_server server;
  CHECK(server.run("CONFIG", "SET", "timeout", 5, "hz", 20) == ok());
  CHECK(server.options.get(base::option::timeout) == 5);
  CHECK(server.run("CONFIG", "SET", "timeout", 7, "maxmemory", "x")
        == error("ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must "
                 "be a memory value"));
  CHECK(server.options.get(base::option::timeout) == 5);
  CHECK(server.run("CONFIG", "SET", "foo", "bar")
        == error("ERR Unknown option or number of arguments for CONFIG SET - 'foo'"));
  CHECK(server.run("CONFIG", "SET", "timeout", 1, "hz") == error("ERR syntax error"));
}

TEST_CASE("CONFIG SET carries thresholds over to those who run commands", "[config]") {
  test_server server;
  const auto& execution = server.state.execution;
  CHECK(execution.slow_log_ns == 10'000'000);
  CHECK(execution.latency_monitor_ns == commands::execution_settings::never);
  server.run("CONFIG", "SET", "slowlog-log-slower-than", -1);
  CHECK(execution.slow_log_ns == commands::execution_settings::never);
  CHECK(execution.report_ticks == commands::execution_settings::never);
  server.run("CONFIG", "SET", "slowlog-log-slower-than", 0);
  CHECK(execution.report_ticks == 0);
  server.run("CONFIG", "SET", "slowlog-log-slower-than", "9223372036854775807");
  CHECK(execution.slow_log_ns > 1'000'000'000);
  server.run("CONFIG", "SET", "latency-monitor-threshold", 3);
  CHECK(execution.latency_monitor_ns == 3'000'000);
  CHECK(execution.report_ticks == base::tick_clock::from_ns(3'000'000));
  server.run("CONFIG", "SET", "latency-tracking", "no");
  CHECK_FALSE(execution.track_latency);
}

TEST_CASE("CONFIG SET requirepass closes the gate and opens it again", "[config]") {
  test_server server;
  CHECK_FALSE(server.state.gates.is_up(commands::gate_password));
  server.run("CONFIG", "SET", "requirepass", "x");
  CHECK(server.state.gates.is_up(commands::gate_password));
  server.run("CONFIG", "SET", "requirepass", "");
  CHECK_FALSE(server.state.gates.is_up(commands::gate_password));
}

TEST_CASE("CONFIG SET maxmemory-policy decides what access clocks count", "[config]") {
  test_server server;
  server.run("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu", "lfu-decay-time", 3);
  CHECK(server.state.access.lfu);
  CHECK(server.state.access.lfu_decay_minutes == 3);
  server.run("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
  CHECK_FALSE(server.state.access.lfu);
}

TEST_CASE("CONFIG REWRITE needs a configuration file", "[config]") {
  test_server server;
  CHECK(server.run("CONFIG", "REWRITE")
        == error("ERR The server is running without a config file"));
  server.state.facts.config_file = "/etc/t.conf";
  bool fails = false;
  server.state.hooks.rewrite_config = [&]() -> base::result<void> {
    if (fails)
      return base::fault{"Permission denied"};
    return {};
  };
  CHECK(server.run("CONFIG", "REWRITE") == ok());
  fails = true;
  CHECK(server.run("CONFIG", "REWRITE") == error("ERR Rewriting config file: Permission denied"));
  CHECK(server.logged.back() == "CONFIG REWRITE failed: Permission denied");
}

TEST_CASE("CONFIG RESETSTAT begins to count anew", "[config]") {
  test_server server;
  server.run("SET", "k", "v");
  server.run("GET", "missing");
  server.run("foo");
  server.network.bytes_in.add(100);
  CHECK(server.run("CONFIG", "RESETSTAT") == ok());
  const auto commands = server.state.commands_so_far(true);
  // The reset itself is counted when it is over.
  CHECK(commands.calls() == 1);
  CHECK(commands.errors.empty());
  CHECK(server.state.traffic_so_far().bytes_in == 0);
  CHECK(server.state.traffic_so_far().misses == 0);
  server.network.bytes_in.add(5);
  CHECK(server.state.traffic_so_far().bytes_in == 5);
}
