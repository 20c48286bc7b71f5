#pragma once

/// A run of consecutive entries of a stream in one block of memory.
///
///     +------+----------+-------+-----+-------+------+--------+
///     | base | capacity | begin | end | count | gone | fields |
///     | 16   | 4        | 4     | 4   | 4     | 4    | 4      |
///     +------+----------+-------+-----+-------+------+--------+
///     | names | room | entry | entry | entry | … | room       |
///     +-------------------------------------------------------+
///     entry:  size | time * 2     | seq | value | value | …                        | size
///             size | time * 2 + 1 | seq | fields | name | value | name | value | … | size
///
/// - `names` are the fields of the entry that the block began with. Entries with the same fields
///   (most have) do not repeat them.
/// - `base` is the ID which the block began with. `time` is the distance to its milliseconds, `seq`
///   the one to its sequence while the milliseconds are the same, and else the sequence itself.
/// - Numbers are of seven bits a byte, the lowest first. Texts have their length in front: one byte
///   up to 252, or 253 and four bytes. The sizes of an entry are such lengths, of what stands
///   between them; the second one is written the other way around, so that the entry can be met
///   from behind.
/// - An entry that is deleted really goes; what follows it moves up. The first one only moves
///   `begin`. `gone` remembers how many have been deleted, because they count for the border of the
///   block: clients see it in what MAXLEN ~ leaves.
///
/// The block is as large as base::size_class of its capacity. Offsets are from its beginning and
/// become invalid when it changes. To find an entry costs O(count). Plain memory: no constructor,
/// no destructor.

#include "types/stream_id.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace thespis::types {

/// Field, value, field, value …
using stream_fields = std::span<const std::string_view>;

/// Beyond this a stream begins another block (stream-node-max-bytes and -entries); 0: no limit of
/// that kind.
struct stream_limits {
  std::size_t bytes = 4096;
  std::size_t entries = 100;
};

namespace stream_coding {

inline constexpr unsigned char short_length_max = 252;

inline std::size_t read_length(const char*& at) noexcept {
  const auto first = static_cast<unsigned char>(*at++);
  if (first <= short_length_max) [[likely]]
    return first;
  std::uint32_t size;
  std::memcpy(&size, at, sizeof size);
  at += sizeof size;
  return size;
}

inline std::string_view read_text(const char*& at) noexcept {
  const auto size = read_length(at);
  const std::string_view text{at, size};
  at += size;
  return text;
}

inline std::uint64_t read_number(const char*& at) noexcept {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    value |= static_cast<std::uint64_t>(byte & 0x7fu) << shift;
    if (byte < 0x80)
      return value;
  }
}

} // namespace stream_coding

/// An entry as it lies in its block. Valid as long as the block does not change.
class stream_entry {
public:
  stream_id id;
  std::size_t field_count = 0;

  template <class Visit> // void(std::string_view field, std::string_view value)
  void for_each(Visit&& visit) const {
    auto at = values_;
    auto name_at = names_;
    for (std::size_t i = 0; i < field_count; ++i) {
      const auto name = stream_coding::read_text(name_at == nullptr ? at : name_at);
      const auto value = stream_coding::read_text(at);
      visit(name, value);
    }
  }

  /// Whether its fields are those that the block began with.
  bool has_names_of_block() const noexcept {
    return names_ != nullptr;
  }

private:
  friend class stream_block;
  /// Null: each stands in front of its value.
  const char* names_ = nullptr;
  const char* values_ = nullptr;
};

class stream_block {
public:
  using offset = std::uint32_t;

  /// With that one entry, and room for about `bytes_hint` bytes. Throws std::bad_alloc.
  /// REQUIRES: the entry is of less than a GiB, here and below.
  static stream_block* make(const stream_id& id, stream_fields fields, std::size_t bytes_hint);
  /// Adds an entry at the end, and may move the block. `has_names`: its fields are known to be
  /// those that the block began with, which need not be compared then. Throws std::bad_alloc with
  /// nothing changed. REQUIRES: its ID is higher than all here, and is_in_reach().
  static stream_block* append(stream_block* block, const stream_id& id, stream_fields fields,
                              bool has_names = false);
  /// The block without the room behind its entries; the same if there is no memory for it.
  static stream_block* fitted(stream_block* block) noexcept;
  /// Throws std::bad_alloc.
  stream_block* copy() const;

  /// Whether an entry belongs into the next block. `text_bytes`: of its fields and values.
  bool is_full(const stream_id& id, const stream_limits& limits,
               std::size_t text_bytes) const noexcept;
  /// Whether an entry with that ID can be here at all.
  bool is_in_reach(const stream_id& id) const noexcept;
  /// Whether the entries take less room than the fields that it began with. REQUIRES: nothing was
  /// erased.
  bool is_mostly_names() const noexcept {
    return end_ - begin_ < begin_ - sizeof(stream_block);
  }
  /// Calls visit(std::string_view) for the fields that it began with, and how many they are.
  template <class Visit>
  void for_each_name(Visit&& visit) const {
    auto at = names();
    for (std::uint32_t i = 0; i < field_count_; ++i)
      visit(stream_coding::read_text(at));
  }
  std::size_t name_count() const noexcept {
    return field_count_;
  }

  const stream_id& base() const noexcept {
    return base_;
  }
  std::size_t count() const noexcept {
    return count_;
  }
  std::size_t memory_bytes() const noexcept {
    return capacity_;
  }
  std::size_t used_bytes() const noexcept {
    return end_;
  }

  offset begin() const noexcept {
    return begin_;
  }
  offset end() const noexcept {
    return end_;
  }
  /// REQUIRES, for these: an entry begins at `at`.
  stream_entry entry(offset at) const noexcept;
  stream_id id(offset at) const noexcept;
  offset next(offset at) const noexcept;
  void erase(offset at) noexcept;
  /// Where the entry in front of `at` begins. REQUIRES: begin() < at.
  offset previous(offset at) const noexcept;
  /// The first entry with that ID or a higher one; end() if there is none.
  offset seek(const stream_id& id) const noexcept;
  stream_id first_id() const noexcept {
    return id(begin_);
  }
  stream_id last_id() const noexcept {
    return id(previous(end_));
  }

private:
  const char* bytes() const noexcept {
    return reinterpret_cast<const char*>(this);
  }
  char* bytes() noexcept {
    return reinterpret_cast<char*>(this);
  }
  const char* names() const noexcept {
    return bytes() + sizeof(stream_block);
  }
  offset names_end() const noexcept;
  static stream_block* grown(stream_block* old, std::size_t bytes_more);
  stream_id read_id(const char*& at, bool& has_own_names) const noexcept;
  bool has_names_of(stream_fields fields) const noexcept;
  void write_entry(const stream_id& id, stream_fields fields, bool own, std::size_t size) noexcept;
  std::size_t content_bytes(const stream_id& id, stream_fields fields, bool own) const noexcept;
  std::uint64_t coded_seq(const stream_id& id) const noexcept {
    return id.ms == base_.ms ? id.seq - base_.seq : id.seq;
  }

  stream_id base_;
  std::uint32_t capacity_;
  offset begin_;
  offset end_;
  std::uint32_t count_;
  std::uint32_t gone_;
  std::uint32_t field_count_;
};

} // namespace thespis::types
