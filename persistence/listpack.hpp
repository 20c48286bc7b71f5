#pragma once

/// Redis' listpack:
///
///     | bytes, 4 | elements, 2 | encoding content length-behind | … | 255 |     little endian
///
///     0nnnnnnn                 0 to 127
///     10nnnnnn                 a text of n bytes
///     110nnnnn nnnnnnnn        13 bits, signed
///     1110nnnn nnnnnnnn        a text of n bytes
///     11110000 and 4 bytes     a text of so many bytes
///     11110001, 2, 3, 4        a signed integer of 2, 3, 4, 8 bytes
///
/// 65535 elements means that they must be counted. The length behind is that of encoding and
/// content, seven bits a byte, the lowest last; all but the first byte have their highest bit set.

#include "persistence/packed_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::persistence {

class listpack_reader final : public packed_reader {
public:
  /// `block` outlives it.
  explicit listpack_reader(std::string_view block) noexcept;
  std::optional<std::string_view> next(digits& scratch) override;

private:
  std::optional<std::string_view> content(digits& scratch) noexcept;

  block_rest rest_;
  /// As the head says.
  std::size_t count_ = 0;
  std::size_t seen_ = 0;
  bool open_ = false;
};

/// Makes a listpack. Appends throw std::bad_alloc.
class listpack_builder {
public:
  listpack_builder() {
    clear();
  }
  void append(std::string_view element);
  void append(std::int64_t integer);
  void clear();
  /// How large the block would be with the elements so far.
  std::size_t bytes() const noexcept {
    return block_.size() + 1;
  }
  std::size_t size() const noexcept {
    return count_;
  }
  /// The block, which is valid until the next change. Only once between two clear().
  std::string_view finish();

private:
  void append_length_behind(std::size_t bytes);

  std::string block_;
  std::size_t count_ = 0;
};

} // namespace thespis::persistence
