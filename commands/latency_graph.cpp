/// LATENCY GRAPH: bars of characters, four lines high, one column a sample, and under each bar,
/// read downwards, how long ago that was. The shape is Redis'.
///
///     command - high 400 ms, low 100 ms (all time high 400 ms)
///     --------------------------------------------------------------------------------
///       #
///      _|
///      ||
///     _||
///
///     542
///     sss

#include "commands/latency_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace thespis::commands {

namespace {

constexpr std::size_t columns = 80;
constexpr int lines = 4;
/// A line of a bar can be empty, end in one of these, or be full ('|').
constexpr std::string_view tops = "_o#";

std::string age(std::int64_t seconds) {
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  if (seconds < minute)
    return fmt::format("{}s", seconds);
  if (seconds < hour)
    return fmt::format("{}m", seconds / minute);
  if (seconds < day)
    return fmt::format("{}h", seconds / hour);
  return fmt::format("{}d", seconds / day);
}

/// How high a bar is, in thirds of a line.
int height(std::uint32_t took_ms, std::uint32_t min_ms, std::uint32_t max_ms) {
  constexpr auto steps = lines * static_cast<int>(tops.size());
  const auto range = max_ms == min_ms ? 1.0 : static_cast<double>(max_ms - min_ms);
  const auto step = static_cast<int>(static_cast<double>(took_ms - min_ms) * steps / range);
  return std::clamp(step, 0, steps - 1);
}

char piece(int bar_height, int line) {
  const auto top = bar_height - (lines - line - 1) * static_cast<int>(tops.size());
  if (top < 0)
    return ' ';
  return top < static_cast<int>(tops.size()) ? tops[static_cast<std::size_t>(top)] : '|';
}

void draw_bars(std::span<const latency_sample> samples, std::uint32_t min_ms, std::uint32_t max_ms,
               std::string& out) {
  for (int line = 0; line < lines; ++line) {
    for (const auto& sample : samples)
      out += piece(height(sample.took_ms, min_ms, max_ms), line);
    out += '\n';
  }
}

void write_ages(std::span<const latency_sample> samples, std::int64_t now_s, std::string& out) {
  std::vector<std::string> labels;
  std::size_t longest = 0;
  for (const auto& sample : samples) {
    labels.push_back(age(std::max<std::int64_t>(now_s - sample.at_s, 0)));
    longest = std::max(longest, labels.back().size());
  }
  out.append(samples.size(), ' ');
  out += '\n';
  for (std::size_t i = 0; i < longest; ++i) {
    for (const auto& label : labels)
      out += i < label.size() ? label[i] : ' ';
    out += '\n';
  }
}

} // namespace

std::string draw_graph(std::string_view event, const latency_series& series, std::int64_t now_s) {
  const auto samples = series.samples();
  const auto summary = summarise(series, now_s);
  auto out = fmt::format("{} - high {} ms, low {} ms (all time high {} ms)\n{:-<{}}\n", event,
                         summary.max_ms, summary.min_ms, series.worst_ms(), "", columns);
  for (std::size_t at = 0; at < samples.size(); at += columns) {
    if (at != 0)
      out += '\n';
    const auto part = std::span{samples}.subspan(at, std::min(columns, samples.size() - at));
    draw_bars(part, summary.min_ms, summary.max_ms, out);
    write_ages(part, now_s, out);
  }
  return out;
}

} // namespace thespis::commands
