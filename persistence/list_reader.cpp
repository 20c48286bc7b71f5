#include "persistence/list_reader.hpp"

#include "persistence/listpack.hpp"
#include "persistence/reading.hpp"
#include "persistence/ziplist.hpp"

namespace thespis::persistence {

namespace {

/// A list that grows at its end.
class list_maker {
public:
  explicit list_maker(const value_context& with) noexcept
    : limit_(with.settings.list_packed_size.load(std::memory_order_relaxed)) {
  }
  void push(std::string_view element) {
    value.growing(limit_, element.size(), 1);
    value.push_back(element);
  }
  void push_all(packed_reader&& block) {
    for_each_packed(block, [&](std::string_view element) { push(element); });
  }

  types::list value;

private:
  types::listpack_limit limit_;
};

void read_node(rdb_reader& in, list_maker& out, std::string& scratch) {
  const auto container = need(in.length());
  const auto content = need(in.string(scratch));
  switch (static_cast<quicklist_container>(container)) {
    case quicklist_container::plain:
      return out.push(content);
    case quicklist_container::packed:
      return out.push_all(listpack_reader{content});
  }
  throw broken_value{"an unknown container of a list"};
}

} // namespace

types::list read_list(rdb_reader& in, rdb_type type, const value_context& with) {
  list_maker out{with};
  std::string scratch;
  if (type == rdb_type::list_ziplist) {
    out.push_all(ziplist_reader{need(in.string(scratch))});
    return std::move(out.value);
  }
  for (auto left = need_count(in); left > 0; --left) {
    if (type == rdb_type::list)
      out.push(need(in.string(scratch)));
    else if (type == rdb_type::list_quicklist)
      out.push_all(ziplist_reader{need(in.string(scratch))});
    else
      read_node(in, out, scratch);
  }
  return std::move(out.value);
}

} // namespace thespis::persistence
