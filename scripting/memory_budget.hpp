#pragma once

/// The memory of one Lua state: counted, and capped while a script runs. What does not fit is
/// refused; Lua then raises an error that ends the script.

#include <cstddef>
#include <limits>

namespace thespis::scripting {

class memory_budget {
public:
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  std::size_t used() const noexcept {
    return used_;
  }
  /// Bytes in use beyond which nothing more is given out.
  void set_limit(std::size_t bytes) noexcept {
    limit_ = bytes;
  }

  /// A lua_Alloc; `budget` is the memory_budget. Making a block smaller never fails.
  static void* reallocate(void* budget, void* block, std::size_t old_size,
                          std::size_t new_size) noexcept;

private:
  std::size_t used_ = 0;
  std::size_t limit_ = unlimited;
};

} // namespace thespis::scripting
