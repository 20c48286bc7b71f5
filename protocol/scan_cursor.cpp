#include "protocol/scan_cursor.hpp"

#include "base/ensure.hpp"
#include "base/number.hpp"
#include "protocol/reply_writer.hpp"
#include "protocol/resp_value.hpp"

#include <string>

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

void globalize_cursor(std::string_view reply, std::size_t partition, std::size_t partition_count,
                      base::byte_buffer& output) {
  reply_writer out{output, 2};
  constexpr std::string_view head = "*2\r\n";
  if (!reply.starts_with(head)) {
    out.raw(reply);
    return;
  }
  reply.remove_prefix(head.size());
  const auto size = skip_resp_value(reply);
  const auto text = reply.substr(reply.find('\n') + 1);
  const auto cursor = base::parse_uint64(text.substr(0, text.find('\r')));
  THESPIS_ENSURE(cursor.has_value());
  auto next = *cursor * partition_count + partition;
  if (*cursor == 0)
    next = partition + 1 < partition_count ? partition + 1 : 0;
  out.array(2);
  out.bulk(std::to_string(next));
  out.raw(reply.substr(size));
}

} // namespace thespis::protocol
