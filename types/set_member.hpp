#pragma once

/// A member of a large set: a string in one block of memory that a single address describes, the
/// length included.
///
///     2..16 bytes                          all others
///     +----------------------+             +--------+--------------
///     | bytes                |             | length | bytes …
///     +----------------------+             | 4      |
///                         ^ this           +--------+--------------
///                                          ^ this
///
/// Blocks are 16-byte aligned, so the lowest four bits of an address are free to say how long a
/// short string is: such a member is found by the address of its last byte, and its block begins at
/// the multiple of 16 below. So a string of 16 bytes takes 16 bytes. Long strings, and those of no
/// or one byte, have their length in front, and the address of the block, whose four bits are zero.
///
/// Nobody makes a set_member by value: it is an address with functions, which base::dictionary
/// keeps.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace thespis::types {

class set_member {
public:
  set_member() = delete;
  set_member(const set_member&) = delete;
  set_member& operator=(const set_member&) = delete;

  std::string_view key() const noexcept {
    const auto* const here = reinterpret_cast<const char*>(this);
    const auto last = reinterpret_cast<std::uintptr_t>(here) % alignment;
    if (last != 0) [[likely]]
      return {here - last, last + 1};
    std::uint32_t size;
    std::memcpy(&size, here, sizeof size);
    return {here + sizeof size, size};
  }
  /// The block's bytes, as the allocator rounds them.
  std::size_t block_bytes() const noexcept {
    return block_bytes(key().size());
  }

  /// Throws std::bad_alloc, and std::length_error for a string of 4 GiB.
  static set_member* make(std::string_view text);
  static void destroy(set_member* doomed) noexcept;

private:
  static constexpr std::size_t alignment = 16;

  static constexpr bool is_short(std::size_t size) noexcept {
    return size - 2 <= alignment - 2;
  }
  static std::size_t block_bytes(std::size_t size) noexcept;

  char byte_;
};

static_assert(sizeof(set_member) == 1 && alignof(set_member) == 1);

} // namespace thespis::types
