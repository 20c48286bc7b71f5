#pragma once

/// A field of a large hash with its value: one block of memory.
///
///     +-----+-----------------+-----------------+------------------+-------+-------+
///     | tag | length of field | length of value | expiry ms, if it | field | value |
///     | 1   | 1 or 4          | 1 or 4          | has one: 8       |       |       |
///     +-----+-----------------+-----------------+------------------+-------+-------+
///
///     tag, from the lowest bit: long field 1 | long value 1 | expires 1 | unused 1 | generation 4
///
/// A length is one byte below 256. Blocks are as large as base::size_class of their bytes; a new
/// value is written in place where it fits that class. `generation` ties the field to its record in
/// the hash's expiry_wheel and is kept, also without an expiry, so that the next record differs.
///
/// Fields move when they change shape: only `hash_table` makes, changes and frees them.

#include "base/size_class.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

namespace thespis::types {

class hash_field {
public:
  hash_field(const hash_field&) = delete;
  hash_field& operator=(const hash_field&) = delete;

  /// What a field consists of.
  struct content {
    std::string_view field;
    std::string_view value;
    bool expires = false;
    std::int64_t expire_at_ms = 0;
    std::uint32_t generation = 0;
  };

  /// Throws std::bad_alloc.
  static hash_field* make(const content& from);
  static void free(hash_field* doomed) noexcept {
    std::free(doomed);
  }

  /// The field's name.
  std::string_view key() const noexcept {
    return {bytes() + head_bytes(tag_), field_size()};
  }
  std::string_view value() const noexcept {
    return {bytes() + head_bytes(tag_) + field_size(), value_size()};
  }
  bool has_expiry() const noexcept {
    return (tag_ & expires) != 0;
  }
  /// Unix time in milliseconds. REQUIRES: has_expiry().
  std::int64_t expire_at_ms() const noexcept {
    std::int64_t at_ms;
    std::memcpy(&at_ms, bytes() + head_bytes(tag_) - sizeof at_ms, sizeof at_ms);
    return at_ms;
  }
  std::uint32_t generation() const noexcept {
    return tag_ >> generation_shift;
  }
  content all() const noexcept {
    return {key(), value(), has_expiry(), has_expiry() ? expire_at_ms() : 0, generation()};
  }
  std::size_t memory_bytes() const noexcept {
    return base::size_class(head_bytes(tag_) + field_size() + value_size());
  }

  /// Writes the value where the old one is, if it fits there without waste. Returns whether it did.
  /// REQUIRES: `value` is no view of this field.
  bool assign(std::string_view value) noexcept;
  /// REQUIRES: has_expiry().
  void set_expire_at_ms(std::int64_t at_ms) noexcept {
    std::memcpy(bytes() + head_bytes(tag_) - sizeof at_ms, &at_ms, sizeof at_ms);
  }
  void set_generation(std::uint32_t generation) noexcept {
    tag_ = static_cast<unsigned char>((tag_ & flags) | (generation & 15) << generation_shift);
  }

private:
  enum : unsigned { long_field = 1, long_value = 2, expires = 4, flags = 15, generation_shift = 4 };
  static constexpr std::size_t short_max = 255;

  explicit hash_field(unsigned tag) noexcept : tag_(static_cast<unsigned char>(tag)) {
  }

  static constexpr std::size_t head_bytes(unsigned tag) noexcept {
    return 3 + 3 * std::size_t{tag & long_field} + 3 * std::size_t{(tag & long_value) / long_value}
           + 8 * std::size_t{(tag & expires) / expires};
  }
  char* bytes() noexcept {
    return reinterpret_cast<char*>(this);
  }
  const char* bytes() const noexcept {
    return reinterpret_cast<const char*>(this);
  }
  std::size_t length_at(std::size_t offset, bool is_long) const noexcept {
    if (!is_long) [[likely]]
      return static_cast<unsigned char>(bytes()[offset]);
    std::uint32_t length;
    std::memcpy(&length, bytes() + offset, sizeof length);
    return length;
  }
  void set_length_at(std::size_t offset, bool is_long, std::size_t length) noexcept {
    const auto wide = static_cast<std::uint32_t>(length);
    // Little endian: the first byte is the lowest.
    std::memcpy(bytes() + offset, &wide, is_long ? sizeof wide : 1);
  }
  std::size_t value_length_offset() const noexcept {
    return 2 + 3 * std::size_t{tag_ & unsigned{long_field}};
  }
  std::size_t field_size() const noexcept {
    return length_at(1, (tag_ & long_field) != 0);
  }
  std::size_t value_size() const noexcept {
    return length_at(value_length_offset(), (tag_ & long_value) != 0);
  }

  unsigned char tag_;
};

inline hash_field* hash_field::make(const content& from) {
  constexpr std::size_t length_max = UINT32_MAX;
  if (from.field.size() > length_max || from.value.size() > length_max)
    throw std::bad_alloc();
  const auto is_long = [](std::string_view text, unsigned flag) {
    return text.size() > short_max ? flag : 0u;
  };
  const auto tag = is_long(from.field, long_field) | is_long(from.value, long_value)
                   | (from.expires ? expires : 0u) | (from.generation & 15) << generation_shift;
  const auto head = head_bytes(tag);
  void* block = base::allocate(base::size_class(head + from.field.size() + from.value.size()));
  auto* made = new (block) hash_field(tag);
  made->set_length_at(1, (tag & long_field) != 0, from.field.size());
  made->set_length_at(made->value_length_offset(), (tag & long_value) != 0, from.value.size());
  if (from.expires)
    made->set_expire_at_ms(from.expire_at_ms);
  auto* to = made->bytes() + head;
  if (!from.field.empty())
    std::memcpy(to, from.field.data(), from.field.size());
  if (!from.value.empty())
    std::memcpy(to + from.field.size(), from.value.data(), from.value.size());
  return made;
}

inline bool hash_field::assign(std::string_view value) noexcept {
  const auto used = head_bytes(tag_) + field_size();
  if ((value.size() > short_max) != ((tag_ & long_value) != 0)
      || base::size_class(used + value.size()) != memory_bytes())
    return false;
  if (!value.empty())
    std::memcpy(bytes() + used, value.data(), value.size());
  set_length_at(value_length_offset(), (tag_ & long_value) != 0, value.size());
  return true;
}

} // namespace thespis::types
