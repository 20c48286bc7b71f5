#include "tests/unit/commands/test_server.hpp"

#include <algorithm>
#include <optional>

using namespace thespis;
using namespace thespis::tests;

TEST_CASE("TIME replies seconds and microseconds", "[server]") {
  test_server server;
  server.store.advance(5s + 42us);
  CHECK(server.run("TIME") == bulks({"1700000005", "42"}));
}

TEST_CASE("SHUTDOWN asks for the end and replies nothing", "[server]") {
  using save_mode = commands::shutdown_request::save_mode;
  test_server server;
  std::optional<commands::shutdown_request> asked;
  server.state.hooks.shut_down = [&](const commands::shutdown_request& request) {
    asked = request;
    return false;
  };
  CHECK(server.store.wire("SHUTDOWN").empty());
  REQUIRE(asked);
  CHECK(asked->save == save_mode::as_configured);
  CHECK(server.state.shutting_down);
  server.store.wire("SHUTDOWN", "nosave", "NOW", "FORCE");
  CHECK(asked->save == save_mode::no);
  CHECK(asked->now);
  CHECK(asked->force);
  server.store.wire("SHUTDOWN", "SAVE", "FORCE");
  CHECK(asked->save == save_mode::yes);
}

TEST_CASE("SHUTDOWN refuses words that make no sense", "[server]") {
  test_server server;
  server.state.hooks.shut_down = [](const commands::shutdown_request&) {
    FAIL("shut down");
    return false;
  };
  const auto refused = error("ERR syntax error");
  CHECK(server.run("SHUTDOWN", "foo") == refused);
  CHECK(server.run("SHUTDOWN", "SAVE", "NOSAVE") == refused);
  CHECK(server.run("SHUTDOWN", "ABORT", "NOW") == refused);
  CHECK(server.run("SHUTDOWN", "ABORT", "SAVE") == refused);
}

TEST_CASE("SHUTDOWN ABORT needs a shutdown under way", "[server]") {
  test_server server;
  CHECK(server.run("SHUTDOWN", "ABORT") == error("ERR No shutdown in progress."));
  server.state.hooks.abort_shutdown = [] { return true; };
  CHECK(server.run("SHUTDOWN", "ABORT") == ok());
}

TEST_CASE("LOLWUT draws a picture and tells the version", "[server]") {
  test_server server;
  const auto text = server.run("LOLWUT").text;
  CHECK(text.find("Redis ver. 7.2.4") != std::string::npos);
  // Eight lines of masks, an empty one, the caption.
  CHECK(std::count(text.begin(), text.end(), '\n') == 10);
  CHECK(server.run("LOLWUT").text == text);
  server.store.advance(1s);
  CHECK(server.run("LOLWUT").text != text);
}

TEST_CASE("LOLWUT takes a version and sizes within bounds", "[server]") {
  test_server server;
  const auto rows = [&](const auto&... words) {
    const auto text = server.run("LOLWUT", words...).text;
    return std::count(text.begin(), text.end(), '\n') - 2;
  };
  CHECK(rows("VERSION", 6, 1, 2) == 16);
  CHECK(rows("VERSION", 5, 1, 2, 3) == 16);
  CHECK(rows("version", 6, 1, 1000000) == 16 * 8);
  CHECK(rows("VERSION", 6, -5, -5) == 8);
  const auto refused = error("ERR value is not an integer or out of range");
  CHECK(server.run("LOLWUT", "VERSION", "x") == refused);
  CHECK(server.run("LOLWUT", "VERSION", 5, 1, 1, "x") == refused);
  CHECK(server.run("LOLWUT", "VERSION", 6, 1, "x") == refused);
}

TEST_CASE("LOLWUT draws its usual picture whatever else is said", "[server]") {
  test_server server;
  const auto usual = server.run("LOLWUT");
  CHECK(server.run("LOLWUT", "x") == usual);
  CHECK(server.run("LOLWUT", 7, 7) == usual);
  CHECK(server.run("LOLWUT", "VERSION") == usual);
  CHECK(server.run("LOLWUT", "VERSION", 7, "x") == usual);
  CHECK(server.run("LOLWUT", "VERSION", 5, 3, 1, 1, "x") == usual);
}

TEST_CASE("Rates are averages over the last samples", "[server]") {
  commands::rate_meter meter;
  CHECK(meter.per_second() == 0);
  for (int i = 0; i <= 16; ++i)
    meter.sample(static_cast<std::uint64_t>(i) * 100, 1000 + i * 100);
  CHECK(meter.per_second() == Approx(1000));
  // A counter that was set back says nothing about the rate.
  meter.sample(0, 10'000);
  CHECK(meter.per_second() == Approx(1000));
}
