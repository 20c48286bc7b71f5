#include "commands/latency_history.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace thespis::commands;

} // namespace

TEST_CASE("Events of one second are one sample, the worst of them", "[latency]") {
  latency_history history;
  history.add("command", 100, 5);
  history.add("command", 100, 9);
  history.add("command", 100, 3);
  const auto samples = history.find("command")->samples();
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].took_ms == 9);
}

TEST_CASE("The worst delay outlives its sample", "[latency]") {
  latency_history history;
  history.add("command", 1, 500);
  for (int i = 0; i < 200; ++i)
    history.add("command", 10 + i, 1);
  const auto& series = *history.find("command");
  CHECK(series.samples().size() == latency_series::samples_max);
  CHECK(series.samples().front().at_s == 50);
  CHECK(series.latest().at_s == 209);
  CHECK(series.worst_ms() == 500);
}

TEST_CASE("Forgetting one event leaves the others", "[latency]") {
  latency_history history;
  history.add("a", 1, 1);
  history.add("b", 1, 1);
  CHECK(history.reset("a"));
  CHECK_FALSE(history.reset("a"));
  CHECK(history.find("b") != nullptr);
  CHECK(history.reset_all() == 1);
  CHECK(history.events().empty());
}

TEST_CASE("A summary says how the samples lie", "[latency]") {
  latency_history history;
  history.add("command", 10, 100);
  history.add("command", 20, 200);
  history.add("command", 30, 600);
  const auto summary = summarise(*history.find("command"), 40);
  CHECK(summary.min_ms == 100);
  CHECK(summary.max_ms == 600);
  CHECK(summary.average_ms == 300);
  CHECK(summary.deviation_ms == 200);
  CHECK(summary.period_s == 30);
}

TEST_CASE("The graph shows each sample as a bar over its age", "[latency]") {
  latency_history history;
  history.add("command", 1000, 100);
  history.add("command", 1050, 150);
  history.add("command", 1060, 400);
  CHECK(draw_graph("command", *history.find("command"), 1065)
        == "command - high 400 ms, low 100 ms (all time high 400 ms)\n"
           "--------------------------------------------------------------------------------\n"
           "  #\n"
           "  |\n"
           "  |\n"
           "_#|\n"
           "   \n"
           "115\n"
           "m5s\n"
           " s \n");
}

TEST_CASE("Equal samples make a graph without division by zero", "[latency]") {
  latency_history history;
  history.add("command", 10, 7);
  history.add("command", 11, 7);
  CHECK(draw_graph("command", *history.find("command"), 11).find("\n__\n") != std::string::npos);
}

TEST_CASE("The doctor names every event", "[latency]") {
  latency_history history;
  CHECK(explain(history, 1).find("All is well") != std::string::npos);
  history.add("fast-command", 10, 12);
  const auto text = explain(history, 20);
  CHECK(text.find("1. fast-command: 1 latency spikes") != std::string::npos);
  CHECK(text.find("Worst all time event 12 ms") != std::string::npos);
}
