#pragma once

/// How often each error code word ("ERR", "WRONGTYPE") was replied. One writer, any readers: a cell
/// is filled once, then published, and only counts from there on. Scripts can make up codes, so
/// their number is bounded; those beyond the bound count together as "ERRORSTATS_OVERFLOW".

#include "base/counter.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace thespis::commands {

/// Code word and count, in the order that INFO prints them.
using error_counts = std::map<std::string, std::uint64_t, std::less<>>;

class error_statistics {
public:
  static constexpr std::size_t codes_max = 128;
  static constexpr std::size_t code_bytes_max = 32;

  /// For the writer. Cost: O(codes seen), which are few.
  void add(std::string_view code, std::uint64_t times = 1) noexcept;

  /// Adds what was counted to `sums`. From any thread.
  void sum_up(error_counts& sums) const;

private:
  struct cell {
    std::array<char, code_bytes_max> code;
    std::uint32_t size = 0;
    base::counter times;

    std::string_view name() const noexcept {
      return {code.data(), size};
    }
  };

  std::array<cell, codes_max> cells_;
  /// Cells below it are published.
  std::atomic<std::size_t> used_{0};
  base::counter overflow_;
};

} // namespace thespis::commands
