#pragma once

/// The latency monitor: for each kind of event the last 160 seconds in which it took longer than
/// latency-monitor-threshold, one sample a second (the worst of it). Owned by the administrator.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

struct latency_sample {
  /// Unix time.
  std::int64_t at_s = 0;
  std::uint32_t took_ms = 0;
};

/// The samples of one event.
class latency_series {
public:
  static constexpr std::size_t samples_max = 160;

  void add(std::int64_t at_s, std::uint32_t took_ms);

  /// Oldest first.
  std::vector<latency_sample> samples() const;
  const latency_sample& latest() const noexcept {
    return ring_[(next_ + samples_max - 1) % samples_max];
  }
  /// The worst ever, also if it left the ring.
  std::uint32_t worst_ms() const noexcept {
    return worst_ms_;
  }

private:
  std::array<latency_sample, samples_max> ring_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::uint32_t worst_ms_ = 0;
};

/// What LATENCY DOCTOR says about a series.
struct latency_summary {
  std::uint32_t min_ms = 0;
  std::uint32_t max_ms = 0;
  std::uint32_t average_ms = 0;
  /// Mean absolute deviation.
  std::uint32_t deviation_ms = 0;
  std::size_t samples = 0;
  /// From the oldest sample to now.
  std::int64_t period_s = 0;
};

class latency_history {
public:
  using series_map = std::map<std::string, latency_series, std::less<>>;

  /// `event`: "command", "fast-command", "expire-cycle" …
  void add(std::string_view event, std::int64_t at_s, std::uint32_t took_ms);

  /// Null if nothing was filed under that name.
  const latency_series* find(std::string_view event) const;
  const series_map& events() const noexcept {
    return events_;
  }

  /// Returns whether there was such an event.
  bool reset(std::string_view event);
  /// Returns how many events there were.
  std::size_t reset_all();

private:
  series_map events_;
};

latency_summary summarise(const latency_series& series, std::int64_t now_s);

/// The series as a picture of characters, 80 wide: what LATENCY GRAPH replies.
std::string draw_graph(std::string_view event, const latency_series& series, std::int64_t now_s);

/// What LATENCY DOCTOR replies while the monitor runs: a summary of each event, then advice.
std::string explain(const latency_history& history, std::int64_t now_s);

} // namespace thespis::commands
