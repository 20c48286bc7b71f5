#pragma once

/// The allocation functions of a program, replaced by way of two functions that the including file
/// defines. For one file of a program, never of the library: an embedder has its own.
///
/// The forms for overaligned types stay as they are.

#include <cstddef>
#include <new>

namespace thespis::server {

/// A block for so many bytes, aligned for everything; null if there is none.
inline void* allocate(std::size_t bytes) noexcept;
inline void release(void* block) noexcept;

} // namespace thespis::server

void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return thespis::server::allocate(bytes);
}
void* operator new(std::size_t bytes) {
  if (void* const block = thespis::server::allocate(bytes); block != nullptr) [[likely]]
    return block;
  throw std::bad_alloc{};
}
void* operator new[](std::size_t bytes) {
  return operator new(bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return thespis::server::allocate(bytes);
}

void operator delete(void* block) noexcept {
  thespis::server::release(block);
}
void operator delete(void* block, std::size_t) noexcept {
  thespis::server::release(block);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
  thespis::server::release(block);
}
void operator delete[](void* block) noexcept {
  thespis::server::release(block);
}
void operator delete[](void* block, std::size_t) noexcept {
  thespis::server::release(block);
}
void operator delete[](void* block, const std::nothrow_t&) noexcept {
  thespis::server::release(block);
}
