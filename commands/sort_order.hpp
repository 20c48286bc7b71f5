#pragma once

/// The elements that SORT puts in order, each with what it is compared by, and the order itself.
///
/// Numbers are ordered by value, and elements with the same number by their bytes. Texts (ALPHA)
/// are ordered by their bytes up to the first zero byte, which is what strcoll does in the C
/// locale; SORT … STORE compares all bytes. An element without a weight counts as 0, or comes ahead
/// of all texts. What is still the same stays in the order in which it was added, ascending and
/// descending alike, or comes in the order of its bytes where that order means nothing (the table
/// of a set): a replay then finds the same.

#include "types/set_element.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

/// A number as SORT reads it: as strtod does, so with spaces ahead of it, an end at a zero byte,
/// and 0 for an empty text. Nothing: it is none, NaN, or out of a double's range.
std::optional<double> parse_sort_weight(std::string_view text);

struct sort_item {
  /// A view of the sorted key's value.
  types::set_element element{};
  double number = 0;
  /// The text to compare by: where it is among `texts`, or `no_text`.
  std::size_t text_at = 0;
  std::size_t text_size = 0;
  /// In which order it came.
  std::size_t place = 0;
};

class sort_order {
public:
  struct rules {
    bool descending = false;
    bool alpha = false;
    /// Texts are compared to their end, not to a zero byte.
    bool whole_texts = false;
    /// The weights are texts of their own, not the elements.
    bool has_weights = false;
    /// The order of arrival means nothing.
    bool unordered = false;
  };

  explicit sort_order(rules by) noexcept : rules_(by) {
  }
  void reserve(std::size_t count) {
    items_.reserve(count);
  }
  void add(types::set_element element);

  std::size_t size() const noexcept {
    return items_.size();
  }
  const sort_item& operator[](std::size_t index) const noexcept {
    return items_[index];
  }

  // -- what item `index` is compared by; until then it is 0, or no text --------------------------
  void set_number(std::size_t index, double number) noexcept {
    items_[index].number = number;
  }
  /// Copies the text.
  void set_text(std::size_t index, std::string_view text);

  /// Puts those in order that belong to places first … first + count - 1; others are anywhere
  /// outside of them. REQUIRES: first + count <= size(). Cost: O(n + count log count), n log n if
  /// all are wanted.
  void arrange(std::size_t first, std::size_t count);

private:
  int compare(const sort_item& a, const sort_item& b) const noexcept;
  int compare_texts(std::string_view a, std::string_view b) const noexcept;
  std::string_view text_of(const sort_item& item) const noexcept {
    return std::string_view{texts_}.substr(item.text_at, item.text_size);
  }

  rules rules_;
  std::vector<sort_item> items_;
  std::string texts_;
};

} // namespace thespis::commands
