#pragma once

/// How fast a counter grows, averaged over the last 16 samples, as INFO's instantaneous_* figures.
/// Fed with the counter's value about every 100 ms. Owned by the administrator.

#include <array>
#include <cstddef>
#include <cstdint>

namespace thespis::commands {

class rate_meter {
public:
  void sample(std::uint64_t value, std::int64_t now_ms) noexcept {
    if (last_ms_ != 0 && now_ms > last_ms_ && value >= last_value_) {
      const auto growth = static_cast<double>(value - last_value_);
      ring_[next_] = growth * 1000 / static_cast<double>(now_ms - last_ms_);
      next_ = (next_ + 1) % ring_.size();
    }
    last_value_ = value;
    last_ms_ = now_ms;
  }

  double per_second() const noexcept {
    double sum = 0;
    for (const auto rate : ring_)
      sum += rate;
    return sum / static_cast<double>(ring_.size());
  }

private:
  std::array<double, 16> ring_{};
  std::size_t next_ = 0;
  std::uint64_t last_value_ = 0;
  std::int64_t last_ms_ = 0;
};

} // namespace thespis::commands
