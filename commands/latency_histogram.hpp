#pragma once

/// How often a command took how long, from 1 ns to 1 s, at 1.6 % precision: every power of two is
/// cut into 64 equal buckets (values under 64 ns are exact). One writer records, anybody reads.
/// Source: the idea of HdrHistogram (log-linear buckets), with fewer of them.
///
///     bucket   0 … 63   64 … 127   128 … 191    …   1536 … 1599
///     ns       0 … 63   64 … 127   128 … 255    …   2^29 … 2^30-1
///     width    1        1          2                2^23

#include "base/counter.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace thespis::commands {

namespace latency_buckets {

inline constexpr unsigned split_bits = 6;
/// Longer times count as this one.
inline constexpr std::uint64_t ns_max = 1'000'000'000;

constexpr std::size_t index_of(std::uint64_t ns) noexcept {
  const auto value = std::min(ns, ns_max);
  constexpr std::uint64_t split = std::uint64_t{1} << split_bits;
  if (value < split)
    return static_cast<std::size_t>(value);
  const auto exponent = static_cast<unsigned>(std::bit_width(value)) - 1;
  const auto part = (value >> (exponent - split_bits)) & (split - 1);
  return ((exponent - split_bits + 1) << split_bits) + static_cast<std::size_t>(part);
}

inline constexpr std::size_t count = index_of(ns_max) + 1;

/// The longest time that falls into the bucket, in nanoseconds.
constexpr std::uint64_t upper_ns(std::size_t index) noexcept {
  constexpr std::size_t split = std::size_t{1} << split_bits;
  if (index < split)
    return index;
  const auto exponent = static_cast<unsigned>(index >> split_bits) + split_bits - 1;
  const auto part = static_cast<std::uint64_t>(index & (split - 1));
  const auto width = std::uint64_t{1} << (exponent - split_bits);
  return (std::uint64_t{1} << exponent) + (part + 1) * width - 1;
}

} // namespace latency_buckets

/// What one writer counts. 12 KiB: made for a command when it is first used.
class latency_histogram {
public:
  void record(std::uint64_t ns) noexcept {
    buckets_[latency_buckets::index_of(ns)].add();
  }
  std::uint64_t at(std::size_t bucket) const noexcept {
    return buckets_[bucket].get();
  }

private:
  std::array<base::counter, latency_buckets::count> buckets_;
};

/// The sum over writers, a plain value.
class latency_distribution {
public:
  void add(const latency_histogram& from) noexcept;
  void add(const latency_distribution& from) noexcept;
  void subtract(const latency_distribution& from) noexcept;

  std::uint64_t total() const noexcept {
    return total_;
  }
  /// The time in nanoseconds that `percent` of all calls did not exceed; 0 without calls.
  std::uint64_t percentile_ns(double percent) const noexcept;
  /// How many calls took at most as long as the bucket of `ns` reaches.
  std::uint64_t up_to_ns(std::uint64_t ns) const noexcept;

private:
  std::array<std::uint64_t, latency_buckets::count> buckets_{};
  std::uint64_t total_ = 0;
};

} // namespace thespis::commands
