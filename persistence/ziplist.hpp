#pragma once

/// Redis' ziplist:
///
///     | bytes, 4 | offset of the last, 4 | elements, 2 | length-before encoding content | … | 255
///     |
///
///     00nnnnnn                 a text of n bytes
///     01nnnnnn nnnnnnnn        a text of n bytes
///     10...... and 4 bytes     a text of so many bytes, big endian
///     11000000, 11010000, 11100000, 11110000, 11111110
///                              a signed integer of 2, 4, 8, 3, 1 bytes
///     1111nnnn                 n - 1: 0 to 12
///
/// The length before is that of the whole element in front: one byte, or 254 and four. What has no
/// order of bytes named here is little endian.

#include "persistence/packed_reader.hpp"

#include <cstddef>
#include <string_view>

namespace thespis::persistence {

class ziplist_reader final : public packed_reader {
public:
  /// `block` outlives it.
  explicit ziplist_reader(std::string_view block) noexcept;
  std::optional<std::string_view> next(digits& scratch) override;

private:
  bool has_length_before() noexcept;
  std::optional<std::string_view> content(digits& scratch) noexcept;

  block_rest rest_;
  std::size_t block_bytes_ = 0;
  std::size_t last_at_ = 0;
  std::size_t count_ = 0;
  std::size_t seen_ = 0;
  /// Bytes of the element before, and where that began.
  std::size_t before_ = 0;
  std::size_t before_at_ = 0;
  bool open_ = false;
};

} // namespace thespis::persistence
