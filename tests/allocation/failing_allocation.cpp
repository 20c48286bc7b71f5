#include "tests/allocation/failing_allocation.hpp"

#include "actors/memory_reserve.hpp"
#include "server/operator_new.hpp"

#include <cstdlib>

namespace {

namespace reserve = thespis::actors::memory_reserve;
using thespis::tests::failing;

struct countdown {
  /// Allocations up to the one that fails; 0: that one has been.
  std::size_t left = 0;
  failing how = failing::once;
  bool armed = false;
};

thread_local constinit countdown counting;

/// Whether this allocation is to fail.
bool fails() noexcept {
  if (!counting.armed)
    return false;
  if (counting.left == 0)
    return counting.how == failing::from_then_on;
  return --counting.left == 0;
}

} // namespace

namespace thespis::tests {

failing_allocation::failing_allocation(std::size_t number, failing how) noexcept {
  counting = {.left = number, .how = how, .armed = true};
}

failing_allocation::~failing_allocation() {
  counting.armed = false;
}

bool failing_allocation::happened() const noexcept {
  return counting.left == 0;
}

} // namespace thespis::tests

// -- what the linker puts in the place of malloc and its like -------------------------------------

extern "C" {

void* __real_malloc(std::size_t bytes);
void* __real_calloc(std::size_t count, std::size_t bytes);
void* __real_realloc(void* block, std::size_t bytes);
void* __real_aligned_alloc(std::size_t alignment, std::size_t bytes);

void* __wrap_malloc(std::size_t bytes) {
  return fails() ? nullptr : __real_malloc(bytes);
}
void* __wrap_calloc(std::size_t count, std::size_t bytes) {
  return fails() ? nullptr : __real_calloc(count, bytes);
}
void* __wrap_realloc(void* block, std::size_t bytes) {
  return fails() ? nullptr : __real_realloc(block, bytes);
}
void* __wrap_aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return fails() ? nullptr : __real_aligned_alloc(alignment, bytes);
}
}

// -- operator new ---------------------------------------------------------------------------------

namespace thespis::server {

inline void* allocate(std::size_t bytes) noexcept {
  // A node of a deque: the run queue's, which is not to fail wherever it grows.
  constexpr std::size_t deque_node_bytes = 512;
  const auto has_reserve = reserve::limit == reserve::blocks
                           || (reserve::limit != 0 && bytes == deque_node_bytes);
  return !has_reserve && fails() ? nullptr : __real_malloc(bytes == 0 ? 1 : bytes);
}

inline void release(void* block) noexcept {
  std::free(block);
}

} // namespace thespis::server
