#include "actors/sizing.hpp"

#include <algorithm>
#include <thread>

namespace thespis::actors {

std::size_t loop_count_of(const base::options& settings) {
  const auto configured = settings.get(base::option::threads);
  if (configured > 0)
    return static_cast<std::size_t>(configured);
  return std::max(1u, std::thread::hardware_concurrency());
}

std::size_t partition_count_of(const base::options& settings, std::size_t loops) {
  const auto configured = settings.get(base::option::partitions);
  return configured > 0 ? static_cast<std::size_t>(configured) : loops;
}

} // namespace thespis::actors
