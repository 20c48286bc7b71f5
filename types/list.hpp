#pragma once

/// A sequence of byte strings that grows and shrinks at both ends, one word in its entry.
///
///     word:  | address of a chunk, or of the parts | bit 1: "quicklist" | bit 0: parts |
///
///     small                          larger
///     word -> chunk                  word -> parts -> ring | chunk | chunk | long element | …
///
/// - Up to about 2.5 KB a list is one chunk (list_chunk.hpp), as large as its elements need. Then
///   it is a ring of words (list_parts.hpp): chunks of 2.5 KB, or 3.5 KB where elements are longer
///   than chunk_short_max, and elements of more than 1 KB by themselves. No chunk is empty. These
///   are sizes of which jemalloc puts eight into one piece of memory; with 2 or 4 KB, a page each,
///   its own notes take half a byte more per element.
/// - Ends cost O(1): a chunk has a window that moves, so nothing is copied but the element. What
///   an element costs beyond its bytes: its length (1 byte up to 252, otherwise 3), 8 bytes for its
///   chunk's head and 8 to 12 for its word in the ring, shared by 150 elements of 16 bytes: 17.2
///   bytes for each of those.
/// - An index costs O(number of chunks / 2), eight bytes each, and a walk in the chunk. A change
///   in the middle moves bytes of one chunk and, if a chunk comes or goes, words of the ring. A
///   full chunk is split; chunks that fit into their neighbour are joined to it.
/// - Whether the list calls itself "listpack" or "quicklist" is a flag that has nothing to do with
///   its form: see listpack_size.hpp. Whoever changes a list says `growing` before and `shrunk`
///   behind it, as Redis 7.2 converts. The size that Redis' listpack would have is kept while the
///   list is small enough to become one.
/// - Changes throw std::bad_alloc with nothing changed; those that only take away never throw.
///   Views of elements are valid until the next call that is not const, and const calls may turn
///   the direction of a chunk, so two threads must not read one list at a time.

#include "types/list_parts.hpp"
#include "types/listpack_size.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace thespis::types {

class list {
public:
  list() noexcept = default;
  list(list&& other) noexcept : word_(std::exchange(other.word_, 0)) {
  }
  list& operator=(list&& other) noexcept {
    std::swap(word_, other.word_);
    return *this;
  }
  ~list();

  /// Takes over what release() gave.
  static list adopt(void* word) noexcept {
    list value;
    value.word_ = reinterpret_cast<std::uintptr_t>(word);
    return value;
  }
  /// The caller owns the word, which is null for an empty list; this list is empty then.
  void* release() noexcept;
  list copy() const;

  std::size_t size() const noexcept {
    return has_parts() ? parts()->elements : is_empty() ? 0 : chunk()->count();
  }
  std::size_t memory_bytes() const noexcept;
  /// See keyspace/object.hpp.
  std::size_t effort() const noexcept {
    return has_parts() ? parts()->effort() : 1;
  }
  std::string_view encoding_name() const noexcept {
    return (word_ & quicklist_bit) != 0 ? "quicklist" : "listpack";
  }

  // -- ends: views must not be of this list; REQUIRES an element to look at or to take -----------
  void push_front(std::string_view element);
  void push_back(std::string_view element);
  std::string_view front() const noexcept;
  std::string_view back() const noexcept;
  void pop_front() noexcept;
  void pop_back() noexcept;

  // -- by index: REQUIRES that the elements exist ------------------------------------------------
  std::string_view at(std::size_t index) const noexcept;
  /// Visits `count` elements in pieces that lie behind each other.
  template <class Visit> // bool(const list_run&); false ends it
  void for_each_run(std::size_t first, std::size_t count, Visit&& visit) const {
    if (!has_parts()) {
      if (count != 0)
        visit(chunk()->run(first, count));
      return;
    }
    if (count == 0)
      return;
    const auto& all = *parts();
    auto [part, index] = all.find(first);
    while (count > 0) {
      const auto n = std::min(count, all.count_of(part) - index);
      if (!visit(all[part].run(index, n)))
        return;
      count -= n;
      index = 0;
      ++part;
    }
  }
  /// Visits all elements from the last one to the first.
  template <class Visit> // bool(std::string_view); false ends it
  void for_each_backward(Visit&& visit) const {
    if (!has_parts()) {
      if (!is_empty())
        visit_backward(*chunk(), visit);
      return;
    }
    const auto& all = *parts();
    for (auto i = all.size(); i > 0; --i) {
      const auto part = all[i - 1];
      if (!(part.is_chunk() ? visit_backward(*part.chunk(), visit) : visit(part.long_element())))
        return;
    }
  }
  void set(std::size_t index, std::string_view element);
  /// In front of element number `index`, or at the end.
  void insert(std::size_t index, std::string_view element);
  void erase(std::size_t index) noexcept;
  /// Drops all but `count` elements from `first` on.
  void keep(std::size_t first, std::size_t count) noexcept;
  /// Drops the first `most` elements equal to `element`, or the last. Returns how many. Cost:
  /// O(what must be looked at).
  std::size_t remove_first(std::string_view element, std::size_t most) noexcept;
  std::size_t remove_last(std::string_view element, std::size_t most) noexcept;

