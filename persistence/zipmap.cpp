#include "persistence/zipmap.hpp"

#include "persistence/byte_order.hpp"

namespace thespis::persistence {

namespace {

constexpr std::uint8_t zipmap_end = 255;
constexpr std::uint8_t zipmap_long_length = 254;
constexpr std::size_t zipmap_count_unknown = 254;

} // namespace

zipmap_reader::zipmap_reader(std::string_view block) noexcept : rest_(block) {
  const auto count = rest_.take(1);
  if (!count)
    return;
  count_ = little_endian(*count);
  open_ = true;
}

std::optional<std::string_view> zipmap_reader::next(digits&) {
  if (!open_ || rest_.size() == 0)
    return std::nullopt;
  const bool at_field = seen_ % 2 == 0;
  if (at_field && rest_.first() == zipmap_end) {
    open_ = false;
    const bool whole = rest_.size() == 1 && (count_ >= zipmap_count_unknown || 2 * count_ == seen_);
    return whole ? end_whole() : std::nullopt;
  }
  const auto found = at_field ? field() : value();
  open_ = found.has_value();
  ++seen_;
  return found;
}

std::optional<std::size_t> zipmap_reader::length() noexcept {
  const auto first = rest_.take(1);
  if (!first)
    return std::nullopt;
  const auto size = static_cast<std::uint8_t>(first->front());
  if (size == zipmap_end)
    return std::nullopt;
  if (size < zipmap_long_length)
    return size;
  const auto four = rest_.take(4);
  if (!four)
    return std::nullopt;
  return little_endian(*four);
}

std::optional<std::string_view> zipmap_reader::field() noexcept {
  const auto size = length();
  return size ? rest_.take(*size) : std::nullopt;
}

std::optional<std::string_view> zipmap_reader::value() noexcept {
  const auto size = length();
  const auto unused = size ? rest_.take(1) : std::nullopt;
  const auto found = unused ? rest_.take(*size) : std::nullopt;
  if (!found || !rest_.take(little_endian(*unused)))
    return std::nullopt;
  return found;
}

} // namespace thespis::persistence
