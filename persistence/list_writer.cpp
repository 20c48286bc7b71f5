#include "persistence/list_writer.hpp"

#include "persistence/listpack.hpp"
#include "persistence/rdb_writer.hpp"
#include "types/listpack_size.hpp"

namespace thespis::persistence {

namespace {

/// Where the nodes begin.
class node_borders {
public:
  explicit node_borders(int setting) noexcept : limit_(setting) {
  }
  static bool is_plain(std::string_view element, types::listpack_limit limit) noexcept {
    return element.size() > limit.bytes_max();
  }
  bool is_plain(std::string_view element) const noexcept {
    return is_plain(element, limit_);
  }
  /// Whether a node begins with the next element.
  bool begins_with(std::string_view element) noexcept {
    const auto size = types::listpack_element_bytes(element);
    const bool plain = is_plain(element);
    const bool begins = count_ == 0 || plain || bytes_ + size > limit_.bytes_max()
                        || count_ == limit_.count_max();
    bytes_ = begins ? types::empty_listpack_bytes + size : bytes_ + size;
    count_ = plain ? 0 : begins ? 1 : count_ + 1;
    return begins;
  }

private:
  types::listpack_limit limit_;
  std::size_t bytes_ = 0;
  /// 0: the node takes nothing more.
  std::size_t count_ = 0;
};

void append_node(std::string& out, quicklist_container container, std::string_view content,
                 bool compress) {
  append_rdb_length(out, static_cast<std::uint64_t>(container));
  append_rdb_string(out, content, compress);
}

template <class Visit>
void for_each_element(const types::list& value, Visit&& visit) {
  value.for_each_run(0, value.size(), [&](const types::list_run& run) {
    for (const auto element : run)
      visit(element);
    return true;
  });
}

} // namespace

void append_list(std::string& out, const types::list& value, const value_format& how) {
  std::uint64_t nodes = 0;
  node_borders counted{how.list_packed_size};
  for_each_element(value, [&](std::string_view element) { nodes += counted.begins_with(element); });
  append_rdb_length(out, nodes);

  node_borders borders{how.list_packed_size};
  listpack_builder node;
  const auto finish_node = [&] {
    if (node.size() != 0)
      append_node(out, quicklist_container::packed, node.finish(), how.compress);
    node.clear();
  };
  for_each_element(value, [&](std::string_view element) {
    if (borders.begins_with(element))
      finish_node();
    if (borders.is_plain(element))
      append_node(out, quicklist_container::plain, element, how.compress);
    else
      node.append(element);
  });
  finish_node();
}

} // namespace thespis::persistence
