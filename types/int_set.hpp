#pragma once

/// A set of integers in one block of memory: sorted, each as wide as the widest needs (Redis'
/// intset has the same task).
///
///     +-------+-------+---------+---------+--
///     | count | width | integer | integer | …
///     | 4     | 4     | 2, 4, 8 |         |
///     +-------+-------+---------+---------+--
///
/// - The set is one word: the block's address, which is a multiple of 16, or null when empty.
/// - The block is as large as base::size_class of its bytes; nothing stores its capacity.
/// - Ascending, no integer twice. The width grows with the first integer that needs it and never
///   shrinks again.
/// - Look-up O(log n); insertion and removal move what is behind, O(n).
/// - Changes throw std::bad_alloc with nothing changed.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace thespis::types {

class int_set {
public:
  /// The most integers that a set may have.
  static constexpr std::size_t size_max = std::size_t{1} << 30;

  int_set() noexcept = default;
  int_set(int_set&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {
  }
  int_set& operator=(int_set&& other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~int_set();

  /// Takes over what release() gave.
  static int_set adopt(void* word) noexcept {
    int_set out;
    out.block_ = static_cast<char*>(word);
    return out;
  }
  /// The block's address, or null; the caller owns it, and this set is empty.
  void* release() noexcept {
    return std::exchange(block_, nullptr);
  }
  int_set copy() const;

  std::size_t size() const noexcept {
    return block_ == nullptr ? 0 : word_at(0);
  }
  bool empty() const noexcept {
    return block_ == nullptr;
  }
  std::size_t memory_bytes() const noexcept;
  /// How many bytes each integer takes; 0 when empty.
  std::size_t width() const noexcept {
    return block_ == nullptr ? 0 : word_at(4);
  }

  /// The integer number `index` in ascending order. REQUIRES: index < size().
  std::int64_t at(std::size_t index) const noexcept {
    const auto* const from = block_ + head_bytes + index * width();
    switch (width()) {
      case 2:
        return load<std::int16_t>(from);
      case 4:
        return load<std::int32_t>(from);
      default:
        return load<std::int64_t>(from);
    }
  }
  bool contains(std::int64_t value) const noexcept;
  /// Returns whether it was not there. Throws std::bad_alloc. REQUIRES: size() < size_max.
  bool insert(std::int64_t value);
  /// Returns whether it was there.
  bool erase(std::int64_t value) noexcept;

private:
  static constexpr std::size_t head_bytes = 8;

  template <class Integer>
  static Integer load(const char* from) noexcept {
    Integer value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  std::size_t word_at(std::size_t offset) const noexcept {
    return load<std::uint32_t>(block_ + offset);
  }
  std::size_t used_bytes() const noexcept {
    return head_bytes + size() * width();
  }
  std::size_t lower_bound(std::int64_t value) const noexcept;
  void set_head(std::size_t count, std::size_t width) noexcept;
  void put(std::size_t index, std::int64_t value) noexcept;
  void widen_and_insert(std::int64_t value, std::size_t wider);

  char* block_ = nullptr;
};

} // namespace thespis::types
