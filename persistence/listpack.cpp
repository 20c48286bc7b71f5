#include "persistence/listpack.hpp"

#include "base/number.hpp"
#include "persistence/byte_order.hpp"
#include "types/listpack_size.hpp"

namespace thespis::persistence {

namespace {

constexpr std::size_t listpack_head_bytes = 6;
constexpr std::size_t listpack_count_unknown = 65535;
constexpr char listpack_end = '\xff';

enum long_encoding : std::uint8_t { text_4 = 0xf0, integer_2, integer_3, integer_4, integer_8 };

constexpr std::size_t listpack_integer_bytes(std::uint8_t encoding) noexcept {
  return encoding == integer_8 ? 8 : encoding - integer_2 + 2u;
}

/// The length that stands behind an element of so many bytes.
class length_behind {
public:
  explicit length_behind(std::size_t element_bytes) noexcept
    : count_(types::listpack_bytes_behind(element_bytes)) {
    for (std::size_t i = count_; i-- > 0; element_bytes >>= 7)
      bytes_[i] = static_cast<char>((element_bytes & 0x7f) | (i == 0 ? 0 : 0x80));
  }
  std::string_view bytes() const noexcept {
    return {bytes_, count_};
  }

private:
  char bytes_[5];
  std::size_t count_;
};

} // namespace

// -- reading --------------------------------------------------------------------------------------

listpack_reader::listpack_reader(std::string_view block) noexcept : rest_(block) {
  const auto bytes = rest_.take(4);
  const auto count = rest_.take(2);
  if (!bytes || !count || little_endian(*bytes) != block.size())
    return;
  count_ = little_endian(*count);
  open_ = true;
}

std::optional<std::string_view> listpack_reader::next(digits& scratch) {
  if (!open_ || rest_.size() == 0)
    return std::nullopt;
  if (rest_.first() == static_cast<std::uint8_t>(listpack_end)) {
    open_ = false;
    const bool whole = rest_.size() == 1 && (count_ == listpack_count_unknown || count_ == seen_);
    return whole ? end_whole() : std::nullopt;
  }
  const auto before = rest_.size();
  const auto found = content(scratch);
  const auto size = before - rest_.size();
  const auto behind = found ? rest_.take(types::listpack_bytes_behind(size)) : std::nullopt;
  open_ = behind && *behind == length_behind{size}.bytes();
  ++seen_;
  return open_ ? found : std::nullopt;
}

std::optional<std::string_view> listpack_reader::content(digits& scratch) noexcept {
  const auto taken = rest_.take(1);
  if (!taken)
    return std::nullopt;
  const auto first = static_cast<std::uint8_t>(taken->front());
  if (first < 0x80)
    return base::format_int64(first, scratch);
  if (first < 0xc0)
    return rest_.take(first & 0x3fu);
  if (first < 0xf0) {
    const auto more = rest_.take(1);
    if (!more)
      return std::nullopt;
    const auto low = static_cast<std::uint8_t>(more->front());
    if (first >= 0xe0)
      return rest_.take((first & 0x0fu) << 8 | low);
    const auto value = (first & 0x1f) << 8 | low;
    return base::format_int64(value >= 1 << 12 ? value - (1 << 13) : value, scratch);
  }
  if (first == text_4) {
    const auto size = rest_.take(4);
    return size ? rest_.take(little_endian(*size)) : std::nullopt;
  }
  if (first > integer_8)
    return std::nullopt;
  const auto number = rest_.take(listpack_integer_bytes(first));
  if (!number)
    return std::nullopt;
  return base::format_int64(signed_little_endian(*number), scratch);
}

// -- writing --------------------------------------------------------------------------------------

void listpack_builder::clear() {
  block_.assign(listpack_head_bytes, '\0');
  count_ = 0;
}

void listpack_builder::append(std::string_view element) {
  if (types::is_listpack_integer(element))
    return append(*base::parse_int64(element));
  const auto before = block_.size();
  if (element.size() < 1u << 6) {
    block_ += static_cast<char>(0x80 | element.size());
  } else if (element.size() < 1u << 12) {
    append_big_endian(block_, 0xe000 | element.size(), 2);
  } else {
    block_ += static_cast<char>(text_4);
    append_little_endian(block_, element.size(), 4);
  }
  block_ += element;
  append_length_behind(block_.size() - before);
}

void listpack_builder::append(std::int64_t integer) {
  const auto bits = static_cast<std::uint64_t>(integer);
  const auto before = block_.size();
  if (integer >= 0 && integer <= 127) {
    block_ += static_cast<char>(integer);
  } else if (integer >= -(1 << 12) && integer < 1 << 12) {
    append_big_endian(block_, 0xc000 | (bits & 0x1fff), 2);
  } else {
    const auto encoding = integer >= INT16_MIN && integer <= INT16_MAX   ? integer_2
                          : integer >= -(1 << 23) && integer < 1 << 23   ? integer_3
                          : integer >= INT32_MIN && integer <= INT32_MAX ? integer_4
                                                                         : integer_8;
    block_ += static_cast<char>(encoding);
    append_little_endian(block_, bits, listpack_integer_bytes(encoding));
  }
  append_length_behind(block_.size() - before);
}

void listpack_builder::append_length_behind(std::size_t bytes) {
  block_ += length_behind{bytes}.bytes();
  ++count_;
}

std::string_view listpack_builder::finish() {
  block_ += listpack_end;
  std::string head;
  append_little_endian(head, block_.size(), 4);
  append_little_endian(head, count_ < listpack_count_unknown ? count_ : listpack_count_unknown, 2);
  return block_.replace(0, listpack_head_bytes, head);
}

} // namespace thespis::persistence
