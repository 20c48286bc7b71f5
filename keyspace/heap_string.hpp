#pragma once

/// The bytes of a string that is too long to live in its entry: one block, lengths in front.

#include <cstddef>

namespace thespis::keyspace {

struct heap_string {
  std::size_t size;
  std::size_t capacity;

  char* bytes() noexcept {
    return reinterpret_cast<char*>(this + 1);
  }
  const char* bytes() const noexcept {
    return reinterpret_cast<const char*>(this + 1);
  }

  /// `size` bytes, not set, with room for at least `capacity`. Throws std::bad_alloc.
  static heap_string* make(std::size_t size, std::size_t capacity);
  /// The same bytes with room for `capacity`, perhaps elsewhere. Throws std::bad_alloc, `old` is as
  /// it was then. REQUIRES: capacity >= old->size.
  static heap_string* reallocate(heap_string* old, std::size_t capacity);
  static void free(heap_string* doomed) noexcept;
};

} // namespace thespis::keyspace
