#include "tests/unit/commands/test_server.hpp"

using namespace thespis;
using namespace thespis::tests;

TEST_CASE("PING replies PONG or its argument", "[connection]") {
  test_server server;
  CHECK(server.store.wire("PING") == "+PONG\r\n");
  CHECK(server.run("PING", "hi") == bulk("hi"));
  CHECK(server.run("PING", "") == bulk(""));
  CHECK(server.run("PING", "a", "b") == error("ERR wrong number of arguments for 'ping' command"));
}

TEST_CASE("PING of a RESP2 subscriber replies an array", "[connection]") {
  test_server server;
  server.store.client().set_special(protocol::special_subscribed, true);
  CHECK(server.run("PING") == bulks({"pong", ""}));
  CHECK(server.run("PING", "x") == bulks({"pong", "x"}));
  server.store.client().protocol = 3;
  CHECK(server.run("PING") == simple("PONG"));
}

TEST_CASE("ECHO replies its argument", "[connection]") {
  test_server server;
  CHECK(server.run("ECHO", "a\r\nb") == bulk("a\r\nb"));
  CHECK(server.run("ECHO") == error("ERR wrong number of arguments for 'echo' command"));
}

TEST_CASE("SELECT picks a database that exists", "[connection]") {
  test_server server;
  CHECK(server.run("SELECT", 15) == ok());
  CHECK(server.store.client().database == 15);
  CHECK(server.run("SELECT", 16) == error("ERR DB index is out of range"));
  CHECK(server.run("SELECT", -1) == error("ERR DB index is out of range"));
  CHECK(server.run("SELECT", "x") == error("ERR value is not an integer or out of range"));
  CHECK(server.run("SELECT", "99999999999")
        == error("ERR value is out of range, value must between -2147483648 and 2147483647"));
  CHECK(server.store.client().database == 15);
}

TEST_CASE("QUIT says OK and closes", "[connection]") {
  test_server server;
  CHECK(server.run("QUIT", "now") == ok());
  CHECK(server.store.client().close_after_reply);
}

TEST_CASE("AUTH without a password in force is refused", "[connection]") {
  test_server server;
  CHECK(server.run("AUTH", "x")
        == error("ERR AUTH <password> called without any password configured for the default user. "
                 "Are you sure your configuration is correct?"));
  CHECK(server.run("AUTH", "default", "anything") == ok());
  CHECK(server.run("AUTH", "nobody", "x")
        == error("WRONGPASS invalid username-password pair or user is disabled."));
  CHECK(server.run("AUTH", "a", "b", "c") == error("ERR syntax error"));
}

TEST_CASE("AUTH lets the right password in and no other", "[connection]") {
  test_server server;
  REQUIRE(server.run("CONFIG", "SET", "requirepass", "s3cret") == ok());
  server.connect("127.0.0.1:5002");
  server.store.client().set_authenticated(false);
  const auto wrong = error("WRONGPASS invalid username-password pair or user is disabled.");
  for (const auto* password : {"", "s3cre", "s3crett", "S3cret", "s3cret\n", "x"})
    CHECK(server.run("AUTH", password) == wrong);
  CHECK_FALSE(server.store.client().authenticated());
  CHECK(server.state.auth_denied == 6);
  CHECK(server.run("AUTH", "default", "s3cret") == ok());
  CHECK(server.store.client().authenticated());
  CHECK(server.record().user == "default");
  // A later mistake does not log out.
  CHECK(server.run("AUTH", "x") == wrong);
  CHECK(server.store.client().authenticated());
}

TEST_CASE("HELLO replies what clients ask a server", "[connection]") {
  test_server server;
  const auto facts = [](std::int64_t protocol) {
    return std::vector{bulk("server"),  bulk("redis"),      bulk("version"), bulk("7.2.4"),
                       bulk("proto"),   integer(protocol),  bulk("id"),      integer(1),
                       bulk("mode"),    bulk("standalone"), bulk("role"),    bulk("master"),
                       bulk("modules"), array({})};
  };
  CHECK(server.run("HELLO") == array(facts(2)));
  CHECK(server.run("HELLO", 3) == map(facts(3)));
  CHECK(server.store.client().protocol == 3);
  CHECK(server.run("HELLO") == map(facts(3)));
  CHECK(server.run("HELLO", 2) == array(facts(2)));
}

TEST_CASE("HELLO with an error changes nothing", "[connection]") {
  test_server server;
  CHECK(server.run("HELLO", 4) == error("NOPROTO unsupported protocol version"));
  CHECK(server.run("HELLO", 1) == error("NOPROTO unsupported protocol version"));
  CHECK(server.run("HELLO", "x")
        == error("ERR Protocol version is not an integer or out of range"));
  CHECK(server.run("HELLO", 3, "foo") == error("ERR Syntax error in HELLO option 'foo'"));
  CHECK(server.run("HELLO", 3, "auth", "a") == error("ERR Syntax error in HELLO option 'auth'"));
  CHECK(server.run("HELLO", 3, "setname") == error("ERR Syntax error in HELLO option 'setname'"));
  CHECK(server.run("HELLO", 3, "SETNAME", "a b")
        == error("ERR Client names cannot contain spaces, newlines or special characters."));
  CHECK(server.run("HELLO", 3, "AUTH", "nobody", "x", "SETNAME", "ann")
        == error("WRONGPASS invalid username-password pair or user is disabled."));
  CHECK(server.store.client().protocol == 2);
  CHECK(server.store.client().name.empty());
}

TEST_CASE("HELLO logs in and names in one go", "[connection]") {
  test_server server;
  REQUIRE(server.run("CONFIG", "SET", "requirepass", "pw") == ok());
  server.store.client().set_authenticated(false);
  CHECK(server.run("HELLO", 3)
        == error("NOAUTH HELLO must be called with the client already authenticated, otherwise the "
                 "HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client "
                 "and select the RESP protocol version at the same time"));
  const auto reply = server.run("HELLO", 3, "SETNAME", "ann", "AUTH", "default", "pw");
  CHECK(reply.type == protocol::resp_type::map);
  CHECK(server.store.client().authenticated());
  CHECK(server.store.client().name == "ann");
  CHECK(server.record().name == "ann");
}

TEST_CASE("RESET makes a connection as good as new", "[connection]") {
  test_server server;
  server.run("CLIENT", "SETINFO", "LIB-NAME", "lib");
  server.run("HELLO", 3, "SETNAME", "ann");
  server.run("SELECT", 3);
  server.run("CLIENT", "NO-TOUCH", "ON");
  server.run("CLIENT", "NO-EVICT", "ON");
  server.store.wire("CLIENT", "REPLY", "OFF");
  server.store.client().set_special(protocol::special_multi, true);
  CHECK(server.store.wire("RESET") == "+RESET\r\n");
  const auto& client = server.store.client();
  CHECK(client.protocol == 2);
  CHECK(client.database == 0);
  CHECK(client.name.empty());
  CHECK(server.record().name.empty());
  CHECK_FALSE(client.no_touch);
  CHECK_FALSE(client.no_evict);
  CHECK(client.replies == protocol::reply_mode::on);
  CHECK(client.special == 0);
  CHECK(client.library_name == "lib");
}

TEST_CASE("RESET logs out where a password is set", "[connection]") {
  test_server server;
  server.run("CONFIG", "SET", "requirepass", "pw");
  server.run("AUTH", "pw");
  CHECK(server.run("RESET") == simple("RESET"));
  CHECK_FALSE(server.store.client().authenticated());
}
