#pragma once

/// A key with its value: one block of memory, found through the dictionary and owned by it.
///
///     +--------+-----------+----------------+--------------+-------------+-----------------+
///     | header | expiry ms | integer or     | length of a  | key bytes   | value bytes     |
///     | 8      | 8, if any | pointer: 8, or | key of 65535 |             | (short strings) |
///     |        |           | nothing        | and more: 8  |             |                 |
///     +--------+-----------+----------------+--------------+-------------+-----------------+
///
///     header, from the lowest bit:
///     type 3 | mark 1 | form 2 | expires 1 | raw 1 | generation 4 | value bytes 12 | access 24 |
///     key length 16
///
/// So a key and a value of 16 bytes each take a block of 48 bytes with and without an expiry, and
/// an integer under such a key 32. Blocks come in multiples of 16 bytes; a value is overwritten in
/// place whenever the new one fits without wasting much.
///
/// `form` says where the value is: behind the key (strings up to inline_bytes_max), in the integer,
/// or behind the pointer (long strings; all other types, whose operations are in a table by type).
/// `generation` ties the entry to its record in the expiry wheel, `mark` says whether a walk has
/// taken it (point_in_time.hpp). `raw` marks strings that were
/// changed in place (APPEND, SETRANGE …), which OBJECT ENCODING calls "raw" however short they are.
///
/// Entries move when they change shape: only `database` makes, changes and frees them.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace thespis::types {

struct element_alarm;

} // namespace thespis::types

namespace thespis::keyspace {

enum class value_type : std::uint8_t { string, list, set, zset, hash, stream };
inline constexpr std::size_t value_types = 6;

/// What TYPE replies.
std::string_view type_name(value_type type) noexcept;

/// What the keyspace must be able to do with the objects of a type other than string.
struct object_operations {
  void (*destroy)(void* object) noexcept = nullptr;
  void* (*copy)(const void* object) = nullptr;
  std::size_t (*memory_bytes)(const void* object) noexcept = nullptr;
  std::string_view (*encoding_name)(const void* object) noexcept = nullptr;
  /// Null for types whose values are one block of memory.
  std::size_t (*effort)(const void* object) noexcept = nullptr;
  /// Null for types whose elements do not expire, and so may its answer be (element_alarm.hpp).
  types::element_alarm* (*alarm)(const void* object) noexcept = nullptr;
};

/// Tells the keyspace about a type that it does not know (see object.hpp), before there is an entry
/// of it. Returns what was known of it before.
object_operations register_object_type(value_type type, const object_operations& operations);

class entry;

struct entry_deleter {
  void operator()(entry* doomed) const noexcept;
};
/// An entry that is in no database.
using entry_ptr = std::unique_ptr<entry, entry_deleter>;

class entry {
public:
  enum class form : std::uint8_t { inlined, integer, pointer };

  static constexpr std::size_t inline_bytes_max = 1024;
  /// How many bytes of an entry an ordinary command reads: header, one word, key; but not more than
  /// a line of the cache holds.
  static constexpr std::size_t head_bytes(std::size_t key_bytes) noexcept {
    return key_bytes < 48 ? 16 + key_bytes : 64;
  }
  /// OBJECT ENCODING calls strings up to this "embstr".
  static constexpr std::size_t embstr_bytes_max = 44;

  entry(const entry&) = delete;
  entry& operator=(const entry&) = delete;

  std::string_view key() const noexcept {
    return {bytes() + key_offset(), key_size()};
  }
  value_type type() const noexcept {
    return static_cast<value_type>(field<0, 3>());
  }
  bool is_string() const noexcept {
    return field<0, 3>() == 0;
  }
  /// What OBJECT ENCODING replies.
  std::string_view encoding_name() const noexcept;

  // -- strings: REQUIRES is_string() -------------------------------------------------------------

  bool is_integer() const noexcept {
    return stored() == form::integer;
  }
  /// REQUIRES: is_integer().
  std::int64_t integer() const noexcept {
    return static_cast<std::int64_t>(word_at(fixed_offset()));
  }
  /// The value's bytes; those of an integer are written into `scratch`. Valid until the entry
  /// changes.
  std::string_view text(char (&scratch)[24]) const noexcept;
  /// How many bytes that are.
  std::size_t size() const noexcept;

