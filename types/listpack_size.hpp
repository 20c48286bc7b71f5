#pragma once

/// How large a list would be as one of Redis' listpacks, and what list-max-listpack-size allows.
/// Lists are stored otherwise here, but clients see the border: OBJECT ENCODING says "listpack" on
/// this side of it and "quicklist" on the other.
///
/// A listpack is 6 bytes, its elements, and a byte at the end. An element is its encoding with its
/// length in front, and behind it how long that was. Integers take 1 to 9 bytes.
/// Source: the listpack specification.

#include <cstddef>
#include <string_view>

namespace thespis::types {

inline constexpr std::size_t empty_listpack_bytes = 7;

/// Bytes of one element. Cost: O(1).
std::size_t listpack_element_bytes(std::string_view element) noexcept;

/// Bytes of the length that stands behind an element of so many bytes.
constexpr std::size_t listpack_bytes_behind(std::size_t bytes) noexcept {
  return bytes <= 127 ? 1 : bytes < 16383 ? 2 : bytes < 2097151 ? 3 : bytes < 268435455 ? 4 : 5;
}

/// Whether `element` would be stored as an integer.
bool is_listpack_integer(std::string_view element) noexcept;

/// list-max-listpack-size: a number of elements (0 counts as 1), or from -1 to -5 4 to 64 KiB.
class listpack_limit {
public:
  explicit constexpr listpack_limit(int setting) noexcept : setting_(setting) {
  }

  /// A list with a limit on its elements has this one on its bytes.
  static constexpr std::size_t safe_bytes = 8192;

  constexpr std::size_t bytes_max() const noexcept {
    if (setting_ >= 0)
      return safe_bytes;
    return std::size_t{4096} << (setting_ < -5 ? 4 : -setting_ - 1);
  }
  constexpr std::size_t count_max() const noexcept {
    if (setting_ < 0)
      return static_cast<std::size_t>(-1);
    return setting_ == 0 ? 1 : static_cast<std::size_t>(setting_);
  }
  /// Up to what a list that was larger becomes one again: the half of what the setting counts.
  constexpr std::size_t bytes_to_return() const noexcept {
    return setting_ >= 0 ? safe_bytes : bytes_max() / 2;
  }
  constexpr std::size_t count_to_return() const noexcept {
    return count_max() / 2;
  }

private:
  int setting_;
};

} // namespace thespis::types
