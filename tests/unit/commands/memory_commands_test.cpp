#include "commands/memory_report.hpp"
#include "tests/unit/commands/test_server.hpp"

using namespace thespis;
using namespace thespis::tests;

namespace {

constexpr std::uint64_t mib = 1024 * 1024;

struct measured : test_server {
  measured() {
    state.facts.startup_memory_bytes = mib;
    state.hooks.measure_memory = [this] { return figures; };
  }
  commands::memory_figures figures{.used = 101 * mib,
                                   .resident = 202 * mib,
                                   .allocator_allocated = 100 * mib,
                                   .allocator_active = 150 * mib,
                                   .allocator_resident = 180 * mib};
};

} // namespace

TEST_CASE("MEMORY USAGE tells the bytes of a key", "[memory]") {
  test_server server;
  server.run("SET", "small", "1");
  server.run("SET", "large", std::string(10'000, 'x'));
  const auto small = server.run("MEMORY", "USAGE", "small").number;
  CHECK(small >= 24);
  CHECK(small < 100);
  CHECK(server.run("MEMORY", "USAGE", "large", "SAMPLES", 0).number > 10'000);
  CHECK(server.run("MEMORY", "USAGE", "missing") == null());
}

TEST_CASE("MEMORY USAGE counts as no look-up", "[memory]") {
  test_server server;
  server.run("SET", "k", "v");
  server.run("MEMORY", "USAGE", "k");
  server.run("MEMORY", "USAGE", "missing");
  CHECK(server.store.home("k").hits.get() == 0);
  CHECK(server.store.home("missing").misses.get() == 0);
}

TEST_CASE("MEMORY USAGE refuses bad options", "[memory]") {
  test_server server;
  CHECK(server.run("MEMORY", "USAGE", "k", "foo") == error("ERR syntax error"));
  CHECK(server.run("MEMORY", "USAGE", "k", "samples") == error("ERR syntax error"));
  CHECK(server.run("MEMORY", "USAGE", "k", "samples", -1) == error("ERR syntax error"));
  CHECK(server.run("MEMORY", "USAGE", "k", "samples", "x")
        == error("ERR value is not an integer or out of range"));
}

TEST_CASE("MEMORY STATS derives Redis' figures", "[memory]") {
  measured server;
  const auto stats = server.run("MEMORY", "STATS");
  REQUIRE(stats.items.size() == 54);
  const auto figure = [&](std::string_view name) {
    for (std::size_t i = 0; i < stats.items.size(); i += 2)
      if (stats.items[i].text == name)
        return stats.items[i + 1];
    return null();
  };
  CHECK(figure("total.allocated") == integer(101 * mib));
  CHECK(figure("peak.allocated") == integer(101 * mib));
  CHECK(figure("overhead.total") == integer(mib));
  CHECK(figure("dataset.bytes") == integer(100 * mib));
  CHECK(figure("dataset.percentage") == bulk("100"));
  CHECK(figure("fragmentation") == bulk("2"));
  CHECK(figure("fragmentation.bytes") == integer(101 * mib));
  CHECK(figure("allocator-fragmentation.ratio") == bulk("1.5"));
  CHECK(figure("allocator-rss.ratio") == bulk("1.2"));
}

TEST_CASE("MEMORY STATS tells about what tables take from the number of their keys", "[memory]") {
  const auto keys = GENERATE(1, 7, 20, 500, 1000, 20'000);
  const auto expiring = GENERATE(false, true);
  measured server;
  keyspace::database actual{1};
  const auto end_ms = server.store.now_ms() + 60'000;
  for (int i = 0; i < keys; ++i) {
    const auto key = "key:" + std::to_string(i);
    auto at = actual.find(key);
    if (expiring)
      actual.set_string_until(at, "v", end_ms);
    else
      actual.set_string(at, "v");
  }
  server.store.shard(0).keys[2].set(actual.size());
  server.store.shard(0).expires[2].set(actual.expires());
  const auto stats = server.run("MEMORY", "STATS");
  REQUIRE(stats.items.size() == 56);
  REQUIRE(stats.items[20] == bulk("db.2"));
  const auto& database = stats.items[21].items;
  REQUIRE(database.size() == 6);
  CHECK(database[0] == bulk("overhead.hashtable.main"));
  CHECK(database[2] == bulk("overhead.hashtable.expires"));
  CHECK(database[4] == bulk("overhead.hashtable.slot-to-keys"));
  CHECK((database[3].number > 0) == expiring);
  CHECK(database[5].number == 0);
  const auto total = static_cast<double>(database[1].number + database[3].number);
  CHECK(total == Approx(actual.overhead_bytes()).epsilon(0.15));
  REQUIRE(stats.items[22] == bulk("overhead.total"));
  CHECK(stats.items[23].number
        == static_cast<std::int64_t>(mib) + static_cast<std::int64_t>(total));
}

TEST_CASE("The peak of memory is remembered until a reset", "[memory]") {
  measured server;
  server.state.memory();
  server.figures.used = 10 * mib;
  CHECK(server.state.memory().peak == 101 * mib);
  server.run("CONFIG", "RESETSTAT");
  CHECK(server.state.memory().peak == 10 * mib);
}

TEST_CASE("MEMORY DOCTOR names what is odd", "[memory]") {
  measured server;
  CHECK(server.run("MEMORY", "DOCTOR").text.find("High total RSS") != std::string::npos);
  server.figures = {.used = 100 * mib,
                    .resident = 101 * mib,
                    .allocator_allocated = 100 * mib,
                    .allocator_active = 100 * mib,
                    .allocator_resident = 100 * mib};
  server.run("CONFIG", "RESETSTAT");
  CHECK(server.run("MEMORY", "DOCTOR") == bulk("No memory problem was found in this instance.\n"));
  server.figures.used = mib;
  CHECK(server.run("MEMORY", "DOCTOR").text.find("very little memory") != std::string::npos);
}

TEST_CASE("MEMORY PURGE and MALLOC-STATS go to the allocator", "[memory]") {
  test_server server;
  CHECK(server.run("MEMORY", "PURGE") == ok());
  CHECK(server.run("MEMORY", "MALLOC-STATS")
        == bulk("Stats not supported for the current allocator"));
  bool purged = false;
  server.state.hooks.purge_memory = [&] { purged = true; };
  server.state.hooks.allocator_report = [] { return std::string{"arenas"}; };
  CHECK(server.run("MEMORY", "PURGE") == ok());
  CHECK(purged);
  CHECK(server.run("MEMORY", "MALLOC-STATS") == bulk("arenas"));
}
