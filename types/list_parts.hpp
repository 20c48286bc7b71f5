#pragma once

/// The parts of a list that is larger than one chunk: a ring of words, one for each part, so that
/// parts come and go at both ends for nothing, and in the middle at the price of moving words.
///
///     word:  | count 16 | address 48, a multiple of 16; bit 0: one long element |
///
/// The count in the word spares whoever looks for an index the way to the chunk. It is true for all
/// parts but the first and the last: those change with every element, and are asked themselves.
///
///     long element:  | size 8 | content |

#include "base/size_class.hpp"
#include "types/list_chunk.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace thespis::types {

/// A chunk, or an element that is too long for one. Does not own it.
class list_part {
public:
  list_part() noexcept = default;
  explicit list_part(list_chunk* chunk) noexcept
    : word_(reinterpret_cast<std::uint64_t>(chunk) | std::uint64_t{chunk->count()} << count_shift) {
  }
  /// A block with that element. Throws std::bad_alloc.
  static list_part make_long(std::string_view element);
  /// The same in a block of its own. Throws std::bad_alloc.
  list_part copy() const;
  void free() const noexcept;

  /// Stands for no part.
  bool is_nothing() const noexcept {
    return word_ == 0;
  }
  bool is_chunk() const noexcept {
    return (word_ & long_bit) == 0;
  }
  /// REQUIRES: is_chunk().
  list_chunk* chunk() const noexcept {
    return reinterpret_cast<list_chunk*>(word_ & address_mask);
  }
  /// REQUIRES: !is_chunk().
  std::string_view long_element() const noexcept {
    const auto* const block = reinterpret_cast<const char*>(word_ & (address_mask & ~long_bit));
    std::uint64_t size;
    std::memcpy(&size, block, sizeof size);
    return {block + sizeof size, size};
  }
  /// As the part itself knows it.
  std::size_t count() const noexcept {
    return word_ == 0 ? 0 : is_chunk() ? chunk()->count() : 1;
  }
  /// As it was when the word was made.
  std::size_t noted_count() const noexcept {
    return word_ >> count_shift;
  }
  std::size_t memory_bytes() const noexcept;
  std::string_view at(std::size_t index) const noexcept {
    return is_chunk() ? chunk()->at(index) : long_element();
  }
  list_run run(std::size_t index, std::size_t n) const noexcept {
    return is_chunk() ? chunk()->run(index, n) : list_run{long_element()};
  }

private:
  static constexpr int count_shift = 48;
  static constexpr std::uint64_t address_mask = (std::uint64_t{1} << count_shift) - 1;
  static constexpr std::uint64_t long_bit = 1;

  std::uint64_t word_ = 0;
};

/// The ring. Owns its parts.
class list_parts {
public:
  list_parts() noexcept = default;
  list_parts(const list_parts&) = delete;
  list_parts& operator=(const list_parts&) = delete;
  ~list_parts();
  /// Throws std::bad_alloc.
  list_parts* copy() const;

  /// Elements of the whole list; the list keeps it.
  std::size_t elements = 0;
  /// What the whole list would take as a listpack; the list keeps it while `is_measured`.
  std::size_t listpack_bytes = 0;
  bool is_measured = false;

  std::size_t size() const noexcept {
    return size_;
  }
  list_part operator[](std::size_t index) const noexcept {
    return words_[place(index)];
  }
  list_part front() const noexcept {
    return words_[first_];
  }
  list_part back() const noexcept {
    return words_[place(size_ - 1)];
  }
  std::size_t count_of(std::size_t index) const noexcept {
    const auto part = (*this)[index];
    return index == 0 || index + 1 == size_ ? part.count() : part.noted_count();
  }
  /// Of the ring and all parts.
  std::size_t memory_bytes() const noexcept;
  /// See keyspace/object.hpp.
  std::size_t effort() const noexcept {
    return size_ + part_bytes_ / base::large_bytes;
  }

  struct position {
    std::size_t part;
    std::size_t index;
  };
  /// Where an element is. REQUIRES: it exists. Cost: O(parts to the nearer end), eight bytes each.
  position find(std::size_t element) const noexcept;

  /// Makes sure that one more part can be added without an exception. Throws std::bad_alloc.
  void reserve();
  /// Adds a part before number `index`. REQUIRES: reserve().
  void insert(std::size_t index, list_part part) noexcept;
  /// Exchanges a part for another, which is the owner's.
  void replace(std::size_t index, list_part part) noexcept;
  /// A chunk in the middle has another number of elements now.
  void note_count(std::size_t index) noexcept {
    if (const auto part = (*this)[index]; part.is_chunk())
      words_[place(index)] = list_part{part.chunk()};
  }
  /// Takes `n` parts out and frees them.
  void erase(std::size_t index, std::size_t n = 1) noexcept;
  /// The same for one, which is the caller's then.
  list_part take(std::size_t index) noexcept;
  /// Frees a part and leaves its place empty until tidy().
  void drop(std::size_t index) noexcept;
  /// Frees the parts of [first, last) that are empty, and joins those that fit into their
  /// neighbours well.
  void tidy(std::size_t first, std::size_t last) noexcept;

private:
  std::size_t place(std::size_t index) const noexcept {
    const auto at = first_ + index;
    return at >= capacity_ ? at - capacity_ : at;
  }
  static constexpr std::size_t stride = 8;
  std::size_t noted_sum(std::size_t index) const noexcept;
  position find_from_front(std::size_t element) const noexcept;
  position find_from_back(std::size_t behind) const noexcept;
  void resize(std::size_t capacity);
  void close_gap(std::size_t index, std::size_t n) noexcept;
  bool join(list_part left, list_part right) const noexcept;

  list_part* words_ = nullptr;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::size_t part_bytes_ = 0;
};

} // namespace thespis::types
