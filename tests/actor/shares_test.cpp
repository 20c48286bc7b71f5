/// A request that several partitions run is one request to whoever counts or logs it.

#include "tests/actor/stepped_core.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis;
using namespace thespis::tests;

namespace {

std::uint64_t calls_of(stepped_core& world, std::string_view name) {
  const auto totals = world.home().server.commands_so_far(false);
  const auto rows = world.home().server.rows;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].name == name)
      return totals.rows[i].calls;
  return 0;
}

} // namespace

TEST_CASE("a request over several partitions is counted once", "[shares]") {
  stepped_core world{4};
  stepped_client client{world};
  client.say({{"MSET", "a", "1", "b", "2", "c", "3", "d", "4"}, {"DBSIZE"}, {"KEYS", "*"}});
  client.say({{"MGET", "a", "b", "c", "d"}, {"DEL", "a", "b", "c"}, {"FLUSHALL"}});
  for (const auto* name : {"mset", "dbsize", "keys", "mget", "del", "flushall"}) {
    CAPTURE(name);
    CHECK(calls_of(world, name) == 1);
  }
}

TEST_CASE("an error of a request over several partitions is counted once", "[shares]") {
  stepped_core world{4};
  stepped_client client{world};
  client.say({{"FLUSHALL", "foo"}, {"SWAPDB", "0", "99"}});
  const auto info = client.say({{"INFO", "errorstats"}});
  CHECK(info.find("errorstat_ERR:count=2\r\n") != std::string::npos);
}

TEST_CASE("the slow log has the client's words, and a request once", "[shares]") {
  stepped_core world{4};
  stepped_client client{world};
  client.say({{"CONFIG", "SET", "slowlog-log-slower-than", "0"}, {"SLOWLOG", "RESET"}});
  client.say({{"MSET", "a", "1", "b", "2", "c", "3", "d", "4"}, {"SCAN", "1"}});
  client.say({{"CONFIG", "SET", "slowlog-log-slower-than", "-1"}});
  const auto log = client.say({{"SLOWLOG", "GET"}});
  CHECK(log.find("*9\r\n$4\r\nMSET\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n") != std::string::npos);
  CHECK(log.find("*2\r\n$4\r\nSCAN\r\n$1\r\n1\r\n") != std::string::npos);
  CHECK(log.find("MSET") == log.rfind("MSET"));
}