  // -- other types -------------------------------------------------------------------------------

  /// REQUIRES: !is_string().
  void* object() const noexcept {
    return pointer();
  }
  /// When elements of the value expire; null where none does. Any entry may be asked.
  types::element_alarm* alarm() const noexcept {
    return is_string() ? nullptr : alarm_of(type(), object());
  }
  /// The same of an object that is in no entry.
  static types::element_alarm* alarm_of(value_type type, const void* object) noexcept;

  // -- expiry ------------------------------------------------------------------------------------

  bool has_expiry() const noexcept {
    return field<6, 1>() != 0;
  }
  /// Unix time in milliseconds. REQUIRES: has_expiry().
  std::int64_t expire_at_ms() const noexcept {
    return static_cast<std::int64_t>(word_at(8));
  }
  bool expired_at(std::int64_t now_ms) const noexcept {
    return has_expiry() && expire_at_ms() <= now_ms;
  }

  // -- use and memory ----------------------------------------------------------------------------

  /// 24 bits; see access_clock.hpp.
  std::uint32_t access() const noexcept {
    return static_cast<std::uint32_t>(field<24, 24>());
  }
  void set_access(std::uint32_t clock) noexcept {
    // Reading is cheaper than to dirty a line that says the same already.
    if (access() != clock)
      set_field<24, 24>(clock);
  }
  /// Everything that is allocated for this entry, as the allocator rounds it (MEMORY USAGE).
  std::size_t memory_bytes() const noexcept;

  // -- for database ------------------------------------------------------------------------------

  /// What an entry looks like but for key and content.
  struct shape {
    value_type type = value_type::string;
    form stored = form::inlined;
    bool expires = false;
    bool raw = false;
    /// Room for the value behind the key. 0 unless inlined.
    std::size_t inline_bytes = 0;
  };

  /// A block of that shape with the key in it; expiry and value are not set. Throws std::bad_alloc.
  static entry* make(const shape& wanted, std::string_view key);
  /// The same key, access clock, generation and (if both have one) expiry in another shape, in the
  /// same block or a new one; the old block is freed, the value is not set, and `old`'s pointer
  /// value is the caller's. `spare`: more room wanted behind the value. Throws std::bad_alloc,
  /// `old` is as it was then.
  static entry* reshape(entry* old, const shape& wanted, std::size_t spare = 0);
  /// The entry with room for an expiry or without one; all else stays. Throws std::bad_alloc when
  /// `expires`, `old` is as it was then.
  static entry* with_expiry(entry* old, bool expires);
  /// The same value, expiry and access clock under another key in a new block. `from`'s pointer
  /// value is then also this one's: one of the two must be freed by free_block. Throws
  /// std::bad_alloc.
  static entry* rekeyed(const entry& from, std::string_view key);
  /// The same with a value of its own. Throws std::bad_alloc.
  static entry* copy(const entry& from, std::string_view key);
  /// Frees what a pointer of that type names.
  static void destroy_value(value_type type, void* pointer) noexcept;
  /// What that costs, about: see object.hpp.
  static std::size_t effort_of(value_type type, const void* pointer) noexcept;
  /// The same of this one; 1 if it has no such value.
  std::size_t effort() const noexcept {
    return stored() == form::pointer ? effort_of(type(), pointer()) : 1;
  }
  /// Frees the entry but not what its pointer names.
  static void free_block(entry* doomed) noexcept;

