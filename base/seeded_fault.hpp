#pragma once

/// Mistakes that the server makes on demand, so that tests can show that they would be found
/// (tests/history/run has the list, docs/history-checker.md the results). Only builds with the
/// CMake option THESPIS_SEEDED_FAULTS have them, and there the environment variable
/// THESPIS_SEEDED_FAULT chooses one by its name. In all other builds seeded() is the constant
/// false, and what depends on it is not there.

#include <string_view>

#ifdef THESPIS_SEEDED_FAULTS
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#endif

namespace thespis::base {

#ifdef THESPIS_SEEDED_FAULTS

/// Whether to make that mistake now: each time, or each `every`-th.
inline bool seeded(std::string_view fault, unsigned every = 1) noexcept {
  static const auto* const chosen = std::getenv("THESPIS_SEEDED_FAULT");
  static std::atomic<unsigned> asked{0};
  return chosen != nullptr && fault == chosen
         && asked.fetch_add(1, std::memory_order_relaxed) % every == every - 1;
}

/// The value with which it was asked the last time about that key.
inline std::string stale_value(std::string_view key, std::string_view value) {
  static std::mutex lock;
  static std::map<std::string, std::string, std::less<>> values;
  const std::lock_guard guard{lock};
  auto& kept = values.try_emplace(std::string{key}, value).first->second;
  return std::exchange(kept, std::string{value});
}

/// Time for others to come between.
inline void pause_for_others() {
  std::this_thread::sleep_for(std::chrono::milliseconds{2});
}

#else

constexpr bool seeded(std::string_view, unsigned = 1) noexcept {
  return false;
}
constexpr std::string_view stale_value(std::string_view, std::string_view value) noexcept {
  return value;
}
constexpr void pause_for_others() noexcept {
}

#endif

} // namespace thespis::base
