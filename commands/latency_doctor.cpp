/// LATENCY DOCTOR: what the samples of the monitor mean, in words of our own, and what usually
/// helps.

#include "commands/latency_history.hpp"

#include <fmt/format.h>

#include <iterator>

namespace thespis::commands {

namespace {

struct advice {
  std::string_view event;
  std::string_view text;
};

constexpr advice advices[] = {
  {"command",
   "Commands of more than constant cost were slow. SLOWLOG GET shows which; give them fewer "
   "elements at a time, SCAN instead of KEYS, UNLINK instead of DEL."},
  {"fast-command",
   "Commands that should take microseconds were slow. Something else held the machine: other "
   "processes on these cores, swapping, or the hypervisor. Look at the load and at steal time."},
  {"expire-cycle",
   "Many keys expired at the same time. Spread their times to live by a random share."},
  {"eviction-cycle", "Keys had to be evicted in bulk. Raise maxmemory, or write less at once."},
  {"aof-fsync-always",
   "The disk is slow to make the journal durable. appendfsync everysec trades a second of data for "
   "it; so does a faster disk."},
  {"aof-write", "Writing the journal was slow: the disk is busy with other files or full."},
};

void describe(std::string_view event, const latency_series& series, std::int64_t now_s,
              std::size_t number, std::string& out) {
  const auto seen = summarise(series, now_s);
  fmt::format_to(std::back_inserter(out),
                 "{}. {}: {} latency spikes (average {} ms, mean deviation {} ms, period {:.2f} "
                 "sec). Worst all time event {} ms.\n",
                 number, event, seen.samples, seen.average_ms, seen.deviation_ms,
                 static_cast<double>(seen.period_s) / static_cast<double>(seen.samples),
                 series.worst_ms());
}

} // namespace

std::string explain(const latency_history& history, std::int64_t now_s) {
  if (history.events().empty())
    return "No latency spike was observed since the monitor runs, or since the last LATENCY RESET. "
           "All is well.\n";
  std::string out = "Latency spikes were observed:\n\n";
  std::size_t number = 0;
  for (const auto& [event, series] : history.events())
    describe(event, series, now_s, ++number, out);
  out += "\nAdvice:\n\n";
  auto advised = false;
  for (const auto& [event, text] : advices) {
    if (history.find(event) == nullptr)
      continue;
    fmt::format_to(std::back_inserter(out), "- {}\n", text);
    advised = true;
  }
  if (!advised)
    out += "- None of these events has a usual remedy; LATENCY HISTORY shows when they happened.\n";
  return out;
}

} // namespace thespis::commands
