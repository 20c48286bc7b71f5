#include "tests/unit/commands/test_server.hpp"

using namespace thespis;
using namespace thespis::tests;

namespace {

commands::slow_request request(std::string word, std::uint64_t ns = 12'345'678) {
  commands::slow_request out;
  out.at_ms = 1'700'000'001'999;
  out.took_ns = ns;
  out.words = {"get", std::move(word)};
  out.address = "1.2.3.4:5";
  out.client_name = "ann";
  return out;
}

} // namespace

TEST_CASE("SLOWLOG GET shows an entry in six fields", "[slowlog]") {
  test_server server;
  server.state.note_slow(request("a"));
  CHECK(server.run("SLOWLOG", "GET")
        == array({array({integer(0), integer(1'700'000'001), integer(12345), bulks({"get", "a"}),
                         bulk("1.2.3.4:5"), bulk("ann")})}));
}

TEST_CASE("SLOWLOG GET shows ten entries unless asked for more", "[slowlog]") {
  test_server server;
  for (int i = 0; i < 20; ++i)
    server.state.note_slow(request("a"));
  CHECK(server.run("SLOWLOG", "LEN") == integer(20));
  CHECK(server.run("SLOWLOG", "GET").items.size() == 10);
  CHECK(server.run("SLOWLOG", "GET", 3).items.size() == 3);
  CHECK(server.run("SLOWLOG", "GET", 0) == array({}));
  CHECK(server.run("SLOWLOG", "GET", -1).items.size() == 20);
  CHECK(server.run("SLOWLOG", "GET", 1).items[0].items[0] == integer(19));
  const auto refused = error("ERR count should be greater than or equal to -1");
  CHECK(server.run("SLOWLOG", "GET", -2) == refused);
  CHECK(server.run("SLOWLOG", "GET", "x") == refused);
  CHECK(server.run("SLOWLOG", "GET", 1, 2)
        == error("ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG "
                 "HELP."));
}

TEST_CASE("SLOWLOG RESET empties the log", "[slowlog]") {
  test_server server;
  server.state.note_slow(request("a"));
  CHECK(server.run("SLOWLOG", "RESET") == ok());
  CHECK(server.run("SLOWLOG", "LEN") == integer(0));
  CHECK(server.run("SLOWLOG", "GET") == array({}));
}

TEST_CASE("slowlog-max-len bounds the log at once", "[slowlog]") {
  test_server server;
  for (int i = 0; i < 20; ++i)
    server.state.note_slow(request("a"));
  server.run("CONFIG", "SET", "slowlog-max-len", 5);
  CHECK(server.run("SLOWLOG", "LEN") == integer(5));
}

TEST_CASE("Requests that are not for the slow log feed the latency monitor alone", "[slowlog]") {
  test_server server;
  server.run("CONFIG", "SET", "latency-monitor-threshold", 10);
  auto told = request("a");
  told.unlisted = true;
  told.fast = true;
  server.state.note_slow(told);
  CHECK(server.run("SLOWLOG", "LEN") == integer(0));
  CHECK(
    server.run("LATENCY", "LATEST")
    == array({array({bulk("fast-command"), integer(1'700'000'001), integer(12), integer(12)})}));
}
