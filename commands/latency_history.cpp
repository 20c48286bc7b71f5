#include "commands/latency_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace thespis::commands {

void latency_series::add(std::int64_t at_s, std::uint32_t took_ms) {
  worst_ms_ = std::max(worst_ms_, took_ms);
  auto& last = ring_[(next_ + samples_max - 1) % samples_max];
  if (count_ != 0 && last.at_s == at_s) {
    last.took_ms = std::max(last.took_ms, took_ms);
    return;
  }
  ring_[next_] = {at_s, took_ms};
  next_ = (next_ + 1) % samples_max;
  count_ = std::min(count_ + 1, samples_max);
}

std::vector<latency_sample> latency_series::samples() const {
  std::vector<latency_sample> out;
  out.reserve(count_);
  for (std::size_t i = samples_max - count_; i < samples_max; ++i)
    out.push_back(ring_[(next_ + i) % samples_max]);
  return out;
}

void latency_history::add(std::string_view event, std::int64_t at_s, std::uint32_t took_ms) {
  auto found = events_.find(event);
  if (found == events_.end())
    found = events_.emplace(std::string{event}, latency_series{}).first;
  found->second.add(at_s, took_ms);
}

const latency_series* latency_history::find(std::string_view event) const {
  const auto found = events_.find(event);
  return found == events_.end() ? nullptr : &found->second;
}

bool latency_history::reset(std::string_view event) {
  const auto found = events_.find(event);
  if (found == events_.end())
    return false;
  events_.erase(found);
  return true;
}

std::size_t latency_history::reset_all() {
  const auto count = events_.size();
  events_.clear();
  return count;
}

latency_summary summarise(const latency_series& series, std::int64_t now_s) {
  const auto samples = series.samples();
  latency_summary out;
  if (samples.empty())
    return out;
  const auto by_time = [](const auto& a, const auto& b) { return a.took_ms < b.took_ms; };
  const auto [least, most] = std::minmax_element(samples.begin(), samples.end(), by_time);
  out.min_ms = least->took_ms;
  out.max_ms = most->took_ms;
  out.samples = samples.size();
  out.period_s = std::max<std::int64_t>(now_s - samples.front().at_s, 1);
  std::uint64_t sum = 0;
  for (const auto& sample : samples)
    sum += sample.took_ms;
  out.average_ms = static_cast<std::uint32_t>(sum / samples.size());
  std::uint64_t off = 0;
  for (const auto& sample : samples)
    off += sample.took_ms > out.average_ms ? sample.took_ms - out.average_ms
                                           : out.average_ms - sample.took_ms;
  out.deviation_ms = static_cast<std::uint32_t>(off / samples.size());
  return out;
}

} // namespace thespis::commands
