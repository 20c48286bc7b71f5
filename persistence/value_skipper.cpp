#include "persistence/value_skipper.hpp"

#include <cstdint>

namespace thespis::persistence {

namespace {

constexpr std::uint64_t ms_bytes = 8;
constexpr std::uint64_t score_bytes = 8;
constexpr std::uint64_t id_bytes = 16;

bool skip_bytes(rdb_reader& in, std::uint64_t count) noexcept {
  return in.bytes(count).has_value();
}

bool skip_lengths(rdb_reader& in, int count) noexcept {
  for (; count > 0; --count)
    if (!in.length())
      return false;
  return true;
}

/// A number of elements, and each of them.
template <class Skip>
bool skip_counted(rdb_reader& in, Skip&& skip) noexcept {
  const auto count = in.length();
  if (!count)
    return false;
  for (auto left = *count; left > 0; --left)
    if (!skip())
      return false;
  return true;
}

bool skip_strings(rdb_reader& in) noexcept {
  return skip_counted(in, [&] { return in.skip_string(); });
}

bool skip_pairs(rdb_reader& in) noexcept {
  return skip_counted(in, [&] { return in.skip_string() && in.skip_string(); });
}

bool skip_text_score(rdb_reader& in) noexcept {
  constexpr std::uint8_t longest = 252;
  const auto size = in.byte();
  return size && (*size > longest || skip_bytes(in, *size));
}

bool skip_consumer(rdb_reader& in, rdb_type type) noexcept {
  return in.skip_string() && skip_bytes(in, type == rdb_type::stream_3 ? 2 * ms_bytes : ms_bytes)
         && skip_counted(in, [&] { return skip_bytes(in, id_bytes); });
}

bool skip_group(rdb_reader& in, rdb_type type) noexcept {
  return in.skip_string() && skip_lengths(in, type == rdb_type::stream ? 2 : 3)
         && skip_counted(
           in, [&] { return skip_bytes(in, id_bytes + ms_bytes) && in.length().has_value(); })
         && skip_counted(in, [&] { return skip_consumer(in, type); });
}

/// Blocks; size and last ID; from the second form on first ID, highest deleted ID, entries added.
bool skip_stream(rdb_reader& in, rdb_type type) noexcept {
  return skip_pairs(in) && skip_lengths(in, type == rdb_type::stream ? 3 : 8)
         && skip_counted(in, [&] { return skip_group(in, type); });
}

bool skip_expiring_fields(rdb_reader& in) noexcept {
  return skip_counted(in, [&] { return in.length() && in.skip_string() && in.skip_string(); });
}

} // namespace

bool skip_value(rdb_reader& in, rdb_type type) noexcept {
  switch (type) {
    case rdb_type::string:
    case rdb_type::hash_zipmap:
    case rdb_type::list_ziplist:
    case rdb_type::set_intset:
    case rdb_type::zset_ziplist:
    case rdb_type::hash_ziplist:
    case rdb_type::hash_listpack:
    case rdb_type::zset_listpack:
    case rdb_type::set_listpack:
    case rdb_type::hash_listpack_expiry_candidate:
      return in.skip_string();
    case rdb_type::hash_listpack_expiry:
      return skip_bytes(in, ms_bytes) && in.skip_string();
    case rdb_type::list:
    case rdb_type::set:
    case rdb_type::list_quicklist:
      return skip_strings(in);
    case rdb_type::list_quicklist_2:
      return skip_counted(in, [&] { return in.length() && in.skip_string(); });
    case rdb_type::hash:
      return skip_pairs(in);
    case rdb_type::zset:
      return skip_counted(in, [&] { return in.skip_string() && skip_text_score(in); });
    case rdb_type::zset_binary_scores:
      return skip_counted(in, [&] { return in.skip_string() && skip_bytes(in, score_bytes); });
    case rdb_type::hash_expiry:
      return skip_bytes(in, ms_bytes) && skip_expiring_fields(in);
    case rdb_type::hash_expiry_candidate:
      return skip_expiring_fields(in);
    case rdb_type::valkey_hash_expiry:
      return skip_counted(
        in, [&] { return in.skip_string() && in.skip_string() && skip_bytes(in, ms_bytes); });
    case rdb_type::stream:
    case rdb_type::stream_2:
    case rdb_type::stream_3:
      return skip_stream(in, type);
    case rdb_type::module_old:
    case rdb_type::module:
      break;
  }
  return false;
}

} // namespace thespis::persistence
