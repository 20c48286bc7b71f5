#include "types/listpack_size.hpp"

#include "base/number.hpp"

#include <cstdint>
#include <optional>

namespace thespis::types {

namespace {

/// The integer as which an element would be stored.
std::optional<std::int64_t> listpack_integer(std::string_view element) noexcept {
  constexpr std::size_t digits_max = 20;
  if (element.empty() || element.size() > digits_max || element.back() < '0' || element.back() > '9'
      || element.front() > '9')
    return std::nullopt;
  return base::parse_int64(element);
}

constexpr std::size_t integer_bytes(std::int64_t value) noexcept {
  if (value >= 0 && value <= 127)
    return 1;
  if (value >= -4096 && value <= 4095)
    return 2;
  if (value >= INT16_MIN && value <= INT16_MAX)
    return 3;
  if (value >= -(1 << 23) && value < 1 << 23)
    return 4;
  return value >= INT32_MIN && value <= INT32_MAX ? 5 : 9;
}

constexpr std::size_t string_bytes(std::size_t size) noexcept {
  return size + (size < 64 ? 1 : size < 4096 ? 2 : 5);
}

} // namespace

bool is_listpack_integer(std::string_view element) noexcept {
  return listpack_integer(element).has_value();
}

std::size_t listpack_element_bytes(std::string_view element) noexcept {
  const auto integer = listpack_integer(element);
  const auto bytes = integer ? integer_bytes(*integer) : string_bytes(element.size());
  return bytes + listpack_bytes_behind(bytes);
}

} // namespace thespis::types
