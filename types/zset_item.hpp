#pragma once

/// A member of a larger sorted set with its score: one block of memory that stays where it is, so
/// that the hash table and the tree of the set can both name it.
///
///     +-------+--------+--------+
///     | score | length | member |
///     | 8     | 1 or 4 |        |
///     +-------+--------+--------+
///
/// A length up to 127 is one byte, twice the length; a longer one is a little-endian word of four
/// bytes, twice the length plus one. A member of 12 bytes takes a block of 32.

#include "base/size_class.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

namespace thespis::types {

/// An integer that is ordered as the scores are; -0 and 0 are the same. REQUIRES: not NaN.
inline std::uint64_t score_image(double score) noexcept {
  constexpr auto sign = std::uint64_t{1} << 63;
  const auto bits = std::bit_cast<std::uint64_t>(score + 0.0);
  return (bits & sign) != 0 ? ~bits : bits | sign;
}

class zset_item {
public:
  static constexpr std::size_t member_bytes_max = (std::size_t{1} << 31) - 1;

  zset_item(const zset_item&) = delete;
  zset_item& operator=(const zset_item&) = delete;

  /// Throws std::bad_alloc, also for a member beyond member_bytes_max. Freed by free().
  static zset_item* make(std::string_view member, double score) {
    auto* block = member.size() > member_bytes_max
                    ? nullptr
                    : std::malloc(base::size_class(bytes_for(member.size())));
    if (block == nullptr)
      throw std::bad_alloc();
    auto* made = static_cast<zset_item*>(block);
    made->score_ = score;
    auto* to = made->bytes();
    if (member.size() <= short_max) {
      *to++ = static_cast<char>(member.size() << 1);
    } else {
      const auto length = static_cast<std::uint32_t>(member.size() << 1 | 1);
      std::memcpy(to, &length, sizeof length);
      to += sizeof length;
    }
    if (!member.empty())
      std::memcpy(to, member.data(), member.size());
    return made;
  }
  static void free(zset_item* doomed) noexcept {
    std::free(doomed);
  }

  double score() const noexcept {
    return score_;
  }
  void set_score(double score) noexcept {
    score_ = score;
  }
  std::string_view member() const noexcept {
    const auto* at = bytes();
    const auto first = static_cast<unsigned char>(*at);
    if ((first & 1) == 0) [[likely]]
      return {at + 1, std::size_t{first} >> 1};
    std::uint32_t length;
    std::memcpy(&length, at, sizeof length);
    return {at + sizeof length, std::size_t{length} >> 1};
  }
  /// For base::dictionary.
  std::string_view key() const noexcept {
    return member();
  }
  /// As the allocator rounds it.
  std::size_t memory_bytes() const noexcept {
    return base::size_class(bytes_for(member().size()));
  }

private:
  static constexpr std::size_t short_max = 127;

  static constexpr std::size_t bytes_for(std::size_t member_bytes) noexcept {
    return sizeof(double) + (member_bytes <= short_max ? 1 : 4) + member_bytes;
  }
  char* bytes() noexcept {
    return reinterpret_cast<char*>(this) + sizeof(double);
  }
  const char* bytes() const noexcept {
    return reinterpret_cast<const char*>(this) + sizeof(double);
  }

  double score_;
};

static_assert(sizeof(zset_item) == sizeof(double));

} // namespace thespis::types
