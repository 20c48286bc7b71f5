#pragma once

#include <atomic>
#include <cstdint>

namespace thespis::base {

/// A statistic with one writer at a time that anybody may read at any moment. Not a lock, not an
/// order: only a number that is never torn.
class counter {
public:
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void set(std::uint64_t n) noexcept {
    value_.store(n, std::memory_order_relaxed);
  }
  std::uint64_t get() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint64_t> value_{0};
};

} // namespace thespis::base
