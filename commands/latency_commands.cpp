/// LATENCY: the monitor of slow events (LATEST, HISTORY, GRAPH, DOCTOR, RESET) and the distribution
/// of the run times of all commands (HISTOGRAM).

#include "base/ascii.hpp"
#include "base/time_units.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "commands/subcommand_help.hpp"
#include "keyspace/command_context.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;

namespace {

constexpr std::string_view latency_help[] = {
  "DOCTOR",
  "    Explain the delays that were seen, in words.",
  "GRAPH <event>",
  "    Draw the samples of <event> with characters.",
  "HISTORY <event>",
  "    Reply with the samples of <event>, a time and a delay each.",
  "LATEST",
  "    Reply with the latest and the longest delay of every event.",
  "RESET [<event> ...]",
  "    Forget the samples of these or of all events.",
  "HISTOGRAM [COMMAND ...]",
  "    Reply with how the run times of these or of all commands are distributed.",
};

/// What the pages of a histogram end with: the longest time, in nanoseconds, that counts as 2^k.
/// They are those of a histogram with 128 buckets per power of two, for the numbers that clients
/// know (…, 16, 33, 66, 132, …).
constexpr std::uint64_t page_end_ns(unsigned k) {
  return (std::uint64_t{1} << k) + (std::uint64_t{1} << (k - 7)) - 1;
}

/// The calls of a command by powers of two of microseconds, cumulative, leaving out what adds none.
void reply_distribution(command_context& ctx, const latency_distribution& times) {
  constexpr unsigned first_page = 10;
  constexpr unsigned last_page = 30;
  ctx.reply.map(2);
  ctx.reply.bulk("calls");
  ctx.reply.integer(static_cast<std::int64_t>(times.total()));
  ctx.reply.bulk("histogram_usec");
  const auto header = ctx.reply.begin_map();
  std::size_t pages = 0;
  std::uint64_t before = 0;
  for (unsigned k = first_page; k <= last_page && before < times.total(); ++k) {
    const auto until = times.up_to_ns(std::uint64_t{1} << k);
    if (until == before)
      continue;
    ctx.reply.integer(static_cast<std::int64_t>(page_end_ns(k) / base::ns_per_us));
    ctx.reply.integer(static_cast<std::int64_t>(until));
    before = until;
    ++pages;
  }
  ctx.reply.end_map(header, pages);
}

/// Row indexes that the words name: of a container all its subcommands. Unknown words name nothing.
std::vector<std::size_t> rows_named(std::span<const protocol::command_spec> rows, arguments words) {
  std::vector<std::size_t> out;
  for (const auto word : words) {
    std::string name{word};
    for (auto& letter : name)
      letter = base::lower(letter);
    const auto within = name + "|";
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].name == name || rows[i].name.substr(0, within.size()) == within)
        out.push_back(i);
  }
  return out;
}

} // namespace

/// LATENCY LATEST -> array of event, Unix time, last and worst delay in ms. Cost: O(events).
void cmd_latency_latest(command_context& ctx, arguments) {
  const auto& events = ctx.server->latencies.events();
  ctx.reply.array(events.size());
  for (const auto& [event, series] : events) {
    ctx.reply.array(4);
    ctx.reply.bulk(event);
    ctx.reply.integer(series.latest().at_s);
    ctx.reply.integer(series.latest().took_ms);
    ctx.reply.integer(series.worst_ms());
  }
}

/// LATENCY HISTORY event -> array of Unix time and delay in ms, oldest first. Cost: O(1).
void cmd_latency_history(command_context& ctx, arguments args) {
  const auto* series = ctx.server->latencies.find(args[2]);
  if (series == nullptr)
    return ctx.reply.array(0);
  const auto samples = series->samples();
  ctx.reply.array(samples.size());
  for (const auto& sample : samples) {
    ctx.reply.array(2);
    ctx.reply.integer(sample.at_s);
    ctx.reply.integer(sample.took_ms);
  }
}

/// LATENCY GRAPH event -> text. Errors: no samples. Cost: O(1).
void cmd_latency_graph(command_context& ctx, arguments args) {
  const auto* series = ctx.server->latencies.find(args[2]);
  if (series == nullptr)
    return ctx.reply.error(fmt::format("ERR No samples available for event '{}'", args[2]));
  ctx.reply.verbatim("txt", draw_graph(args[2], *series, ctx.now.ms / base::ms_per_s));
}

/// LATENCY DOCTOR -> text. Cost: O(events).
void cmd_latency_doctor(command_context& ctx, arguments) {
  if (ctx.server->options.get(base::option::latency_monitor_threshold) == 0)
    return ctx.reply.verbatim("txt", "Latency monitoring is disabled. \"CONFIG SET "
                                     "latency-monitor-threshold <milliseconds>\" enables it.\n");
  ctx.reply.verbatim("txt", explain(ctx.server->latencies, ctx.now.ms / base::ms_per_s));
}