  // -- the name of the encoding ------------------------------------------------------------------
  /// The list may be about to get more: `bytes` of content in `count` elements.
  void growing(listpack_limit limit, std::size_t bytes, std::size_t count) noexcept;
  /// The list has become smaller.
  void shrunk(listpack_limit limit) noexcept;

private:
  static constexpr std::uintptr_t parts_bit = 1;
  static constexpr std::uintptr_t quicklist_bit = 2;
  static constexpr std::uintptr_t flags = parts_bit | quicklist_bit;
  static constexpr std::size_t chunk_bytes = 2560;
  static constexpr std::size_t chunk_short_max = 64;
  /// Beyond it no setting makes a list a listpack, whose elements take two bytes at least.
  static constexpr std::size_t measured_max = 32768;

  bool is_empty() const noexcept {
    return word_ < 4;
  }
  bool has_parts() const noexcept {
    return (word_ & parts_bit) != 0;
  }
  list_chunk* chunk() const noexcept {
    return reinterpret_cast<list_chunk*>(word_ & ~flags);
  }
  list_parts* parts() const noexcept {
    return reinterpret_cast<list_parts*>(word_ & ~flags);
  }
  void set_chunk(list_chunk* chunk) noexcept {
    word_ = reinterpret_cast<std::uintptr_t>(chunk) | (word_ & quicklist_bit);
  }
  static constexpr std::size_t chunk_bytes_for(std::size_t element_size) noexcept {
    return element_size <= chunk_short_max ? chunk_bytes : list_chunk::bytes_max;
  }

  template <class Visit>
  static bool visit_backward(list_chunk& chunk, Visit& visit) {
    std::uint16_t starts[list_chunk::count_max];
    chunk.offsets(starts);
    for (auto i = chunk.count(); i > 0; --i)
      if (!visit(list_run::read(reinterpret_cast<const char*>(&chunk) + starts[i - 1]).content()))
        return false;
    return true;
  }

  enum class side { front, back };
  void push_somehow(side where, std::string_view element);
  static std::size_t room_left(side where, const list_chunk& chunk, std::size_t bytes,
                               bool also_other_side) noexcept;
  bool make_room_in_chunk(side where, std::size_t bytes, std::size_t chunk_bytes_max);
  list_parts& make_parts();
  list_chunk& open_end(side where, std::size_t element_size);
  list_chunk* widen_end(side where, std::size_t index, std::size_t bytes);
  void removed_from_chunk() noexcept;
  void popped_from_parts(std::size_t index) noexcept;
  void leave_parts() noexcept;

  void insert_into_parts(std::size_t index, std::string_view element);
  bool insert_into_chunk(std::size_t part, std::size_t index, std::string_view element) noexcept;
  void insert_between(std::size_t part, std::string_view element);
  void split(std::size_t part, std::size_t index);
  static bool set_in_chunk(list_chunk& chunk, std::size_t index, std::string_view element) noexcept;
  void removed_from_parts(std::size_t first, std::size_t last) noexcept;
  std::size_t remove_from_chunk(std::string_view element, std::size_t spared,
                                std::size_t most) noexcept;
  std::size_t remove_from_part(std::size_t index, std::string_view element, std::size_t spared,
                               std::size_t most) noexcept;
  std::size_t removed_many(std::string_view element, std::size_t removed, std::size_t first,
                           std::size_t last) noexcept;

  void measure(std::string_view added) noexcept;
  void unmeasure(std::string_view removed) noexcept;
  std::size_t listpack_bytes() const noexcept;
  std::size_t listpack_bytes_bound() const noexcept;

  std::uintptr_t word_ = 0;
};

} // namespace thespis::types
