#include "persistence/hash_reader.hpp"

#include "base/number.hpp"
#include "persistence/listpack.hpp"
#include "persistence/reading.hpp"
#include "persistence/ziplist.hpp"
#include "persistence/zipmap.hpp"

namespace thespis::persistence {

namespace {

class hash_maker {
public:
  explicit hash_maker(const value_context& with) noexcept
    : limits_(with.settings.hash_packed.get()), now_ms_(with.now_ms) {
  }
  void expect(std::uint64_t count) {
    if (count > limits_.entries)
      value.unpack();
  }
  void add(std::string_view field, std::string_view content) {
    check(value.set(field, content, limits_), "a field of a hash twice");
  }
  /// `at_ms`: Unix time; 0: it does not expire.
  void add(std::string_view field, std::string_view content, std::int64_t at_ms) {
    check(at_ms >= 0 && at_ms < types::hash_item::never, "an impossible time of expiry");
    add(field, content);
    if (at_ms != 0)
      value.set_expiry(field, at_ms, now_ms_);
  }
  void add_all(packed_reader&& block) {
    for_each_packed_pair(
      block, [&](std::string_view field, std::string_view content) { add(field, content); });
  }
  /// Field, value, time of expiry.
  void add_all_expiring(packed_reader&& block) {
    digits field_digits;
    digits content_digits;
    digits time_digits;
    while (const auto field = block.next(field_digits)) {
      const auto content = need_element(block, content_digits);
      const auto at_ms = base::parse_int64(need_element(block, time_digits));
      add(*field, content, need(at_ms, "a time that is no number"));
    }
    check(block.is_whole(), "a broken block");
  }

  types::hash value;

private:
  types::packed_limits limits_;
  std::int64_t now_ms_;
};

void read_fields(rdb_reader& in, hash_maker& out) {
  std::string field_scratch;
  std::string scratch;
  const auto count = need_count(in, 2);
  out.expect(count);
  for (auto left = count; left > 0; --left) {
    const auto field = need(in.string(field_scratch));
    out.add(field, need(in.string(scratch)));
  }
}

/// The times count from the lowest, from 1 on; those of a release candidate are absolute.
void read_expiring_fields(rdb_reader& in, hash_maker& out, bool absolute) {
  std::string field_scratch;
  std::string scratch;
  const std::uint64_t lowest = absolute ? 0 : need(in.word()) - 1;
  for (auto left = need_count(in, 3); left > 0; --left) {
    const auto time = need(in.length());
    const auto field = need(in.string(field_scratch));
    const auto content = need(in.string(scratch));
    out.add(field, content, time == 0 ? 0 : static_cast<std::int64_t>(lowest + time));
  }
}

/// Times are absolute, behind the value; -1: none.
void read_fields_of_valkey(rdb_reader& in, hash_maker& out) {
  constexpr std::int64_t none = -1;
  std::string field_scratch;
  std::string scratch;
  for (auto left = need_count(in, 2 + sizeof none); left > 0; --left) {
    const auto field = need(in.string(field_scratch));
    const auto content = need(in.string(scratch));
    const auto at_ms = static_cast<std::int64_t>(need(in.word()));
    check(at_ms != 0, "an impossible time of expiry");
    out.add(field, content, at_ms == none ? 0 : at_ms);
  }
}

} // namespace

types::hash read_hash(rdb_reader& in, rdb_type type, const value_context& with) {
  hash_maker out{with};
  std::string scratch;
  switch (type) {
    case rdb_type::hash_zipmap:
      out.add_all(zipmap_reader{need(in.string(scratch))});
      break;
    case rdb_type::hash_ziplist:
      out.add_all(ziplist_reader{need(in.string(scratch))});
      break;
    case rdb_type::hash_listpack:
      out.add_all(listpack_reader{need(in.string(scratch))});
      break;
    case rdb_type::hash_listpack_expiry:
      // The earliest expiry, which the block tells as well.
      need(in.word());
      [[fallthrough]];
    case rdb_type::hash_listpack_expiry_candidate:
      out.add_all_expiring(listpack_reader{need(in.string(scratch))});
      break;
    case rdb_type::hash_expiry:
    case rdb_type::hash_expiry_candidate:
      read_expiring_fields(in, out, type == rdb_type::hash_expiry_candidate);
      break;
    case rdb_type::valkey_hash_expiry:
      read_fields_of_valkey(in, out);
      break;
    default:
      read_fields(in, out);
      break;
  }
  return std::move(out.value);
}

} // namespace thespis::persistence
