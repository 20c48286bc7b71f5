#include "commands/latency_histogram.hpp"

#include <cmath>

namespace thespis::commands {

void latency_distribution::add(const latency_histogram& from) noexcept {
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const auto calls = from.at(i);
    buckets_[i] += calls;
    total_ += calls;
  }
}

void latency_distribution::add(const latency_distribution& from) noexcept {
  for (std::size_t i = 0; i < buckets_.size(); ++i)
    buckets_[i] += from.buckets_[i];
  total_ += from.total_;
}

void latency_distribution::subtract(const latency_distribution& from) noexcept {
  total_ = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    buckets_[i] -= std::min(buckets_[i], from.buckets_[i]);
    total_ += buckets_[i];
  }
}

std::uint64_t latency_distribution::percentile_ns(double percent) const noexcept {
  if (total_ == 0)
    return 0;
  const auto wanted = std::ceil(std::clamp(percent, 0.0, 100.0) / 100
                                * static_cast<double>(total_));
  const auto rank = std::max<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= rank)
      return latency_buckets::upper_ns(i);
  }
  return latency_buckets::upper_ns(buckets_.size() - 1);
}

std::uint64_t latency_distribution::up_to_ns(std::uint64_t ns) const noexcept {
  const auto last = latency_buckets::index_of(ns);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i <= last; ++i)
    seen += buckets_[i];
  return seen;
}

} // namespace thespis::commands
