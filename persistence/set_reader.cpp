#include "persistence/set_reader.hpp"

#include "persistence/byte_order.hpp"
#include "persistence/listpack.hpp"
#include "persistence/reading.hpp"

namespace thespis::persistence {

namespace {

class set_maker {
public:
  explicit set_maker(const value_context& with) noexcept
    : limits_{with.settings.set_packed.get(),
              with.settings.set_intset_entries.load(std::memory_order_relaxed)} {
  }
  void expect(types::set_element first, std::size_t count) {
    value.expect(first, count, limits_);
  }
  void add(types::set_element member) {
    check(value.add(member, limits_), "a member of a set twice");
  }

  types::set value;

private:
  types::set_limits limits_;
};

/// See append_intset in value_writer.cpp.
void read_intset(std::string_view block, set_maker& out) {
  constexpr std::size_t head_bytes = 8;
  check(block.size() >= head_bytes, "a broken block of integers");
  const auto width = little_endian(block.substr(0, 4));
  const auto count = little_endian(block.substr(4, 4));
  check((width == 2 || width == 4 || width == 8) && block.size() == head_bytes + width * count,
        "a broken block of integers");
  std::optional<std::int64_t> before;
  for (auto at = head_bytes; at < block.size(); at += width) {
    const auto integer = signed_little_endian(block.substr(at, width));
    check(!before || *before < integer, "integers of a set are not in order");
    if (!before)
      out.expect(types::set_element{integer}, count);
    out.add(types::set_element{integer});
    before = integer;
  }
}

} // namespace

types::set read_set(rdb_reader& in, rdb_type type, const value_context& with) {
  set_maker out{with};
  std::string scratch;
  if (type == rdb_type::set_intset) {
    read_intset(need(in.string(scratch)), out);
  } else if (type == rdb_type::set_listpack) {
    out.value = types::set::packed_from_start();
    listpack_reader block{need(in.string(scratch))};
    for_each_packed(block, [&](std::string_view member) { out.add(member); });
  } else {
    const auto count = need_count(in);
    for (auto left = count; left > 0; --left) {
      const auto member = need(in.string(scratch));
      if (left == count)
        out.expect(member, count);
      out.add(member);
    }
  }
  return std::move(out.value);
}

} // namespace thespis::persistence
