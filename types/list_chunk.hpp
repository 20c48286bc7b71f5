#pragma once

/// One block of a list: up to a few kilobytes of elements one behind the other, with room on either
/// side, so that both ends of it grow and shrink without anything being moved.
///
///     +-------+-----+-------+----------+------+-----------------+-----------------+------+
///     | begin | end | count | capacity | room | length  content | length  content | room |
///     | 2     | 2   | 2     | 2        |      | 1 or 3          |                 |      |
///     +-------+-----+-------+----------+------+-----------------+-----------------+------+
///
/// A length is one byte up to 252; 253 announces two bytes of length. It stands on one side of its
/// content only, because a byte per element is what a list of short strings can be judged by. On
/// which side is the chunk's **direction**, the same for all of its elements:
///
/// - forward, as in the picture: the lengths stand in front and lead from left to right. That is
///   how elements are read, and how the first one is taken out.
/// - backward: the lengths stand behind (253 last) and lead from right to left. That is how the
///   last element is taken out without walking over all others.
///
/// Adding needs no direction. A chunk is turned by whoever needs the other one. Where all lengths
/// are one byte, the contents stay where they are: each place between two contents only holds the
/// other neighbour's length then, and the whole begins and ends one byte later. That is why a chunk
/// keeps `spare_bytes` free. To turn 150 elements takes a fraction of a microsecond, so taking a
/// chunk's elements one by one from the end costs a few nanoseconds each.
///
/// The fields are offsets from the block's start. Blocks are as large as base::size_class says;
/// they are made by `make`, freed by std::free, and belong to the list. Nothing here throws but
/// `make`.

#include "types/list_run.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace thespis::types {

class list_chunk {
public:
  static constexpr std::size_t head_bytes = 8;
  static constexpr std::size_t spare_bytes = 1;
  /// Longer ones are no chunk's business.
  static constexpr std::size_t element_size_max = 1024;
  /// Whether an element of `size` bytes comes into no chunk.
  static bool is_long(std::size_t size) noexcept {
    return size > chunked_size_max.load(std::memory_order_relaxed);
  }
  /// Elements of more than `size` bytes, and of more than element_size_max, come into no chunk from
  /// now on; for all lists of the process (DEBUG QUICKLIST-PACKED-THRESHOLD).
  static void keep_out(std::size_t size) noexcept {
    chunked_size_max.store(std::min(size, element_size_max), std::memory_order_relaxed);
  }
  /// The largest chunk.
  static constexpr std::size_t bytes_max = 3584;
  /// How many elements a chunk can have.
  static constexpr std::size_t count_max = bytes_max - head_bytes;

  /// How many bytes an element of `size` bytes takes.
  static constexpr std::size_t element_bytes(std::size_t size) noexcept {
    return size + (size <= list_run::short_max ? 1 : 3);
  }
  /// A block of `bytes` without elements, whose window is at offset `begin`. Throws std::bad_alloc.
  /// REQUIRES: bytes is a base::size_class and at most bytes_max.
  static list_chunk* make(std::size_t bytes, std::size_t begin = head_bytes);
  /// A block of `bytes` with the same elements, `room_left` bytes before them. Throws
  /// std::bad_alloc. REQUIRES: they fit.
  list_chunk* moved(std::size_t bytes, std::size_t room_left) const;

  std::size_t count() const noexcept {
    return count_ & count_mask;
  }
  /// Bytes of all elements.
  std::size_t used_bytes() const noexcept {
    return std::size_t{end_} - begin_;
  }
  std::size_t capacity() const noexcept {
    return capacity_;
  }
  /// Whether `bytes` more fit, if need be after everything has been moved.
  bool has_room(std::size_t bytes) const noexcept {
    return head_bytes + used_bytes() + bytes + spare_bytes <= capacity_;
  }
  bool has_room_left(std::size_t bytes) const noexcept {
    return head_bytes + bytes <= begin_ && has_room(bytes);
  }
  bool has_room_right(std::size_t bytes) const noexcept {
    return end_ + bytes <= capacity_ && has_room(bytes);
  }
  /// Moves all elements so that `room_left` bytes are before them. REQUIRES: that is possible.
  void slide(std::size_t room_left) noexcept;

