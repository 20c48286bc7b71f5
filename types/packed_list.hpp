#pragma once

/// A sequence of byte strings in one block of memory: what small hashes, sets and sorted sets are
/// made of (Redis' listpack has the same task).
///
///     +-------+-------+-----------------+-----------------+--
///     | bytes | count | length  content | length  content | …
///     | 4     | 4     | 1, 3 or 5       |                 |
///     +-------+-------+-----------------+-----------------+--
///
/// A length is one byte up to 252; 253 announces two bytes of length, 254 four (little endian).
/// Elements are reached from the front only, so there is no length behind an element.
///
/// - The list is one word: the block's address, which is a multiple of 16, or null when empty. So
///   an entry of the keyspace can hold it without a block in between (`adopt`, `release`).
/// - The block is as large as base::size_class of its bytes; nothing stores its capacity.
/// - Every search is linear. Whoever uses it keeps it small (a few kilobytes).
/// - Changes throw std::bad_alloc with nothing changed. Positions behind a change become invalid,
///   and all of them when the block moves, which every change may cause.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <utility>

namespace thespis::types {

class packed_list {
public:
  /// The most bytes that a list may have.
  static constexpr std::size_t bytes_max = std::size_t{1} << 31;

  /// Where an element is. Forward only.
  class iterator {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view*;
    using reference = std::string_view;

    iterator() noexcept = default;
    std::string_view operator*() const noexcept {
      const auto [head, size] = read_length(at_);
      return {at_ + head, size};
    }
    iterator& operator++() noexcept {
      const auto [head, size] = read_length(at_);
      at_ += head + size;
      return *this;
    }
    iterator operator++(int) noexcept {
      auto old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(iterator a, iterator b) noexcept {
      return a.at_ == b.at_;
    }

  private:
    friend class packed_list;
    explicit iterator(const char* at) noexcept : at_(at) {
    }
    const char* at_ = nullptr;
  };

  packed_list() noexcept = default;
  packed_list(packed_list&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {
  }
  packed_list& operator=(packed_list&& other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~packed_list();

  /// Takes over what release() gave.
  static packed_list adopt(void* word) noexcept {
    packed_list list;
    list.block_ = static_cast<char*>(word);
    return list;
  }
  /// The block's address, or null; the caller owns it, and this list is empty.
  void* release() noexcept {
    return std::exchange(block_, nullptr);
  }
  packed_list copy() const;

  std::size_t size() const noexcept {
    return block_ == nullptr ? 0 : word_at(4);
  }
  bool empty() const noexcept {
    return size() == 0;
  }
  /// Bytes of the block that are in use, lengths and header included; 0 when empty.
  std::size_t used_bytes() const noexcept {
    return block_ == nullptr ? 0 : word_at(0);
  }
  /// Bytes of memory.
  std::size_t memory_bytes() const noexcept;
  /// How many bytes an element of `size` bytes takes.
  static constexpr std::size_t element_bytes(std::size_t size) noexcept {
    return size + (size <= short_max ? 1 : size <= 0xffff ? 3 : 5);
  }

  iterator begin() const noexcept {
    return iterator{block_ == nullptr ? nullptr : block_ + head_bytes};
  }
  iterator end() const noexcept {
    return iterator{block_ == nullptr ? nullptr : block_ + word_at(0)};
  }
  /// The element number `index`. REQUIRES: index <= size(). Cost: O(index).
  iterator at(std::size_t index) const noexcept;
  /// The first element equal to `bytes`, looking at every `stride`-th from the first one on; end()
  /// if there is none. Cost: O(size()).
  iterator find(std::string_view bytes, std::size_t stride = 1) const noexcept;

  /// Inserts in front of `where`. Returns where the first of them is. Throws std::bad_alloc, and
  /// std::length_error beyond bytes_max. REQUIRES: no element is a view of this list.
  iterator insert(iterator where, std::initializer_list<std::string_view> elements);
  iterator push_back(std::initializer_list<std::string_view> elements) {
    return insert(end(), elements);
  }
  /// Takes out `count` elements. Returns where what followed them is. REQUIRES: they exist.
  iterator erase(iterator where, std::size_t count = 1) noexcept;
  /// Replaces one element. Throws as insert; REQUIRES the same.
  iterator replace(iterator where, std::string_view element);
  void clear() noexcept;

private:
  static constexpr std::size_t head_bytes = 8;
  static constexpr std::size_t short_max = 252;

  struct length {
    std::size_t head;
    std::size_t size;
  };
  static length read_length(const char* at) noexcept {
    const auto first = static_cast<unsigned char>(*at);
    if (first <= short_max) [[likely]]
      return {1, first};
    if (first == short_max + 1) {
      std::uint16_t size;
      std::memcpy(&size, at + 1, sizeof size);
      return {3, size};
    }
    std::uint32_t size;
    std::memcpy(&size, at + 1, sizeof size);
    return {5, size};
  }
  static char* write(char* to, std::string_view element) noexcept;

  std::size_t word_at(std::size_t offset) const noexcept {
    std::uint32_t word;
    std::memcpy(&word, block_ + offset, sizeof word);
    return word;
  }
  void set_words(std::size_t bytes, std::size_t count) noexcept;
  std::size_t offset_of(iterator where) const noexcept {
    return block_ == nullptr ? head_bytes : static_cast<std::size_t>(where.at_ - block_);
  }
  char* open_gap(std::size_t offset, std::size_t old_bytes, std::size_t new_bytes);
  void make_room(std::size_t bytes);

  char* block_ = nullptr;
};

} // namespace thespis::types
