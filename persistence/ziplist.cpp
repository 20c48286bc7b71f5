#include "persistence/ziplist.hpp"

#include "base/number.hpp"
#include "persistence/byte_order.hpp"

namespace thespis::persistence {

namespace {

constexpr std::size_t ziplist_head_bytes = 10;
constexpr std::size_t ziplist_count_unknown = 65535;
constexpr std::uint8_t ziplist_end = 255;
constexpr std::uint8_t long_length_before = 254;

/// Bytes of the integer that such an encoding announces; 0: none does.
constexpr std::size_t ziplist_integer_bytes(std::uint8_t encoding) noexcept {
  switch (encoding) {
    case 0xc0:
      return 2;
    case 0xd0:
      return 4;
    case 0xe0:
      return 8;
    case 0xf0:
      return 3;
    case 0xfe:
      return 1;
    default:
      return 0;
  }
}

} // namespace

ziplist_reader::ziplist_reader(std::string_view block) noexcept : rest_(block) {
  const auto bytes = rest_.take(4);
  const auto last = rest_.take(4);
  const auto count = rest_.take(2);
  if (!bytes || !last || !count || little_endian(*bytes) != block.size())
    return;
  block_bytes_ = block.size();
  last_at_ = little_endian(*last);
  count_ = little_endian(*count);
  before_at_ = ziplist_head_bytes;
  open_ = true;
}

std::optional<std::string_view> ziplist_reader::next(digits& scratch) {
  if (!open_ || rest_.size() == 0)
    return std::nullopt;
  const auto at = block_bytes_ - rest_.size();
  if (rest_.first() == ziplist_end) {
    open_ = false;
    const bool whole = rest_.size() == 1 && (count_ == ziplist_count_unknown || count_ == seen_)
                       && last_at_ == before_at_;
    return whole ? end_whole() : std::nullopt;
  }
  open_ = has_length_before();
  const auto found = open_ ? content(scratch) : std::nullopt;
  open_ = found.has_value();
  before_ = block_bytes_ - rest_.size() - at;
  before_at_ = at;
  ++seen_;
  return found;
}

/// Takes the length before, and says whether it is right.
bool ziplist_reader::has_length_before() noexcept {
  const auto first = rest_.take(1);
  if (!first)
    return false;
  const auto length = static_cast<std::uint8_t>(first->front());
  if (length != long_length_before)
    return length == before_;
  const auto four = rest_.take(4);
  return four && little_endian(*four) == before_;
}

std::optional<std::string_view> ziplist_reader::content(digits& scratch) noexcept {
  const auto taken = rest_.take(1);
  if (!taken)
    return std::nullopt;
  const auto first = static_cast<std::uint8_t>(taken->front());
  switch (first >> 6) {
    case 0:
      return rest_.take(first);
    case 1: {
      const auto low = rest_.take(1);
      return low ? rest_.take((first & 0x3fu) << 8 | big_endian(*low)) : std::nullopt;
    }
    case 2: {
      const auto size = rest_.take(4);
      return size ? rest_.take(big_endian(*size)) : std::nullopt;
    }
    default:
      break;
  }
  if (first >= 0xf1 && first <= 0xfd)
    return base::format_int64(first - 0xf1, scratch);
  const auto bytes = ziplist_integer_bytes(first);
  const auto number = bytes == 0 ? std::nullopt : rest_.take(bytes);
  if (!number)
    return std::nullopt;
  return base::format_int64(signed_little_endian(*number), scratch);
}

} // namespace thespis::persistence