/// LATENCY RESET [event …] -> number of events forgotten. Cost: O(events).
void cmd_latency_reset(command_context& ctx, arguments args) {
  auto& latencies = ctx.server->latencies;
  if (args.size() == 2)
    return ctx.reply.integer(static_cast<std::int64_t>(latencies.reset_all()));
  std::int64_t forgotten = 0;
  for (const auto event : args.subspan(2))
    forgotten += latencies.reset(event) ? 1 : 0;
  ctx.reply.integer(forgotten);
}

/// LATENCY HISTOGRAM [command …] -> map of command and {calls, histogram_usec}. Commands that were
/// not called are left out. Cost: O(commands).
void cmd_latency_histogram(command_context& ctx, arguments args) {
  const auto& rows = ctx.server->rows;
  const auto sums = ctx.server->commands_so_far(true);
  std::vector<std::size_t> wanted;
  if (args.size() > 2) {
    wanted = rows_named(rows, args.subspan(2));
  } else {
    for (std::size_t i = 0; i < rows.size(); ++i)
      wanted.push_back(i);
  }
  const auto header = ctx.reply.begin_map();
  std::size_t count = 0;
  for (const auto row : wanted) {
    const auto& times = sums.rows[row].latency;
    if (times == nullptr)
      continue;
    ctx.reply.bulk(rows[row].name);
    reply_distribution(ctx, *times);
    ++count;
  }
  ctx.reply.end_map(header, count);
}

/// LATENCY HELP -> array of lines. Cost: O(1).
void cmd_latency_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "LATENCY", latency_help);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec latency_table[] = {
  {.name = "latency", .arity = -2, .route = way::administrator, .group = command_group::server,
   .since = "2.8.13", .complexity = "Depends on subcommand.",
   .summary = "A container for commands about delays inside the server."},
  {.name = "latency|doctor", .arity = 2, .flags = admin | noscript | loading | stale,
   .route = way::administrator, .run = cmd_latency_doctor, .group = command_group::server,
   .since = "2.8.13", .complexity = "O(1)",
   .summary = "Explains the delays that were seen, in words.",
   .tips = "nondeterministic_output request_policy:all_nodes response_policy:special"},
  {.name = "latency|graph", .arity = 3, .flags = admin | noscript | loading | stale,
   .route = way::administrator, .run = cmd_latency_graph, .group = command_group::server,
   .since = "2.8.13", .complexity = "O(1)",
   .summary = "Draws the latest delays of an event with characters.", .syntax = "event",
   .tips = "nondeterministic_output request_policy:all_nodes response_policy:special"},
  {.name = "latency|help", .arity = 2, .flags = loading | stale, .route = way::session,
   .run = cmd_latency_help, .group = command_group::server, .since = "2.8.13", .complexity = "O(1)",
   .summary = "Lists the subcommands of LATENCY."},
  {.name = "latency|histogram", .arity = -2, .flags = admin | noscript | loading | stale,
   .route = way::administrator, .run = cmd_latency_histogram, .group = command_group::server,
   .since = "7.0.0",
   .complexity = "O(N) where N is the number of commands with latency information being retrieved.",
   .summary = "Replies with how the run times of commands are distributed.",
   .syntax = "[COMMAND:string...]",
   .tips = "nondeterministic_output request_policy:all_nodes response_policy:special"},
  {.name = "latency|history", .arity = 3, .flags = admin | noscript | loading | stale,
   .route = way::administrator, .run = cmd_latency_history, .group = command_group::server,
   .since = "2.8.13", .complexity = "O(1)",
   .summary = "Replies with the samples of an event, a time and a delay each.", .syntax = "event",
   .tips = "nondeterministic_output request_policy:all_nodes response_policy:special"},
  {.name = "latency|latest", .arity = 2, .flags = admin | noscript | loading | stale,
   .route = way::administrator, .run = cmd_latency_latest, .group = command_group::server,
   .since = "2.8.13", .complexity = "O(1)",
   .summary = "Replies with the latest and the longest delay of every event.",
   .tips = "nondeterministic_output request_policy:all_nodes response_policy:special"},
  {.name = "latency|reset", .arity = -2, .flags = admin | noscript | loading | stale,
   .route = way::administrator, .run = cmd_latency_reset, .group = command_group::server,
   .since = "2.8.13", .complexity = "O(1)",
   .summary = "Forgets the samples of some or of all events.", .syntax = "[event...]",
   .tips = "request_policy:all_nodes response_policy:agg_sum"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> latency_rows() noexcept {
  return latency_table;
}

} // namespace thespis::commands
