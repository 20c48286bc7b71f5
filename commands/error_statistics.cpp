#include "commands/error_statistics.hpp"

#include <algorithm>

namespace thespis::commands {

void error_statistics::add(std::string_view code, std::uint64_t times) noexcept {
  code = code.substr(0, code_bytes_max);
  const auto used = used_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < used; ++i) {
    if (cells_[i].name() == code) {
      cells_[i].times.add(times);
      return;
    }
  }
  if (used == codes_max) {
    overflow_.add(times);
    return;
  }
  auto& fresh = cells_[used];
  std::copy(code.begin(), code.end(), fresh.code.begin());
  fresh.size = static_cast<std::uint32_t>(code.size());
  fresh.times.set(times);
  used_.store(used + 1, std::memory_order_release);
}

void error_statistics::sum_up(error_counts& sums) const {
  const auto used = used_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < used; ++i)
    sums[std::string{cells_[i].name()}] += cells_[i].times.get();
  if (const auto rest = overflow_.get(); rest != 0)
    sums["ERRORSTATS_OVERFLOW"] += rest;
}

} // namespace thespis::commands