  // -- ends: REQUIRES room on that side, or an element -------------------------------------------
  void push_front(std::string_view element) noexcept;
  void push_back(std::string_view element) noexcept;
  std::string_view front() noexcept {
    turn_forward();
    return list_run::read(bytes() + begin_).content();
  }
  std::string_view back() noexcept {
    turn_backward();
    return read_backward(bytes() + end_).content;
  }
  void pop_front() noexcept {
    turn_forward();
    const auto [head, size, at] = list_run::read(bytes() + begin_);
    drop_left(head + size);
  }
  void pop_back() noexcept {
    turn_backward();
    const auto last = read_backward(bytes() + end_);
    drop_right(static_cast<std::size_t>(bytes() + end_ - last.start));
  }

  // -- anywhere: REQUIRES index < count(), index + n <= count() ----------------------------------
  /// Cost: O(distance from the end that the direction starts from).
  std::string_view at(std::size_t index) const noexcept;
  /// The elements in their order; the chunk is forward then.
  list_run run(std::size_t index, std::size_t n) noexcept;
  /// The offset of each element in a forward chunk. `offsets` has room for count().
  void offsets(std::uint16_t* offsets) noexcept;
  /// REQUIRES: has_room(element_bytes); index <= count().
  void insert(std::size_t index, std::string_view element) noexcept;
  /// REQUIRES: has_room of what the new one takes more.
  void replace(std::size_t index, std::string_view element) noexcept;
  void erase(std::size_t index) noexcept;
  /// Drops the first or last `n`; nothing is moved.
  void drop_front(std::size_t n) noexcept;
  void drop_back(std::size_t n) noexcept;
  /// Moves everything from `index` on to the end of `to`. REQUIRES: it has room.
  void hand_over(std::size_t index, list_chunk& to) noexcept;
  /// How many bytes the elements from `index` on take.
  std::size_t bytes_from(std::size_t index) noexcept;
  /// Drops the elements equal to `element`, but the first `spared` of them and at most `most`.
  /// Returns how many.
  std::size_t remove(std::string_view element, std::size_t spared, std::size_t most) noexcept;
  std::size_t occurrences(std::string_view element) noexcept;

private:
  static inline constinit std::atomic<std::size_t> chunked_size_max{element_size_max};

  static constexpr unsigned count_mask = 0x3fff;
  /// Some length takes three bytes.
  static constexpr unsigned wide = 0x4000;
  static constexpr unsigned backward = 0x8000;

  struct backward_element {
    std::string_view content;
    char* start;
  };
  static backward_element read_backward(char* end) noexcept;
  static char* write_forward(char* to, std::string_view element) noexcept;
  static void write_backward(char* to, std::string_view element) noexcept;

  char* bytes() noexcept {
    return reinterpret_cast<char*>(this);
  }
  const char* bytes() const noexcept {
    return reinterpret_cast<const char*>(this);
  }
  void turn_forward() noexcept {
    if ((count_ & backward) != 0) [[unlikely]]
      turn();
  }
  void turn_backward() noexcept {
    if ((count_ & backward) == 0) [[unlikely]]
      turn();
  }
  void turn() noexcept;
  void turn_short_backward() noexcept;
  void turn_short_forward() noexcept;
  void turn_wide_backward() noexcept;
  void turn_wide_forward() noexcept;

  char* forward_at(std::size_t index) noexcept;
  char* open_gap(char* at, std::size_t bytes) noexcept;
  void close_gap(char* at, std::size_t bytes) noexcept;
  void count_in(std::string_view element) noexcept {
    count_ = static_cast<std::uint16_t>((count_ + 1u)
                                        | (element.size() > list_run::short_max ? wide : 0u));
  }
  void drop_left(std::size_t bytes) noexcept {
    begin_ = static_cast<std::uint16_t>(begin_ + bytes);
    --count_;
  }
  void drop_right(std::size_t bytes) noexcept {
    end_ = static_cast<std::uint16_t>(end_ - bytes);
    --count_;
  }
  void set_window(std::size_t begin, std::size_t end) noexcept {
    begin_ = static_cast<std::uint16_t>(begin);
    end_ = static_cast<std::uint16_t>(end);
  }
  void set_count(std::size_t count) noexcept {
    count_ = static_cast<std::uint16_t>((count_ & ~count_mask) | count);
  }

  std::uint16_t begin_;
  std::uint16_t end_;
  std::uint16_t count_;
  std::uint16_t capacity_;
};

} // namespace thespis::types
