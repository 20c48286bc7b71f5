#include "persistence/zset_reader.hpp"

#include "base/number.hpp"
#include "persistence/byte_order.hpp"
#include "persistence/listpack.hpp"
#include "persistence/reading.hpp"
#include "persistence/ziplist.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace thespis::persistence {

namespace {

class zset_maker {
public:
  explicit zset_maker(const value_context& with) noexcept
    : limits_(with.settings.zset_packed.get()) {
  }
  void expect(std::size_t count, std::size_t member_bytes) {
    value.expect(count, member_bytes, limits_);
  }
  void add(std::string_view member, double score) {
    check(!std::isnan(score), "a score that is not a number");
    auto at = value.find(member);
    check(!at, "a member of a sorted set twice");
    value.insert(at, member, score, limits_);
  }
  void add_all(packed_reader&& block) {
    for_each_packed_pair(block, [&](std::string_view member, std::string_view score) {
      add(member, need(base::parse_double(score), "a score that is no number"));
    });
  }

  types::sorted_set value;

private:
  types::packed_limits limits_;
};

/// As text with its length in front; 253 to 255 stand for what has no text.
double read_text_score(rdb_reader& in) {
  constexpr std::uint8_t infinite = 254;
  constexpr std::uint8_t minus_infinite = 255;
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  const auto size = need(in.byte());
  if (size == infinite)
    return infinity;
  if (size == minus_infinite)
    return -infinity;
  return need(base::parse_double(need(in.bytes(size))), "a score that is no number");
}

double read_binary_score(rdb_reader& in) {
  return std::bit_cast<double>(need(in.word()));
}

} // namespace

types::sorted_set read_zset(rdb_reader& in, rdb_type type, const value_context& with) {
  zset_maker out{with};
  std::string scratch;
  if (type == rdb_type::zset_ziplist) {
    out.add_all(ziplist_reader{need(in.string(scratch))});
  } else if (type == rdb_type::zset_listpack) {
    out.add_all(listpack_reader{need(in.string(scratch))});
  } else {
    const auto count = need_count(in);
    out.expect(count, 0);
    for (auto left = count; left > 0; --left) {
      const auto member = need(in.string(scratch));
      out.add(member, type == rdb_type::zset ? read_text_score(in) : read_binary_score(in));
    }
  }
  return std::move(out.value);
}

} // namespace thespis::persistence
