#pragma once

/// A wall clock that a test sets forward.

#include "keyspace/command_context.hpp"

#include <atomic>
#include <cstdint>

namespace thespis::tests {

inline constexpr std::int64_t start_ms = 1'700'000'000'000;

inline std::atomic<std::int64_t> clock_ms{start_ms};

inline keyspace::instant test_time() {
  return {.ms = clock_ms.load(), .us = clock_ms.load() * 1000};
}

} // namespace thespis::tests
