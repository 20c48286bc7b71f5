#include "protocol/scan_cursor.hpp"

#include "base/number.hpp"

namespace thespis::protocol {

std::optional<std::uint64_t> parse_scan_cursor(std::string_view text) noexcept {
  text = text.substr(0, text.find('\0'));
  if (text.empty())
    return 0;
  const auto negative = text.starts_with('-');
  auto digits = text.substr(negative || text.starts_with('+') ? 1 : 0);
  while (digits.size() > 1 && digits.front() == '0')
    digits.remove_prefix(1);
  const auto value = base::parse_uint64(digits);
  return value && negative ? 0 - *value : value;
}

} // namespace thespis::protocol
