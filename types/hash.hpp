#pragma once

/// A hash: fields with values, and perhaps a time at which a field expires. One word:
///
///     null            no fields
///     …0000           a packed_list of field, value, field, value, … in the order of insertion
///     …0001           a hash_table
///
/// A hash is packed while it has few short fields (packed_limits) of which none has ever had an
/// expiry; it never goes back from a table.
///
/// The hash knows no clock. Fields that have expired are there, are counted and are found until
/// expire_due() or erase() takes them out; those who ask compare hash_item::expire_at_ms.
///
/// Cost: O(size) of a packed hash, O(1) of a table, unless said otherwise. What throws
/// std::bad_alloc has changed nothing that can be seen.

#include "base/random.hpp"
#include "types/hash_table.hpp"
#include "types/packed_limits.hpp"
#include "types/packed_list.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace thespis::types {

/// A field; the views are valid until the hash changes.
struct hash_item {
  static constexpr std::int64_t never = element_alarm::never;

  std::string_view field;
  std::string_view value;
  /// Unix time in milliseconds.
  std::int64_t expire_at_ms = never;

  bool expires() const noexcept {
    return expire_at_ms != never;
  }
  bool expired_at(std::int64_t now_ms) const noexcept {
    return expire_at_ms <= now_ms;
  }
};

class hash {
public:
  hash() noexcept = default;
  hash(hash&& other) noexcept : word_(std::exchange(other.word_, 0)) {
  }
  hash& operator=(hash&& other) noexcept {
    std::swap(word_, other.word_);
    return *this;
  }
  ~hash();

  // -- as a value of the keyspace ---------------------------------------------------------------
  static hash adopt(void* word) noexcept {
    hash made;
    made.word_ = reinterpret_cast<std::uintptr_t>(word);
    return made;
  }
  void* release() noexcept {
    return reinterpret_cast<void*>(std::exchange(word_, 0)); // NOLINT: that is what the word is
  }
  hash copy() const;
  std::size_t memory_bytes() const noexcept;
  /// Of its hash table, if it is large enough to have one. Cost: O(size).
  std::optional<base::table_statistics> statistics() const;
  std::string_view encoding_name() const noexcept;
  /// See keyspace/object.hpp.
  std::size_t effort() const noexcept {
    return is_table() ? table().effort() : 1;
  }
  /// Null as long as no field has had an expiry. Lives as long as the hash, wherever it moves.
  element_alarm* alarm() const noexcept {
    return is_table() ? table().alarm() : nullptr;
  }

  // -- looking ----------------------------------------------------------------------------------
  /// How many fields there are, also expired ones.
  std::size_t size() const noexcept;
  /// Whether all of it is in one block.
  bool is_packed() const noexcept {
    return !is_table();
  }
  /// How many of them have an expiry.
  std::size_t expiring() const noexcept {
    return is_table() ? table().expiring() : 0;
  }
  /// Whether there may be fields that have expired.
  bool may_hold_expired(std::int64_t now_ms) const noexcept {
    const auto* when = alarm();
    return when != nullptr && when->due_ms <= now_ms;
  }
  std::optional<hash_item> find(std::string_view field) const noexcept;
  /// Calls visit(const hash_item&) for every field.
  template <class Visitor>
  void for_each(Visitor&& visit) const;
  /// See dictionary::scan; a packed hash is visited as a whole.
  template <class Visitor>
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, Visitor&& visit) const;
  /// A uniformly picked field. REQUIRES: there is one.
  hash_item random(base::random_bits& random) const noexcept;

  // -- changing ---------------------------------------------------------------------------------
  /// Returns whether the field is new. The field's expiry goes unless `keep_expiry`. REQUIRES:
  /// neither is a view of this hash.
  bool set(std::string_view field, std::string_view value, const packed_limits& limits,
           bool keep_expiry = false);
  /// Returns whether the field was there.
  bool erase(std::string_view field) noexcept;
  /// Makes it a table in advance.
  void unpack() {
    if (!is_table())
      convert(false);
  }

  // -- expiry of fields -------------------------------------------------------------------------
  /// Returns whether the field is there. See hash_table::set_expiry.
  bool set_expiry(std::string_view field, std::int64_t at_ms, std::int64_t now_ms);
  /// Returns whether the field had one.
  bool clear_expiry(std::string_view field);
  /// See hash_table.
  template <class Visitor>
  std::size_t expire_due(std::int64_t now_ms, std::size_t budget, Visitor&& visit) {
    return is_table() ? table().expire_due(now_ms, budget, visit) : 0;
  }

private:
  static constexpr std::uintptr_t table_tag = 1;
  /// A packed hash of more bytes becomes a table, whatever the limits say.
  static constexpr std::size_t packed_bytes_max = std::size_t{1} << 30;

  bool is_table() const noexcept {
    return (word_ & table_tag) != 0;
  }
  hash_table& table() const noexcept {
    return *reinterpret_cast<hash_table*>(word_ - table_tag); // NOLINT: that is what the word is
  }
  /// The packed list in a hand; its word goes back in the end.
  class held {
  public:
    explicit held(std::uintptr_t& word) noexcept
      : word_(word), list(packed_list::adopt(reinterpret_cast<void*>(word))) { // NOLINT
    }
    ~held() {
      word_ = reinterpret_cast<std::uintptr_t>(list.release());
    }
    held(const held&) = delete;
    held& operator=(const held&) = delete;

  private:
    std::uintptr_t& word_;

  public:
    packed_list list;
  };

  static hash_item item_of(const hash_field& field) noexcept {
    return {field.key(), field.value(),
            field.has_expiry() ? field.expire_at_ms() : hash_item::never};
  }
  void convert(bool counts_as_packed);
  bool set_packed(std::string_view field, std::string_view value, const packed_limits& limits);

  mutable std::uintptr_t word_ = 0;
};

template <class Visitor>
void hash::for_each(Visitor&& visit) const {
  if (is_table())
    return table().for_each([&](const hash_field& each) { visit(item_of(each)); });
  const held packed{word_};
  for (auto at = packed.list.begin(); at != packed.list.end(); ++at) {
    const auto field = *at;
    visit(hash_item{field, *++at});
  }
}

template <class Visitor>
std::uint64_t hash::scan(std::uint64_t cursor, std::size_t count, Visitor&& visit) const {
  if (is_table())
    return table().scan(cursor, count, [&](const hash_field& each) { visit(item_of(each)); });
  for_each(visit);
  return 0;
}

} // namespace thespis::types
