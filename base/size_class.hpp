#pragma once

/// How much memory an allocation of `bytes` really takes with jemalloc: up to 128 bytes the next
/// multiple of 16, from there on four sizes per power of two. Whoever asks for as much as that gets
/// room to grow for nothing, and knows how much room there is without storing it.
/// Source: jemalloc's manual, "size classes".

#include <bit>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace thespis::base {

constexpr std::size_t size_class(std::size_t bytes) noexcept {
  constexpr std::size_t quantum = 16;
  constexpr std::size_t linear_max = 128;
  if (bytes <= linear_max)
    return bytes == 0 ? quantum : (bytes + quantum - 1) & ~(quantum - 1);
  const auto step = std::bit_floor(bytes - 1) / 4;
  return (bytes + step - 1) & ~(step - 1);
}

/// A block for std::free. Throws std::bad_alloc.
inline void* allocate(std::size_t bytes) {
  void* const block = std::malloc(bytes);
  if (block == nullptr)
    throw std::bad_alloc();
  return block;
}

/// Blocks beyond it cost the system's time for every page when they are freed.
inline constexpr std::size_t large_bytes = 64 * 1024;

} // namespace thespis::base
