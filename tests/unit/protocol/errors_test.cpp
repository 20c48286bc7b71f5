#include "protocol/errors.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace thespis::protocol;

TEST_CASE("an unknown command quotes its name and arguments", "[errors]") {
  const std::vector<std::string_view> args{"a", "b c", std::string_view{"d\0e", 3}};
  CHECK(errors::unknown_command("foo", args)
        == "ERR unknown command 'foo', with args beginning with: 'a' 'b c' 'd' ");
  CHECK(errors::unknown_command("foo", {})
        == "ERR unknown command 'foo', with args beginning with: ");
}

TEST_CASE("an unknown command quotes at most 128 characters of each part", "[errors]") {
  const std::string name(200, 'n');
  const std::string first(100, 'a');
  const std::string second(100, 'b');
  const std::vector<std::string_view> args{first, second, "never"};
  // 100 characters with quotes and space leave room for 25.
  CHECK(errors::unknown_command(name, args)
        == "ERR unknown command '" + std::string(128, 'n') + "', with args beginning with: '"
             + first + "' '" + std::string(25, 'b') + "' ");
}

TEST_CASE("an unknown subcommand names its container in capitals", "[errors]") {
  CHECK(errors::unknown_subcommand("foo", "client")
        == "ERR unknown subcommand 'foo'. Try CLIENT HELP.");
  CHECK(errors::unknown_subcommand(std::string(200, 'x'), "config")
        == "ERR unknown subcommand '" + std::string(128, 'x') + "'. Try CONFIG HELP.");
  CHECK(errors::wrong_subcommand("foo", "object")
        == "ERR unknown subcommand or wrong number of arguments for 'foo'. Try OBJECT HELP.");
}

TEST_CASE("texts with a command's name are Redis'", "[errors]") {
  CHECK(errors::wrong_arity("client|kill")
        == "ERR wrong number of arguments for 'client|kill' command");
  CHECK(errors::invalid_expire_time("set") == "ERR invalid expire time in 'set' command");
  CHECK(errors::not_while_subscribed("get")
        == "ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET "
           "are allowed in this context");
  CHECK(errors::no_command_permission("bob", "config|set")
        == "NOPERM User bob has no permissions to run the 'config|set' command");
  CHECK(errors::unsupported_option("ZZ") == "ERR Unsupported option ZZ");
  CHECK(errors::config_set_failed("port", "no")
        == "ERR CONFIG SET failed (possibly related to argument 'port') - no");
}
