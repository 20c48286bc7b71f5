#pragma once

/// An allocator that fails when a test says so. This program's operator new, and malloc and its
/// like as far as the library's own files call them (the linker wraps them: tests/CMakeLists.txt),
/// count while a `failing_allocation` lives on their thread.
///
/// As in the server, operator new does not fail where the thread may use all of the memory reserve
/// (actors/memory_reserve.hpp): what CAF and the tests themselves need.

#include <cstddef>

namespace thespis::tests {

enum class failing {
  /// One allocation.
  once,
  /// That one and all that follow.
  from_then_on,
};

class failing_allocation {
public:
  /// The `number`-th allocation from now on fails, counted from 1.
  failing_allocation(std::size_t number, failing how) noexcept;
  ~failing_allocation();
  failing_allocation(const failing_allocation&) = delete;
  failing_allocation& operator=(const failing_allocation&) = delete;

  /// Whether there were so many.
  bool happened() const noexcept;
};

} // namespace thespis::tests
