#include "actors/memory_reserve.hpp"

#include <atomic>
#include <mutex>
#include <new>
#include <thread>

namespace thespis::actors::memory_reserve {

alignas(block_bytes) std::byte storage[blocks * block_bytes];

namespace {

struct free_block {
  free_block* next;
};

class spin_lock {
public:
  void lock() noexcept {
    while (taken_.test_and_set(std::memory_order_acquire))
      std::this_thread::yield();
  }
  void unlock() noexcept {
    taken_.clear(std::memory_order_release);
  }

private:
  std::atomic_flag taken_;
};

constinit spin_lock guard;
constinit free_block* first_free = nullptr;
/// Blocks from here on have never been used, and so cost no memory.
constinit std::size_t fresh = 0;
constinit std::size_t used = 0;

} // namespace

void* take(std::size_t bytes) noexcept {
  if (bytes > block_bytes || limit == 0)
    return nullptr;
  const std::lock_guard held{guard};
  if (used >= limit)
    return nullptr;
  ++used;
  if (first_free == nullptr)
    return storage + block_bytes * fresh++;
  auto* const block = first_free;
  first_free = block->next;
  return block;
}

void give_back(void* block) noexcept {
  const std::lock_guard held{guard};
  first_free = new (block) free_block{first_free};
  --used;
}

} // namespace thespis::actors::memory_reserve
