#include "persistence/value_writer.hpp"

#include "base/number.hpp"
#include "persistence/byte_order.hpp"
#include "persistence/list_writer.hpp"
#include "persistence/listpack.hpp"
#include "persistence/rdb_writer.hpp"
#include "persistence/stream_writer.hpp"
#include "types/hash.hpp"
#include "types/lent.hpp"
#include "types/list.hpp"
#include "types/set.hpp"
#include "types/sorted_set.hpp"
#include "types/stream.hpp"

#include <algorithm>
#include <bit>

namespace thespis::persistence {

using keyspace::entry;
using keyspace::value_type;
using types::lent;

namespace {

constexpr std::uint16_t version_of_redis_7_2 = 11;

rdb_type type_of_set(const types::set& value, const value_format& how) noexcept {
  switch (value.stored()) {
    case types::set::form::integers:
      return rdb_type::set_intset;
    case types::set::form::packed:
      return how.version >= version_of_redis_7_2 ? rdb_type::set_listpack : rdb_type::set;
    case types::set::form::table:
      break;
  }
  return rdb_type::set;
}

rdb_type type_of_hash(const types::hash& value) noexcept {
  if (value.expiring() != 0)
    return rdb_type::hash_expiry;
  return value.is_packed() ? rdb_type::hash_listpack : rdb_type::hash;
}

// -- strings --------------------------------------------------------------------------------------

void append_string(std::string& out, const entry& value, const value_format& how) {
  if (value.is_integer())
    return append_rdb_integer(out, value.integer());
  char scratch[24];
  append_rdb_string(out, value.text(scratch), how.compress);
}

// -- sets -----------------------------------------------------------------------------------------

/// Redis' intset: width of an integer, 4 bytes; how many, 4 bytes; the integers in ascending order.
void append_intset(std::string& out, const types::set& value, const value_format& how) {
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  value.for_each([&](types::set_element each) {
    lowest = std::min(lowest, each.integer());
    highest = std::max(highest, each.integer());
  });
  const auto fits = [&](std::int64_t min, std::int64_t max) {
    return lowest >= min && highest <= max;
  };
  const std::size_t width = fits(INT16_MIN, INT16_MAX) ? 2 : fits(INT32_MIN, INT32_MAX) ? 4 : 8;
  std::string block;
  block.reserve(8 + width * value.size());
  append_little_endian(block, width, 4);
  append_little_endian(block, value.size(), 4);
  value.for_each([&](types::set_element each) {
    append_little_endian(block, static_cast<std::uint64_t>(each.integer()), width);
  });
  append_rdb_string(out, block, how.compress);
}

void append_members(std::string& out, const types::set& value, const value_format& how) {
  append_rdb_length(out, value.size());
  value.for_each([&](types::set_element each) {
    char scratch[24];
    append_rdb_string(out, each.text(scratch), how.compress);
  });
}

void append_set(std::string& out, const types::set& value, const value_format& how) {
  switch (type_of_set(value, how)) {
    case rdb_type::set_intset:
      return append_intset(out, value, how);
    case rdb_type::set_listpack: {
      listpack_builder block;
      value.for_each([&](types::set_element each) {
        char scratch[24];
        block.append(each.text(scratch));
      });
      return append_rdb_string(out, block.finish(), how.compress);
    }
    default:
      return append_members(out, value, how);
  }
}

// -- sorted sets ----------------------------------------------------------------------------------

void append_zset(std::string& out, const types::sorted_set& value, const value_format& how) {
  if (value.is_packed()) {
    listpack_builder block;
    value.visit_all([&](std::string_view member, double score) {
      char chars[40];
      block.append(member);
      block.append(base::format_double_17(score, chars));
    });
    return append_rdb_string(out, block.finish(), how.compress);
  }
  // From the highest to the lowest, which makes skiplists cheap to build.
  append_rdb_length(out, value.size());
  value.visit(value.size() - 1, value.size(), true, [&](std::string_view member, double score) {
    append_rdb_string(out, member, how.compress);
    append_little_endian(out, std::bit_cast<std::uint64_t>(score), 8);
  });
}

// -- hashes ---------------------------------------------------------------------------------------

/// The time of a field counts from the lowest of all, from 1 on; 0: it does not expire.
void append_expiring_fields(std::string& out, const types::hash& value, const value_format& how) {
  auto lowest = types::hash_item::never;
  value.for_each(
    [&](const types::hash_item& each) { lowest = std::min(lowest, each.expire_at_ms); });
  append_little_endian(out, static_cast<std::uint64_t>(lowest), 8);
  append_rdb_length(out, value.size());
  value.for_each([&](const types::hash_item& each) {
    append_rdb_length(
      out, each.expires() ? static_cast<std::uint64_t>(each.expire_at_ms - lowest) + 1 : 0);
    append_rdb_string(out, each.field, how.compress);
    append_rdb_string(out, each.value, how.compress);
  });
}

void append_hash(std::string& out, const types::hash& value, const value_format& how) {
  switch (type_of_hash(value)) {
    case rdb_type::hash_expiry:
      return append_expiring_fields(out, value, how);
    case rdb_type::hash_listpack: {
      listpack_builder block;
      value.for_each([&](const types::hash_item& each) {
        block.append(each.field);
        block.append(each.value);
      });
      return append_rdb_string(out, block.finish(), how.compress);
    }
    default:
      break;
  }
  append_rdb_length(out, value.size());
  value.for_each([&](const types::hash_item& each) {
    append_rdb_string(out, each.field, how.compress);
    append_rdb_string(out, each.value, how.compress);
  });
}

} // namespace

rdb_type written_type(const entry& value, const value_format& how) {
  switch (value.type()) {
    case value_type::string:
      break;
    case value_type::list:
      return rdb_type::list_quicklist_2;
    case value_type::set:
      return type_of_set(*lent<types::set>{value.object()}, how);
    case value_type::zset:
      return lent<types::sorted_set> {
        value.object()
        } -> is_packed() ? rdb_type::zset_listpack : rdb_type::zset_binary_scores;
    case value_type::hash:
      return type_of_hash(*lent<types::hash>{value.object()});
    case value_type::stream:
      return how.version >= version_of_redis_7_2 ? rdb_type::stream_3 : rdb_type::stream_2;
  }
  return rdb_type::string;
}

std::uint16_t version_needed(rdb_type type) noexcept {
  switch (type) {
    case rdb_type::hash_expiry:
    case rdb_type::hash_listpack_expiry:
      return rdb_version_field_expiry;
    case rdb_type::set_listpack:
    case rdb_type::stream_3:
      return version_of_redis_7_2;
    default:
      return rdb_version_default;
  }
}

void append_value(std::string& out, const entry& value, const value_format& how) {
  switch (value.type()) {
    case value_type::string:
      return append_string(out, value, how);
    case value_type::list:
      return append_list(out, *lent<types::list>{value.object()}, how);
    case value_type::set:
      return append_set(out, *lent<types::set>{value.object()}, how);
    case value_type::zset:
      return append_zset(out, *lent<types::sorted_set>{value.object()}, how);
    case value_type::hash:
      return append_hash(out, *lent<types::hash>{value.object()}, how);
    case value_type::stream:
      return append_stream(out, *lent<types::stream>{value.object()}, how);
  }
}

} // namespace thespis::persistence
