#pragma once

/// A member of a set on its way from one place to another: either an integer or a view of bytes,
/// whichever the set has. So integers go from set to set and into replies without an allocation.
///
/// Two words: where the bytes are and how many, or null and the integer. A view lives as long as
/// the set that it came from does not change.

#include "base/number.hpp"

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace thespis::types {

class set_element {
public:
  set_element() noexcept = default;
  /// A view of a text of any kind.
  template <std::convertible_to<std::string_view> Text>
  set_element(const Text& text) noexcept // NOLINT: a text is an element
    : set_element(std::string_view{text}, true) {
  }
  explicit set_element(std::int64_t integer) noexcept
    : payload_(static_cast<std::uint64_t>(integer)) {
  }

  /// Whether it came as an integer; a text may spell one as well, see as_integer().
  bool is_integer() const noexcept {
    return text_ == nullptr;
  }
  /// REQUIRES: is_integer().
  std::int64_t integer() const noexcept {
    return static_cast<std::int64_t>(payload_);
  }
  /// The integer that it is or spells.
  std::optional<std::int64_t> as_integer() const noexcept {
    return is_integer() ? integer() : base::parse_int64(view());
  }
  /// The bytes; those of an integer are written into `scratch`.
  std::string_view text(char (&scratch)[24]) const noexcept {
    return is_integer() ? base::format_int64(integer(), scratch) : view();
  }

  /// Of elements of one set: whether they are the same, in an order that means nothing.
  friend bool operator==(set_element a, set_element b) noexcept = default;
  friend std::strong_ordering operator<=>(set_element a, set_element b) noexcept {
    if (const auto order = std::compare_three_way{}(a.text_, b.text_); order != 0)
      return order;
    return a.payload_ <=> b.payload_;
  }

private:
  set_element(std::string_view text, bool) noexcept
    : text_(text.data() == nullptr ? "" : text.data()), payload_(text.size()) {
  }
  /// REQUIRES: !is_integer().
  std::string_view view() const noexcept {
    return {text_, payload_};
  }

  const char* text_ = nullptr;
  std::uint64_t payload_ = 0;
};

} // namespace thespis::types
