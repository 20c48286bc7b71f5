#include "commands/info_sections.hpp"
#include "tests/unit/commands/test_server.hpp"

#include <sstream>

using namespace thespis;
using namespace thespis::tests;

namespace {

/// The head lines of the sections, without '#'.
std::vector<std::string> sections(test_server& server, std::vector<std::string> words) {
  words.insert(words.begin(), "INFO");
  std::istringstream text{server.store.run_words(words).text};
  std::vector<std::string> out;
  for (std::string line; std::getline(text, line);)
    if (line.substr(0, 2) == "# ")
      out.push_back(line.substr(2, line.size() - 3));
  return out;
}

/// The value of a field; "?" if there is none.
std::string field(test_server& server, std::string_view section, const std::string& name) {
  const auto text = "\n" + server.run("INFO", section).text;
  const auto at = text.find("\n" + name + ":");
  if (at == std::string::npos)
    return "?";
  const auto begin = at + name.size() + 2;
  return text.substr(begin, text.find('\r', begin) - begin);
}

using names = std::vector<std::string>;

const names usual = {"Server", "Clients", "Memory",     "Persistence", "Stats",   "Replication",
                     "CPU",    "Modules", "Errorstats", "Cluster",     "Keyspace"};
const names all = {"Server",       "Clients", "Memory",  "Persistence",  "Stats",
                   "Replication",  "CPU",     "Modules", "Commandstats", "Errorstats",
                   "Latencystats", "Cluster", "Keyspace"};

} // namespace

TEST_CASE("INFO shows the sections that are asked for, in its own order", "[info]") {
  test_server server;
  CHECK(sections(server, {}) == usual);
  CHECK(sections(server, {"DEFAULT"}) == usual);
  CHECK(sections(server, {"all"}) == all);
  CHECK(sections(server, {"everything"}) == all);
  CHECK(sections(server, {"cluster", "CPU", "cpu"}) == names{"CPU", "Cluster"});
  CHECK(sections(server, {"commandstats", "default"}).size() == usual.size() + 1);
  CHECK(server.run("INFO", "nothing") == bulk(""));
}

TEST_CASE("A section of INFO has a head line and ends with a line break", "[info]") {
  test_server server;
  CHECK(server.run("INFO", "cluster") == bulk("# Cluster\r\ncluster_enabled:0\r\n"));
  CHECK(server.run("INFO", "cluster", "modules")
        == bulk("# Modules\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n"));
  server.run("HELLO", 3);
  CHECK(server.run("INFO", "cluster").type == protocol::resp_type::verbatim);
}

TEST_CASE("INFO server tells versions, times and addresses", "[info]") {
  test_server server;
  server.run("CONFIG", "SET", "port", 7000);
  server.store.advance(90'061s);
  CHECK(field(server, "server", "redis_version") == "7.2.4");
  CHECK(field(server, "server", "server_name") == "thespis");
  CHECK(field(server, "server", "redis_mode") == "standalone");
  CHECK(field(server, "server", "uptime_in_seconds") == "90061");
  CHECK(field(server, "server", "uptime_in_days") == "1");
  CHECK(field(server, "server", "tcp_port") == "7000");
  CHECK(field(server, "server", "listener0") == "name=tcp,bind=*,bind=-::*,port=7000");
  CHECK(field(server, "server", "server_time_usec")
        == std::to_string(server.store.now_ms() * 1000));
}

TEST_CASE("INFO clients counts the directory", "[info]") {
  test_server server;
  server.connect("10.0.0.1:1");
  server.record().set_flag(commands::client_blocked, true);
  CHECK(field(server, "clients", "connected_clients") == "2");
  CHECK(field(server, "clients", "blocked_clients") == "1");
  CHECK(field(server, "clients", "maxclients") == "10000");
}

TEST_CASE("INFO memory prints numbers for people too", "[info]") {
  test_server server;
  server.state.hooks.measure_memory = [] {
    return commands::memory_figures{.used = 916'616, .resident = 6'627'328};
  };
  CHECK(field(server, "memory", "used_memory") == "916616");
  CHECK(field(server, "memory", "used_memory_human") == "895.13K");
  CHECK(field(server, "memory", "used_memory_rss_human") == "6.32M");
  CHECK(field(server, "memory", "maxmemory_human") == "0B");
  CHECK(field(server, "memory", "maxmemory_policy") == "noeviction");
  CHECK(field(server, "memory", "used_memory_peak_perc") == "100.00%");
  CHECK(field(server, "memory", "mem_fragmentation_ratio") == "7.23");
}

TEST_CASE("INFO cpu prints seconds with six digits", "[info]") {
  test_server server;
  server.state.hooks.measure_cpu = [] { return commands::cpu_figures{.system_us = 12'000'034}; };
  CHECK(field(server, "cpu", "used_cpu_sys") == "12.000034");
  CHECK(field(server, "cpu", "used_cpu_user") == "0.000000");
}

TEST_CASE("INFO stats counts hits, misses, commands and errors", "[info]") {
  test_server server{3};
  server.run("SET", "k", "v");
  server.run("GET", "k");
  server.run("GET", "missing");
  server.run("LPUSHX");
  server.network.connections_received.add(2);
  CHECK(field(server, "stats", "keyspace_hits") == "1");
  CHECK(field(server, "stats", "keyspace_misses") == "1");
  CHECK(field(server, "stats", "total_connections_received") == "2");
  CHECK(field(server, "stats", "total_error_replies") == "1");
  CHECK(field(server, "persistence", "rdb_changes_since_last_save") != "0");
}

TEST_CASE("INFO commandstats shows what was called, refused or failed", "[info]") {
  test_server server;
  server.run("GET", "k");
  server.run("GET");
  server.run("SELECT", "x");
  const auto get = field(server, "commandstats", "cmdstat_get");
  CHECK(get.find("calls=1,usec=") == 0);
  CHECK(get.find(",rejected_calls=1,failed_calls=0") != std::string::npos);
  CHECK(field(server, "commandstats", "cmdstat_select").find(",failed_calls=1")
        != std::string::npos);
  CHECK(field(server, "commandstats", "cmdstat_set") == "?");
  CHECK(field(server, "errorstats", "errorstat_ERR") == "count=2");
}

TEST_CASE("INFO latencystats shows the percentiles that the option names", "[info]") {
  test_server server;
  server.run("GET", "k");
  CHECK(field(server, "latencystats", "latency_percentiles_usec_get").find("p50=") == 0);
  server.run("CONFIG", "SET", "latency-tracking-info-percentiles", "12.5 100");
  const auto shown = field(server, "latencystats", "latency_percentiles_usec_get");
  CHECK(shown.find("p12.5=") == 0);
  CHECK(shown.find(",p100=") != std::string::npos);
  server.run("CONFIG", "SET", "latency-tracking", "no");
  CHECK(field(server, "latencystats", "latency_percentiles_usec_get") == "?");
}

TEST_CASE("INFO keyspace shows the databases that have keys", "[info]") {
  test_server server{2};
  for (std::size_t i = 0; i < 2; ++i) {
    server.store.shard(i).keys[3].set(10 + i);
    server.store.shard(i).expires[3].set(i);
  }
  CHECK(server.run("INFO", "keyspace")
        == bulk("# Keyspace\r\ndb3:keys=21,expires=1,avg_ttl=0\r\n"));
}
