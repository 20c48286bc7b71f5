#include "persistence/dump_footer.hpp"

#include "persistence/byte_order.hpp"
#include "persistence/crc64.hpp"

namespace thespis::persistence {

namespace {

constexpr std::size_t version_bytes = 2;
constexpr std::size_t checksum_bytes = 8;

} // namespace

void append_dump_footer(std::string& content, std::uint16_t version) {
  append_little_endian(content, version, version_bytes);
  append_little_endian(content, crc64(content), checksum_bytes);
}

std::uint16_t dump_version(std::string_view payload) noexcept {
  const auto at = payload.size() - checksum_bytes - version_bytes;
  return static_cast<std::uint16_t>(little_endian(payload.substr(at, version_bytes)));
}

std::optional<std::string_view> without_dump_footer(std::string_view payload,
                                                    bool verify) noexcept {
  if (payload.size() < version_bytes + checksum_bytes)
    return std::nullopt;
  const auto checked = payload.substr(0, payload.size() - checksum_bytes);
  const auto content = checked.substr(0, checked.size() - version_bytes);
  const auto version = dump_version(payload);
  if ((version > rdb_version_max && version != rdb_version_valkey)
      || (verify && little_endian(payload.substr(checked.size())) != crc64(checked)))
    return std::nullopt;
  return content;
}

} // namespace thespis::persistence
