#include "tests/unit/commands/test_server.hpp"

#include <algorithm>

using namespace thespis;
using namespace thespis::tests;

namespace {

struct three_clients : test_server {
  three_clients() {
    connect("10.0.0.2:7");
    connect("/run/s:0");
    state.clients.find(3)->set_flag(commands::client_pubsub, true);
    store.speak_as(0);
  }
  std::string list(std::string_view option, std::string_view value) {
    return run("CLIENT", "LIST", option, value).text;
  }
};

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

TEST_CASE("CLIENT LIST describes a client in Redis' fields", "[client]") {
  test_server server;
  server.run("CLIENT", "SETNAME", "ann");
  server.run("CLIENT", "SETINFO", "lib-name", "lib");
  server.run("CLIENT", "SETINFO", "lib-ver", "1.2");
  server.store.advance(5s);
  auto& record = server.record();
  record.descriptor = 8;
  record.last_interaction_ms = server.store.now_ms() - 2000;
  record.last_command = commands::all_commands().find_full_name("client|list");
  record.query_bytes = 26;
  record.total_bytes = 1000;
  CHECK(
    server.run("CLIENT", "LIST")
    == bulk("id=1 addr=127.0.0.1:5001 laddr=127.0.0.1:6379 fd=8 name=ann age=5 idle=2 flags=N "
            "db=0 sub=0 psub=0 ssub=0 multi=-1 qbuf=26 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 "
            "rbp=0 obl=0 oll=0 omem=0 tot-mem=1000 events=r cmd=client|list user=default "
            "redir=-1 resp=2 lib-name=lib lib-ver=1.2\n"));
  CHECK(server.run("CLIENT", "INFO") == server.run("CLIENT", "LIST"));
}

TEST_CASE("CLIENT LIST is verbatim text in RESP3", "[client]") {
  test_server server{1, 3};
  CHECK(server.run("CLIENT", "LIST").type == protocol::resp_type::verbatim);
}

TEST_CASE("The flags of a client are letters in Redis' order", "[client]") {
  test_server server;
  auto& record = server.record();
  const auto flags = [&] {
    const auto text = server.run("CLIENT", "INFO").text;
    const auto at = text.find("flags=") + 6;
    return text.substr(at, text.find(' ', at) - at);
  };
  CHECK(flags() == "N");
  record.set_flag(commands::client_no_touch, true);
  record.set_flag(commands::client_multi, true);
  record.set_flag(commands::client_pubsub, true);
  CHECK(flags() == "PxT");
  record.flags = commands::client_monitor | commands::client_replica;
  CHECK(flags() == "O");
}

TEST_CASE("CLIENT INFO shows what the record says of the session", "[client]") {
  test_server server;
  server.record().database = 4;
  server.record().protocol = 3;
  server.record().set_flag(commands::client_no_evict, true);
  const auto text = server.run("CLIENT", "INFO").text;
  CHECK(text.find(" db=4 ") != std::string::npos);
  CHECK(text.find(" resp=3 ") != std::string::npos);
  CHECK(text.find(" flags=e ") != std::string::npos);
}

TEST_CASE("CLIENT LIST filters by type and by id", "[client]") {
  three_clients server;
  CHECK(lines(server.run("CLIENT", "LIST").text) == 3);
  CHECK(server.list("TYPE", "pubsub").substr(0, 5) == "id=3 ");
  CHECK(lines(server.list("type", "NORMAL")) == 2);
  CHECK(server.list("TYPE", "replica").empty());
  const auto both = server.run("CLIENT", "LIST", "ID", 3, 99, 2).text;
  CHECK(lines(both) == 2);
  CHECK(both.substr(0, 5) == "id=3 ");
  CHECK(server.run("CLIENT", "LIST", "TYPE", "foo") == error("ERR Unknown client type 'foo'"));
  CHECK(server.run("CLIENT", "LIST", "ID", "x") == error("ERR Invalid client ID"));
  CHECK(server.run("CLIENT", "LIST", "ID") == error("ERR syntax error"));
  CHECK(server.run("CLIENT", "LIST", "TYPE") == error("ERR syntax error"));
  CHECK(server.run("CLIENT", "LIST", "foo", "bar") == error("ERR syntax error"));
}

TEST_CASE("CLIENT KILL by address closes that client", "[client]") {
  three_clients server;
  CHECK(server.run("CLIENT", "KILL", "10.0.0.2:7") == ok());
  CHECK(server.killed == std::vector<std::uint64_t>{2});
  CHECK(server.run("CLIENT", "KILL", "10.0.0.2:7") == error("ERR No such client"));
  CHECK_FALSE(server.store.client().close_after_reply);
}

TEST_CASE("The old form of CLIENT KILL may hit the client itself", "[client]") {
  three_clients server;
  CHECK(server.run("CLIENT", "KILL", "127.0.0.1:5001") == ok());
  CHECK(server.killed.empty());
  CHECK(server.store.client().close_after_reply);
}

TEST_CASE("CLIENT KILL with filters spares the client itself unless told otherwise", "[client]") {
  three_clients server;
  CHECK(server.run("CLIENT", "KILL", "USER", "default") == integer(2));
  CHECK(server.killed == std::vector<std::uint64_t>{2, 3});
  CHECK_FALSE(server.store.client().close_after_reply);
  CHECK(server.run("CLIENT", "KILL", "SKIPME", "no", "ID", 1) == integer(1));
  CHECK(server.store.client().close_after_reply);
}

TEST_CASE("The filters of CLIENT KILL must all fit", "[client]") {
  three_clients server;
  CHECK(server.run("CLIENT", "KILL", "ID", 2, "TYPE", "pubsub") == integer(0));
  CHECK(server.run("CLIENT", "KILL", "LADDR", "127.0.0.1:1") == integer(0));
  CHECK(server.run("CLIENT", "KILL", "ADDR", "/run/s:0", "TYPE", "pubsub") == integer(1));
  CHECK(server.killed == std::vector<std::uint64_t>{3});
}

TEST_CASE("CLIENT KILL MAXAGE closes those that are at least so old", "[client]") {
  three_clients server;
  server.store.advance(10s);
  server.connect("10.0.0.9:1");
  server.store.speak_as(0);
  CHECK(server.run("CLIENT", "KILL", "MAXAGE", 11) == integer(0));
  CHECK(server.run("CLIENT", "KILL", "MAXAGE", 10) == integer(2));
  CHECK(server.killed == std::vector<std::uint64_t>{2, 3});
}

TEST_CASE("CLIENT KILL refuses what it does not understand", "[client]") {
  three_clients server;
  CHECK(server.run("CLIENT", "KILL", "ID", 0) == error("ERR client-id should be greater than 0"));
  CHECK(server.run("CLIENT", "KILL", "ID", "x") == error("ERR client-id should be greater than 0"));
  CHECK(server.run("CLIENT", "KILL", "TYPE", "foo") == error("ERR Unknown client type 'foo'"));
  CHECK(server.run("CLIENT", "KILL", "USER", "bob") == error("ERR No such user 'bob'"));
  CHECK(server.run("CLIENT", "KILL", "SKIPME", "maybe") == error("ERR syntax error"));
  CHECK(server.run("CLIENT", "KILL", "ID", 2, "foo") == error("ERR syntax error"));
  CHECK(server.run("CLIENT", "KILL", "foo", "bar") == error("ERR syntax error"));
  CHECK(server.run("CLIENT", "KILL", "MAXAGE", 0) == error("ERR maxage should be greater than 0"));
  CHECK(server.killed.empty());
}

TEST_CASE("CLIENT UNBLOCK wakes a client that blocks", "[client]") {
  test_server server;
  CHECK(server.run("CLIENT", "UNBLOCK", 5) == integer(0));
  bool error_asked = false;
  server.state.hooks.unblock_client = [&](std::uint64_t id, bool with_error) {
    error_asked = with_error;
    return id == 5;
  };
  CHECK(server.run("CLIENT", "UNBLOCK", 5) == integer(1));
  CHECK_FALSE(error_asked);
  CHECK(server.run("CLIENT", "UNBLOCK", 5, "error") == integer(1));
  CHECK(error_asked);
  CHECK(server.run("CLIENT", "UNBLOCK", 6, "TIMEOUT") == integer(0));
  CHECK(server.run("CLIENT", "UNBLOCK", "x")
        == error("ERR value is not an integer or out of range"));
  CHECK(server.run("CLIENT", "UNBLOCK", "x", "foo")
        == error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"));
}
