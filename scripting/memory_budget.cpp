#include "scripting/memory_budget.hpp"

#include <cstdlib>

namespace thespis::scripting {

void* memory_budget::reallocate(void* budget, void* block, std::size_t old_size,
                                std::size_t new_size) noexcept {
  auto& self = *static_cast<memory_budget*>(budget);
  if (block == nullptr)
    old_size = 0;
  if (new_size == 0) {
    std::free(block);
    self.used_ -= old_size;
    return nullptr;
  }
  if (new_size > old_size) {
    auto more = new_size - old_size;
    if (self.used_ > self.limit_ || more > self.limit_ - self.used_)
      return nullptr;
  }
  void* moved = std::realloc(block, new_size);
  if (moved == nullptr) {
    if (new_size > old_size)
      return nullptr;
    moved = block;
  }
  self.used_ = self.used_ - old_size + new_size;
  return moved;
}

} // namespace thespis::scripting
