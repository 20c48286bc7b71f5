#include "commands/statistics.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace {

using namespace thespis::commands;
using thespis::protocol::command_spec;

constexpr command_spec rows[] = {
  {.name = "get"},
  {.name = "debug"},
  {.name = "debug|sleep", .flags = thespis::protocol::hidden},
};

} // namespace

TEST_CASE("Counts of several writers add up", "[statistics]") {
  execution_settings settings;
  command_statistics one{rows, settings};
  command_statistics other{rows, settings};
  one.start();
  one.count(rows[0]);
  one.count(rows[0]);
  other.count(rows[0]);
  other.rejected(&rows[0], "NOAUTH");
  one.failed(rows[0], "ERR", 2);
  one.rejected(nullptr, "ERR");
  command_totals sums;
  sums.add(one, true);
  sums.add(other, true);
  CHECK(sums.calls() == 3);
  CHECK(sums.rows[0].calls == 3);
  CHECK(sums.rows[0].rejected == 1);
  CHECK(sums.rows[0].failed == 1);
  CHECK(sums.rows[0].latency->total() == 3);
  CHECK(sums.rows[1].latency == nullptr);
  CHECK(sums.errors == error_counts{{"ERR", 3}, {"NOAUTH", 1}});
  CHECK(sums.error_replies() == 4);
}

TEST_CASE("No histogram is kept while latency tracking is off", "[statistics]") {
  execution_settings settings;
  settings.track_latency = false;
  command_statistics one{rows, settings};
  one.count(rows[0]);
  CHECK(one.counters(0).calls.get() == 1);
  CHECK(one.counters(0).histogram.load() == nullptr);
}

TEST_CASE("A baseline takes off everything that was before it", "[statistics]") {
  execution_settings settings;
  command_statistics one{rows, settings};
  one.count(rows[0]);
  one.failed(rows[0], "ERR", 1);
  command_totals before;
  before.add(one, true);
  one.count(rows[0]);
  one.failed(rows[1], "OOM", 1);
  command_totals now;
  now.add(one, true);
  now.subtract(before);
  CHECK(now.rows[0].calls == 1);
  CHECK(now.rows[0].failed == 0);
  CHECK(now.rows[0].latency->total() == 1);
  CHECK(now.errors == error_counts{{"OOM", 1}});
}

TEST_CASE("Hidden rows count as the command that clients know", "[statistics]") {
  execution_settings settings;
  command_statistics one{rows, settings};
  one.count(rows[1]);
  one.count(rows[2]);
  command_totals sums;
  sums.add(one, true);
  sums.fold_hidden(rows);
  CHECK(sums.rows[1].calls == 2);
  CHECK(sums.rows[1].latency->total() == 2);
  CHECK(sums.rows[2].calls == 0);
  CHECK(sums.rows[2].latency == nullptr);
}

TEST_CASE("Error codes beyond the bound count together", "[statistics]") {
  error_statistics errors;
  for (std::size_t i = 0; i < error_statistics::codes_max + 5; ++i)
    errors.add("CODE" + std::to_string(i));
  errors.add("CODE0");
  errors.add(std::string(100, 'x'));
  error_counts sums;
  errors.sum_up(sums);
  CHECK(sums.size() == error_statistics::codes_max + 1);
  CHECK(sums["CODE0"] == 2);
  CHECK(sums["ERRORSTATS_OVERFLOW"] == 6);
}

TEST_CASE("Long error codes are cut", "[statistics]") {
  error_statistics errors;
  errors.add(std::string(100, 'x'));
  error_counts sums;
  errors.sum_up(sums);
  CHECK(sums == error_counts{{std::string(error_statistics::code_bytes_max, 'x'), 1}});
}
