/// The server program's operator new: malloc with the memory reserve behind it. It belongs to the
/// program, not to the library. Sanitizers want their own.

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#include "server/operator_new.hpp"

#include "actors/memory_reserve.hpp"

#include <cstdlib>

namespace thespis::server {

namespace reserve = actors::memory_reserve;

inline void* allocate(std::size_t bytes) noexcept {
  void* const block = std::malloc(bytes);
  return block != nullptr ? block : reserve::take(bytes);
}

inline void release(void* block) noexcept {
  if (reserve::owns(block)) [[unlikely]]
    reserve::give_back(block);
  else
    std::free(block);
}

} // namespace thespis::server

#endif