  form stored() const noexcept {
    return static_cast<form>(field<4, 2>());
  }
  bool raw() const noexcept {
    return field<7, 1>() != 0;
  }
  /// Of a walk through the database; see point_in_time.hpp. New blocks have none.
  bool mark() const noexcept {
    return field<3, 1>() != 0;
  }
  void set_mark(bool mark) noexcept {
    set_field<3, 1>(mark ? 1 : 0);
  }
  std::uint32_t generation() const noexcept {
    return static_cast<std::uint32_t>(field<8, 4>());
  }
  void set_generation(std::uint32_t generation) noexcept {
    set_field<8, 4>(generation & 15);
  }
  /// REQUIRES: has_expiry().
  void set_expire_at_ms(std::int64_t at_ms) noexcept {
    set_word_at(8, static_cast<std::uint64_t>(at_ms));
  }
  /// REQUIRES: stored() is integer.
  void set_integer(std::int64_t value) noexcept {
    set_word_at(fixed_offset(), static_cast<std::uint64_t>(value));
  }
  /// REQUIRES: stored() is pointer.
  void* pointer() const noexcept {
    return reinterpret_cast<void*>(word_at(fixed_offset())); // NOLINT: that is what the word is
  }
  void set_pointer(void* value) noexcept {
    set_word_at(fixed_offset(), reinterpret_cast<std::uintptr_t>(value));
  }
  std::size_t inline_size() const noexcept {
    return field<12, 12>();
  }
  /// REQUIRES: stored() is inlined. `inline_size()` bytes.
  char* inline_data() noexcept {
    return bytes() + key_offset() + key_size();
  }
  const char* inline_data() const noexcept {
    return bytes() + key_offset() + key_size();
  }
  /// Makes the inlined value longer or shorter where its block has room. Returns whether it did.
  bool resize_inline(std::size_t size) noexcept;
  /// Whether the inlined value may become this long without a look at the block's real size.
  bool has_room_in_place(std::size_t size) const noexcept {
    const auto used = used_bytes();
    // Blocks are multiples of 16 bytes.
    return size <= inline_bytes_max && ((used + 15) ^ (used - inline_size() + size + 15)) < 16;
  }
  /// REQUIRES: has_room_in_place(size). The string is not raw any more.
  void resize_in_place(std::size_t size) noexcept {
    header_ = (header_ & ~(std::uint64_t{0xfff} << 12 | std::uint64_t{1} << 7))
              | static_cast<std::uint64_t>(size) << 12;
  }
  void mark_raw() noexcept {
    set_field<7, 1>(1);
  }

private:
  static constexpr std::uint64_t long_key = 0xffff;

  entry() noexcept = default;

  template <unsigned Shift, unsigned Bits>
  std::uint64_t field() const noexcept {
    return (header_ >> Shift) & ((std::uint64_t{1} << Bits) - 1);
  }
  template <unsigned Shift, unsigned Bits>
  void set_field(std::uint64_t value) noexcept {
    header_ = (header_ & ~(((std::uint64_t{1} << Bits) - 1) << Shift)) | value << Shift;
  }
  char* bytes() noexcept {
    return reinterpret_cast<char*>(this);
  }
  const char* bytes() const noexcept {
    return reinterpret_cast<const char*>(this);
  }
  std::uint64_t word_at(std::size_t offset) const noexcept {
    std::uint64_t word;
    std::memcpy(&word, bytes() + offset, sizeof word);
    return word;
  }
  void set_word_at(std::size_t offset, std::uint64_t word) noexcept {
    std::memcpy(bytes() + offset, &word, sizeof word);
  }
  std::size_t fixed_offset() const noexcept {
    return 8 + 8 * field<6, 1>();
  }
  std::size_t key_offset() const noexcept {
    const auto fixed = fixed_offset() + 8 * static_cast<std::size_t>(stored() != form::inlined);
    return (header_ >> 48) == long_key ? fixed + 8 : fixed;
  }
  std::size_t key_size() const noexcept {
    const auto size = header_ >> 48;
    return size == long_key ? word_at(fixed_offset() + 8 * (stored() != form::inlined)) : size;
  }
  std::size_t used_bytes() const noexcept {
    return key_offset() + key_size() + inline_size();
  }
  shape current_shape() const noexcept;
  void write_head(const shape& wanted, std::size_t key_bytes) noexcept;

  std::uint64_t header_;
};

static_assert(sizeof(entry) == 8);

} // namespace thespis::keyspace
