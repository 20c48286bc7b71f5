#include "tests/unit/commands/test_server.hpp"

#include <limits>

using namespace thespis;
using namespace thespis::tests;

TEST_CASE("CLIENT ID replies the number of the connection", "[client]") {
  test_server server;
  CHECK(server.run("CLIENT", "ID") == integer(1));
  server.connect("127.0.0.1:5002");
  CHECK(server.run("CLIENT", "ID") == integer(2));
}

TEST_CASE("CLIENT SETNAME names the connection and its record", "[client]") {
  test_server server;
  CHECK(server.run("CLIENT", "GETNAME") == null());
  CHECK(server.run("CLIENT", "SETNAME", "ann") == ok());
  CHECK(server.run("CLIENT", "GETNAME") == bulk("ann"));
  CHECK(server.record().name == "ann");
  const auto refused = error(
    "ERR Client names cannot contain spaces, newlines or special characters.");
  for (const auto* name : {"a b", "a\nb", "\x7f", "\xc3\xa9", "\x01"})
    CHECK(server.run("CLIENT", "SETNAME", name) == refused);
  CHECK(server.run("CLIENT", "GETNAME") == bulk("ann"));
  CHECK(server.run("CLIENT", "SETNAME", "") == ok());
  CHECK(server.run("CLIENT", "GETNAME") == null());
}

TEST_CASE("CLIENT SETINFO keeps the library's name and version", "[client]") {
  test_server server;
  CHECK(server.run("CLIENT", "SETINFO", "lib-name", "redis-py") == ok());
  CHECK(server.run("CLIENT", "SETINFO", "LIB-VER", "5.0") == ok());
  CHECK(server.record().library_name == "redis-py");
  CHECK(server.store.client().library_version == "5.0");
  CHECK(server.run("CLIENT", "SETINFO", "lib-foo", "x")
        == error("ERR Unrecognized option 'lib-foo'"));
  CHECK(server.run("CLIENT", "SETINFO", "lib-name", "a b")
        == error("ERR lib-name cannot contain spaces, newlines or special characters."));
  CHECK(server.run("CLIENT", "SETINFO", "lib-name", "") == ok());
}

TEST_CASE("CLIENT REPLY turns replies off, on and off for one request", "[client]") {
  using protocol::reply_mode;
  test_server server;
  CHECK(server.store.wire("CLIENT", "REPLY", "SKIP").empty());
  CHECK(server.store.client().replies == reply_mode::skip_next);
  CHECK(server.store.wire("CLIENT", "REPLY", "OFF").empty());
  CHECK(server.store.client().replies == reply_mode::off);
  CHECK(server.store.wire("CLIENT", "REPLY", "SKIP").empty());
  CHECK(server.store.client().replies == reply_mode::off);
  CHECK(server.run("CLIENT", "REPLY", "ON") == ok());
  CHECK(server.store.client().replies == reply_mode::on);
  CHECK(server.run("CLIENT", "REPLY", "foo") == error("ERR syntax error"));
}

TEST_CASE("CLIENT NO-TOUCH and NO-EVICT are switches", "[client]") {
  test_server server;
  CHECK(server.run("CLIENT", "NO-TOUCH", "on") == ok());
  CHECK(server.store.client().no_touch);
  CHECK(server.run("CLIENT", "NO-TOUCH", "OFF") == ok());
  CHECK_FALSE(server.store.client().no_touch);
  CHECK(server.run("CLIENT", "NO-EVICT", "on") == ok());
  CHECK(server.store.client().no_evict);
  CHECK(server.run("CLIENT", "NO-EVICT", "foo") == error("ERR syntax error"));
  CHECK(server.run("CLIENT", "NO-TOUCH", "foo") == error("ERR syntax error"));
}

TEST_CASE("CLIENT PAUSE holds back everything or writes until a time", "[client]") {
  test_server server;
  const auto now = server.store.now_ms();
  CHECK(server.run("CLIENT", "PAUSE", 100, "write") == ok());
  CHECK(server.state.gates.is_up(commands::gate_pause_writes));
  CHECK_FALSE(server.state.gates.is_up(commands::gate_pause_all));
  CHECK(server.state.gates.pause_until_ms == now + 100);
  CHECK(server.pause_changes == 1);
  CHECK(server.run("CLIENT", "UNPAUSE") == ok());
  CHECK(server.state.gates.raised == 0);
  CHECK(server.run("CLIENT", "PAUSE", 100) == ok());
  CHECK(server.state.gates.is_up(commands::gate_pause_all));
}

