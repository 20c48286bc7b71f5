#pragma once

/// The members of a large set: a hash table of set_member addresses, and how much memory these take
/// (so that MEMORY USAGE need not ask them all).
///
///     members   dictionary --> | member | member | ...      one block each (set_member.hpp)
///     bytes     the sum of their sizes
///
/// - Every member is in the dictionary once; the table owns its block.
/// - All tables have the same hash seed, so a hash that was computed for one is good for all.
/// - Bytes per member of 16 bytes: 16 for itself and 11 to 14 for its place in the table.
/// - Cost: O(1) to look up, insert and erase.

#include "base/dictionary.hpp"
#include "base/size_class.hpp"
#include "types/hash_seed.hpp"
#include "types/set_member.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace thespis::types {

class set_table {
public:
  using dictionary = base::dictionary<set_member>;

  set_table() noexcept : members_(hash_seed()) {
  }
  ~set_table();
  set_table(const set_table&) = delete;
  set_table& operator=(const set_table&) = delete;

  const dictionary& members() const noexcept {
    return members_;
  }
  std::size_t size() const noexcept {
    return members_.size();
  }
  std::size_t memory_bytes() const noexcept {
    return sizeof(set_table) + members_.memory_bytes() + member_bytes_;
  }
  /// See keyspace/object.hpp.
  std::size_t effort() const noexcept {
    return size() + member_bytes_ / base::large_bytes;
  }
  static std::uint64_t hash(std::string_view text) noexcept {
    return base::hash_bytes(text, hash_seed());
  }

  bool contains(std::string_view text, std::uint64_t hash) const noexcept {
    return members_.find(text, hash).item != nullptr;
  }
  /// Returns whether it was not there. Throws std::bad_alloc with nothing changed.
  bool insert(std::string_view text) {
    const auto known = hash(text);
    if (contains(text, known))
      return false;
    insert_absent(text, known);
    return true;
  }
  /// The same. REQUIRES: it is not there.
  void insert_absent(std::string_view text, std::uint64_t hash);
  /// Returns whether it was there.
  bool erase(std::string_view text) noexcept;

private:
  dictionary members_;
  std::size_t member_bytes_ = 0;
};

} // namespace thespis::types
