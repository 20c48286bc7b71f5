#include "commands/running_scripts.hpp"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

using namespace thespis;
using commands::gate_busy_script;
using commands::running_scripts;
using commands::server_gates;
using outcome = running_scripts::kill_outcome;

TEST_CASE("a script that is slow keeps others out until it ends", "[script]") {
  server_gates gates;
  running_scripts all{2, gates};
  auto& first = all.of(0);
  auto& second = all.of(1);
  CHECK(all.kill(false) == outcome::none);
  first.begin(false);
  second.begin(true);
  CHECK_FALSE(gates.is_up(gate_busy_script));
  CHECK(all.kill(false) == outcome::none);
  first.note_slow();
  CHECK(gates.is_up(gate_busy_script));
  CHECK_FALSE(all.slow_one_is_function());
  second.note_slow();
  first.end();
  CHECK(gates.is_up(gate_busy_script));
  CHECK(all.slow_one_is_function());
  second.end();
  CHECK_FALSE(gates.is_up(gate_busy_script));
}

TEST_CASE("only a slow script that has changed nothing is killed, and one kind at a time",
          "[script]") {
  server_gates gates;
  running_scripts all{2, gates};
  auto& script = all.of(0);
  auto& function = all.of(1);
  script.begin(false);
  script.note_slow();
  CHECK(all.kill(true) == outcome::other_kind);
  script.note_write();
  CHECK(all.kill(false) == outcome::unkillable);
  CHECK_FALSE(script.is_killed());
  function.begin(true);
  function.note_slow();
  CHECK(all.kill(true) == outcome::killed);
  CHECK(function.is_killed());
  CHECK_FALSE(script.is_killed());
  CHECK(all.kill(true) == outcome::other_kind);
  function.end();
  script.end();
  script.begin(false);
  CHECK_FALSE(script.has_written());
  CHECK_FALSE(script.is_killed());
}

TEST_CASE("a server that ends ends what is slow, whatever it has done", "[script]") {
  server_gates gates;
  running_scripts all{2, gates};
  all.of(0).begin(false);
  all.of(0).note_slow();
  all.of(0).note_write();
  all.of(1).begin(false);
  all.end_all();
  CHECK(all.of(0).is_killed());
  CHECK_FALSE(all.of(1).is_killed());
  all.of(1).note_slow();
  CHECK(all.of(1).is_killed());
}

TEST_CASE("nobody is kept out when all scripts have ended, however they end", "[script]") {
  constexpr std::size_t count = 4;
  server_gates gates;
  running_scripts all{count, gates};
  for (int round = 0; round < 200; ++round) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i)
      threads.emplace_back([&, i] {
        for (int run = 0; run < 50; ++run) {
          all.of(i).begin(false);
          all.of(i).note_slow();
          all.of(i).end();
        }
      });
    for (auto& each : threads)
      each.join();
    REQUIRE_FALSE(gates.is_up(gate_busy_script));
  }
}

TEST_CASE("a function that is slow is described until it ends", "[script]") {
  server_gates gates;
  running_scripts all{2, gates};
  auto& status = all.of(1);
  const std::vector<std::string_view> words{"FCALL", "f", "0"};
  status.begin(true);
  CHECK(all.slow_function() == nullptr);
  status.describe("f", words, 5);
  status.note_slow();
  const auto shown = all.slow_function();
  REQUIRE(shown != nullptr);
  CHECK(shown->name == "f");
  CHECK(shown->words == std::vector<std::string>{"FCALL", "f", "0"});
  CHECK(shown->began_ticks == 5);
  CHECK(all.kill(true) == outcome::killed);
  CHECK(all.slow_function() != nullptr);
  status.end();
  CHECK(all.slow_function() == nullptr);
  status.begin(false);
  status.describe("", words, 5);
  status.note_slow();
  CHECK(all.slow_function() == nullptr);
  status.end();
}

TEST_CASE("the memory of all engines is counted", "[script]") {
  server_gates gates;
  running_scripts all{2, gates};
  all.of(0).note_engine_bytes(100);
  all.of(1).note_engine_bytes(20);
  all.of(0).note_engine_bytes(50);
  CHECK(all.engine_bytes() == 70);
}
