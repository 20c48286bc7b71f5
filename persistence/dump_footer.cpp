#include "persistence/dump_footer.hpp"

#include "persistence/crc64.hpp"

namespace thespis::persistence {

namespace {

constexpr std::size_t version_bytes = 2;
constexpr std::size_t checksum_bytes = 8;

void append_little_endian(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i)
    out += static_cast<char>(value >> 8 * i & 0xff);
}

std::uint64_t little_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (auto at = bytes.rbegin(); at != bytes.rend(); ++at)
    value = value << 8 | static_cast<unsigned char>(*at);
  return value;
}

} // namespace

void append_dump_footer(std::string& content) {
  append_little_endian(content, rdb_version_written, version_bytes);
  append_little_endian(content, crc64(content), checksum_bytes);
}

std::optional<std::string_view> without_dump_footer(std::string_view payload) noexcept {
  if (payload.size() < version_bytes + checksum_bytes)
    return std::nullopt;
  const auto checked = payload.substr(0, payload.size() - checksum_bytes);
  const auto content = checked.substr(0, checked.size() - version_bytes);
  if (little_endian(checked.substr(content.size())) > rdb_version_max
      || little_endian(payload.substr(checked.size())) != crc64(checked))
    return std::nullopt;
  return content;
}

} // namespace thespis::persistence
