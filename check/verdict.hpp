#pragma once

#include <cstdint>

namespace thespis::check {

/// What became of a file; also the program's exit code.
enum class verdict : std::uint8_t { fine = 0, damaged = 1, unreadable = 2 };

constexpr verdict worse(verdict a, verdict b) noexcept {
  return a < b ? b : a;
}

} // namespace thespis::check
