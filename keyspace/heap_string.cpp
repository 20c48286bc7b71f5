#include "keyspace/heap_string.hpp"

#include <malloc.h>

#include <cstdint>
#include <cstdlib>
#include <new>

namespace thespis::keyspace {

namespace {

heap_string* checked(void* block) {
  if (block == nullptr)
    throw std::bad_alloc();
  auto* result = static_cast<heap_string*>(block);
  result->capacity = ::malloc_usable_size(block) - sizeof(heap_string);
  return result;
}

/// Throws where the sum does not fit, rather than to allocate what is left of it.
std::size_t block_bytes(std::size_t capacity) {
  if (capacity > SIZE_MAX / 2)
    throw std::bad_alloc();
  return sizeof(heap_string) + capacity;
}

} // namespace

heap_string* heap_string::make(std::size_t size, std::size_t capacity) {
  auto* result = checked(std::malloc(block_bytes(capacity < size ? size : capacity)));
  result->size = size;
  return result;
}

heap_string* heap_string::reallocate(heap_string* old, std::size_t capacity) {
  return checked(std::realloc(old, block_bytes(capacity)));
}

void heap_string::free(heap_string* doomed) noexcept {
  std::free(doomed);
}

} // namespace thespis::keyspace