TEST_CASE("A second pause neither shortens nor weakens the first", "[client]") {
  test_server server;
  const auto now = server.store.now_ms();
  server.run("CLIENT", "PAUSE", 200, "ALL");
  server.run("CLIENT", "PAUSE", 10, "WRITE");
  CHECK(server.state.gates.is_up(commands::gate_pause_all));
  CHECK(server.state.gates.pause_until_ms == now + 200);
}

TEST_CASE("A pause that is over does not strengthen the next", "[client]") {
  test_server server;
  server.run("CLIENT", "PAUSE", 200, "ALL");
  server.store.advance(200ms);
  server.run("CLIENT", "PAUSE", 10, "WRITE");
  CHECK_FALSE(server.state.gates.is_up(commands::gate_pause_all));
  CHECK(server.state.gates.pause_until_ms == server.store.now_ms() + 10);
}

TEST_CASE("The end of the server and CLIENT PAUSE do not lift each other's pause", "[client]") {
  test_server server;
  auto& state = server.state;
  const auto now = server.store.now_ms();
  server.run("CLIENT", "PAUSE", 200, "ALL");
  state.pause(state.end_of_server, now, INT64_MAX, true);
  CHECK(state.gates.is_up(commands::gate_pause_all));
  CHECK(server.run("CLIENT", "UNPAUSE") == ok());
  CHECK_FALSE(state.gates.is_up(commands::gate_pause_all));
  CHECK(state.gates.is_up(commands::gate_pause_writes));
  CHECK(state.gates.pause_until_ms == INT64_MAX);
  server.run("CLIENT", "PAUSE", 200, "ALL");
  state.unpause(state.end_of_server);
  CHECK(state.gates.is_up(commands::gate_pause_all));
  CHECK(state.gates.pause_until_ms == now + 200);
  state.pause(state.end_of_server, now, INT64_MAX, true);
  state.tick(now + 200);
  CHECK_FALSE(state.gates.is_up(commands::gate_pause_all));
  CHECK(state.gates.is_up(commands::gate_pause_writes));
}

TEST_CASE("A pause ends by itself", "[client]") {
  test_server server;
  server.run("CLIENT", "PAUSE", 200);
  server.state.tick(server.store.now_ms() + 199);
  CHECK(server.state.gates.is_up(commands::gate_pause_all));
  server.state.tick(server.store.now_ms() + 200);
  CHECK(server.state.gates.raised == 0);
  CHECK(server.pause_changes == 2);
}

TEST_CASE("CLIENT PAUSE refuses bad times and modes", "[client]") {
  test_server server;
  CHECK(server.run("CLIENT", "PAUSE", "x")
        == error("ERR timeout is not an integer or out of range"));
  CHECK(server.run("CLIENT", "PAUSE", -1) == error("ERR timeout is negative"));
  CHECK(server.run("CLIENT", "PAUSE", std::numeric_limits<std::int64_t>::max())
        == error("ERR timeout is out of range"));
  CHECK(server.run("CLIENT", "PAUSE", 1, "foo")
        == error("ERR CLIENT PAUSE mode must be WRITE or ALL"));
  CHECK(server.run("CLIENT", "PAUSE", 1, "ALL", "x")
        == error("ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT "
                 "HELP."));
  CHECK(server.state.gates.raised == 0);
}

TEST_CASE("CLIENT HELP begins with the usual line", "[client]") {
  test_server server;
  const auto help = server.run("CLIENT", "HELP");
  REQUIRE(help.items.size() > 3);
  CHECK(help.items.front()
        == simple("CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
  CHECK(help.items[help.items.size() - 2] == simple("HELP"));
  CHECK(server.run("CLIENT", "foo") == error("ERR unknown subcommand 'foo'. Try CLIENT HELP."));
}
