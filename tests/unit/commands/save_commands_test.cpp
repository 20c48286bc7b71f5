#include "tests/unit/commands/test_server.hpp"

using namespace thespis;
using namespace thespis::tests;

TEST_CASE("BGSAVE begins a snapshot unless one is being taken", "[save]") {
  test_server server;
  auto begun = 0;
  server.state.hooks.begin_save = [&] {
    ++begun;
    return true;
  };
  CHECK(server.store.wire("BGSAVE") == "+Background saving started\r\n");
  CHECK(server.store.wire("BGSAVE", "schedule") == "+Background saving started\r\n");
  CHECK(begun == 2);
  server.state.saving.running = true;
  const auto busy = error("ERR Background save already in progress");
  CHECK(server.run("BGSAVE") == busy);
  CHECK(server.run("SAVE") == busy);
  server.state.saving.running = false;
  CHECK(server.run("BGSAVE", "now") == error("ERR syntax error"));
  CHECK(server.run("BGSAVE", "SCHEDULE", "x") == error("ERR syntax error"));
  CHECK(begun == 2);
  server.state.hooks.begin_save = [] { return false; };
  CHECK(server.store.wire("BGSAVE") == "-ERR\r\n");
}

TEST_CASE("LASTSAVE tells the second of the last success", "[save]") {
  test_server server;
  server.state.saving.last_success_ms = 1'700'000'123'456;
  CHECK(server.store.wire("LASTSAVE") == ":1700000123\r\n");
}

TEST_CASE("writes are refused while snapshots fail, where they are taken", "[save]") {
  test_server server;
  auto& state = server.state;
  const auto refuses = [&] {
    state.note_save_outcome();
    return state.gates.is_up(commands::gate_no_persistence);
  };
  CHECK_FALSE(refuses());
  state.saving.last_succeeded = false;
  CHECK(refuses());
  REQUIRE(state.options.adopt(base::option::stop_writes_on_bgsave_error, "no"));
  CHECK_FALSE(refuses());
  REQUIRE(state.options.adopt(base::option::stop_writes_on_bgsave_error, "yes"));
  REQUIRE(state.options.adopt(base::option::save, ""));
  CHECK_FALSE(refuses());
}
