#include "commands/slow_log.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace thespis::commands;
using thespis::protocol::command_spec;

using words = std::vector<std::string>;

words abridged(const std::vector<std::string>& request, std::string_view name = "set") {
  const std::vector<std::string_view> views{request.begin(), request.end()};
  return abridge(command_spec{.name = name}, views);
}

slow_request request_of(std::string word) {
  slow_request out;
  out.words = {std::move(word)};
  return out;
}

} // namespace

TEST_CASE("A word of 128 bytes is kept, a longer one is cut", "[slowlog]") {
  const std::string kept(128, 'a');
  CHECK(abridged({"set", kept}) == words{"set", kept});
  CHECK(abridged({"set", kept + "bc"}) == words{"set", kept + "... (2 more bytes)"});
}

TEST_CASE("A request of 32 words is kept, a longer one is cut", "[slowlog]") {
  words request(32, "x");
  CHECK(abridged(request) == request);
  request.resize(40, "x");
  const auto cut = abridged(request);
  CHECK(cut.size() == 32);
  CHECK(cut[30] == "x");
  CHECK(cut[31] == "... (9 more arguments)");
}

TEST_CASE("Passwords do not reach the slow log", "[slowlog]") {
  CHECK(abridged({"AUTH", "pw"}, "auth") == words{"AUTH", "(redacted)"});
  CHECK(abridged({"AUTH", "user", "pw"}, "auth") == words{"AUTH", "(redacted)", "(redacted)"});
  CHECK(abridged({"HELLO", "3", "AUTH", "user", "pw", "SETNAME", "n"}, "hello")
        == words{"HELLO", "3", "AUTH", "(redacted)", "(redacted)", "SETNAME", "n"});
  CHECK(abridged({"CONFIG", "SET", "maxmemory", "1", "REQUIREPASS", "pw"}, "config|set")
        == words{"CONFIG", "SET", "maxmemory", "1", "REQUIREPASS", "(redacted)"});
}

TEST_CASE("The slow log keeps the newest entries first", "[slowlog]") {
  slow_log log;
  log.set_capacity(2);
  for (const auto* word : {"a", "b", "c"})
    log.add(request_of(word));
  REQUIRE(log.entries().size() == 2);
  CHECK(log.entries()[0].request.words == words{"c"});
  CHECK(log.entries()[0].id == 2);
  CHECK(log.entries()[1].request.words == words{"b"});
}

TEST_CASE("A smaller capacity drops the oldest entries at once", "[slowlog]") {
  slow_log log;
  for (const auto* word : {"a", "b", "c"})
    log.add(request_of(word));
  log.set_capacity(1);
  CHECK(log.entries().size() == 1);
  log.set_capacity(0);
  log.add(request_of("d"));
  CHECK(log.entries().empty());
}

TEST_CASE("Numbers of slow log entries go on after a reset", "[slowlog]") {
  slow_log log;
  log.add(request_of("a"));
  log.clear();
  log.add(request_of("b"));
  CHECK(log.entries().front().id == 1);
}
