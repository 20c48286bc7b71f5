#include "commands/sort_order.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>

namespace thespis::commands {

namespace {

constexpr std::size_t no_text = static_cast<std::size_t>(-1);

std::string_view up_to_zero_byte(std::string_view text) noexcept {
  return text.substr(0, text.find('\0'));
}

int compare_bytes(types::set_element a, types::set_element b) noexcept {
  char scratch_a[24];
  char scratch_b[24];
  return a.text(scratch_a).compare(b.text(scratch_b));
}

/// Of a number so small that a double has fewer digits for it: whether it is stored exactly. What
/// is rounded is out of range to strtod.
bool is_exact(std::string_view text) {
  const std::string copy{text};
  errno = 0;
  std::strtod(copy.c_str(), nullptr);
  return errno != ERANGE;
}

} // namespace

std::optional<double> parse_sort_weight(std::string_view text) {
  text = up_to_zero_byte(text);
  if (text.empty())
    return 0;
  const auto first = text.find_first_not_of(" \t\n\v\f\r");
  if (first == std::string_view::npos)
    return std::nullopt;
  text.remove_prefix(first);
  const auto number = base::parse_double(text);
  if (number && std::fpclassify(*number) == FP_SUBNORMAL && !is_exact(text)) [[unlikely]]
    return std::nullopt;
  return number;
}

void sort_order::add(types::set_element element) {
  items_.push_back({.element = element, .text_at = no_text, .place = items_.size()});
}

void sort_order::set_text(std::size_t index, std::string_view text) {
  items_[index].text_at = texts_.size();
  items_[index].text_size = text.size();
  texts_.append(text);
}

void sort_order::arrange(std::size_t first, std::size_t count) {
  const auto before = [this](const sort_item& a, const sort_item& b) {
    auto order = compare(a, b);
    if (rules_.descending)
      order = -order;
    if (order == 0 && rules_.unordered)
      order = compare_bytes(a.element, b.element);
    return order != 0 ? order < 0 : a.place < b.place;
  };
  const auto begin = items_.begin();
  const auto from = begin + static_cast<std::ptrdiff_t>(first);
  const auto to = from + static_cast<std::ptrdiff_t>(count);
  if (count == 0)
    return;
  if (first != 0)
    std::nth_element(begin, from, items_.end(), before);
  if (to != items_.end())
    std::nth_element(from, to, items_.end(), before);
  std::sort(from, to, before);
}

int sort_order::compare(const sort_item& a, const sort_item& b) const noexcept {
  if (!rules_.alpha) {
    if (a.number != b.number)
      return a.number < b.number ? -1 : 1;
    return compare_bytes(a.element, b.element);
  }
  if (!rules_.has_weights) {
    char scratch_a[24];
    char scratch_b[24];
    return compare_texts(a.element.text(scratch_a), b.element.text(scratch_b));
  }
  if (a.text_at == no_text || b.text_at == no_text)
    return static_cast<int>(b.text_at == no_text) - static_cast<int>(a.text_at == no_text);
  return compare_texts(text_of(a), text_of(b));
}

int sort_order::compare_texts(std::string_view a, std::string_view b) const noexcept {
  return rules_.whole_texts ? a.compare(b) : up_to_zero_byte(a).compare(up_to_zero_byte(b));
}

} // namespace thespis::commands
