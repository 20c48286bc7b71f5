#include "commands/admission.hpp"

#include "base/byte_buffer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

using namespace thespis;
using namespace thespis::commands;

constexpr protocol::command_spec rows[] = {
  {.name = "get", .arity = 2, .flags = protocol::readonly | protocol::fast},
  {.name = "set", .arity = -3, .flags = protocol::write | protocol::denyoom},
  {.name = "auth", .flags = protocol::no_auth | protocol::loading},
  {.name = "debug", .flags = protocol::protected_command | protocol::loading},
  {.name = "ping"},
  {.name = "publish", .flags = protocol::may_replicate},
  {.name = "watch", .flags = protocol::no_multi},
};

constexpr std::string_view debug_refused
  = "-ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you "
    "can "
    "run it from a local connection, otherwise you need to set this option in the configuration "
    "file, and then restart the server.\r\n";

struct fixture {
  std::string ask(std::size_t row, std::int64_t now_ms = 1000) {
    out.clear();
    protocol::reply_writer reply{out, client.protocol};
    last = admit(rows[row], gates, client, now_ms, reply, statistics);
    return std::string{out.view()};
  }
  bool passes(std::size_t row, std::int64_t now_ms = 1000) {
    return ask(row, now_ms).empty() && last == verdict::pass;
  }
  bool waits(std::size_t row, std::int64_t now_ms = 1000) {
    return ask(row, now_ms).empty() && last == verdict::wait;
  }

  server_gates gates;
  protocol::session client;
  execution_settings settings;
  command_statistics statistics{rows, settings};
  base::byte_buffer out;
  verdict last{};
};

} // namespace

TEST_CASE("An ordinary request passes", "[admission]") {
  fixture f;
  CHECK(f.passes(0));
  CHECK(f.passes(1));
}

TEST_CASE("Without a login only AUTH and its like pass while a password is set", "[admission]") {
  fixture f;
  f.client.set_authenticated(false);
  CHECK(f.passes(0));
  f.gates.set(gate_password, true);
  CHECK(f.ask(0) == "-NOAUTH Authentication required.\r\n");
  CHECK(f.last == verdict::rejected);
  CHECK(f.statistics.counters(0).rejected.get() == 1);
  CHECK(f.passes(2));
  f.client.set_authenticated(true);
  CHECK(f.passes(0));
}

TEST_CASE("DEBUG is refused unless it is enabled for that client", "[admission]") {
  fixture f;
  CHECK(f.ask(3) == debug_refused);
  f.gates.debug_command = protected_access::local;
  CHECK(f.ask(3) == debug_refused);
  f.client.local = true;
  CHECK(f.passes(3));
  f.client.local = false;
  f.gates.debug_command = protected_access::yes;
  CHECK(f.passes(3));
}

TEST_CASE("The refusal of DEBUG comes before the question for the password", "[admission]") {
  fixture f;
  f.client.set_authenticated(false);
  f.gates.set(gate_password, true);
  CHECK(f.ask(3) == debug_refused);
}

TEST_CASE("While the data set is loaded most commands are refused", "[admission]") {
  fixture f;
  f.gates.set(gate_loading, true);
  CHECK(f.ask(0) == "-LOADING Redis is loading the dataset in memory\r\n");
  CHECK(f.passes(2));
}

TEST_CASE("Without memory commands that need some are refused", "[admission]") {
  fixture f;
  f.gates.set(gate_out_of_memory, true);
  CHECK(f.ask(1) == "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  CHECK(f.passes(0));
}

TEST_CASE("RESP2 subscribers may say but few commands", "[admission]") {
  fixture f;
  f.client.set_special(protocol::special_subscribed, true);
  CHECK(f.ask(0)
        == "-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET "
           "are allowed in this context\r\n");
  CHECK(f.passes(4));
  f.client.protocol = 3;
  CHECK(f.passes(0));
}

TEST_CASE("Some commands are refused inside a transaction", "[admission]") {
  fixture f;
  CHECK(f.passes(6));
  f.client.set_special(protocol::special_multi, true);
  CHECK(f.ask(6) == "-ERR Command not allowed inside a transaction\r\n");
  CHECK(f.passes(0));
}

TEST_CASE("Without memory nothing is queued, and what writes is not run", "[admission]") {
  fixture f;
  f.gates.set(gate_out_of_memory, true);
  CHECK(f.passes(0));
  f.client.begin_transaction();
  CHECK(f.ask(0) == "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
}

TEST_CASE("A pause of writes holds back what writes, until its time is over", "[admission]") {
  fixture f;
  f.gates.set(gate_pause_writes, true);
  f.gates.pause_until_ms = 2000;
  CHECK(f.passes(0));
  CHECK(f.waits(1));
  CHECK(f.waits(5));
  CHECK(f.waits(1, 1999));
  CHECK(f.passes(1, 2000));
}

TEST_CASE("A pause of everything holds back everything", "[admission]") {
  fixture f;
  f.gates.set(gate_pause_all, true);
  f.gates.pause_until_ms = 2000;
  CHECK(f.waits(0));
  CHECK(f.waits(4));
  CHECK(f.passes(0, 2000));
}

TEST_CASE("Requests that name no command are refused with Redis' words", "[admission]") {
  fixture f;
  protocol::reply_writer reply{f.out, 2};
  const std::string_view words[] = {"foo", "a", "b"};
  reject_unresolved({nullptr, protocol::resolution::unknown_command}, words, reply, f.statistics);
  CHECK(f.out.view() == "-ERR unknown command 'foo', with args beginning with: 'a' 'b' \r\n");
  f.out.clear();
  reject_unresolved({&rows[0], protocol::resolution::wrong_arity}, words, reply, f.statistics);
  CHECK(f.out.view() == "-ERR wrong number of arguments for 'get' command\r\n");
  CHECK(f.statistics.counters(0).rejected.get() == 1);
  f.out.clear();
  reject_unresolved({&rows[0], protocol::resolution::unknown_subcommand}, words, reply,
                    f.statistics);
  CHECK(f.out.view() == "-ERR unknown subcommand 'a'. Try FOO HELP.\r\n");
}
