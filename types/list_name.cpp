/// What a list calls itself: "listpack" or "quicklist".

#include "types/list.hpp"

namespace thespis::types {

void list::measure(std::string_view added) noexcept {
  auto& all = *parts();
  ++all.elements;
  if (!all.is_measured)
    return;
  all.listpack_bytes += listpack_element_bytes(added);
  all.is_measured = all.elements <= measured_max;
}

void list::unmeasure(std::string_view removed) noexcept {
  if (parts()->is_measured)
    parts()->listpack_bytes -= listpack_element_bytes(removed);
}

/// REQUIRES: size() <= measured_max.
std::size_t list::listpack_bytes() const noexcept {
  if (has_parts() && parts()->is_measured)
    return parts()->listpack_bytes;
  auto bytes = empty_listpack_bytes;
  for_each_run(0, size(), [&](const list_run& run) {
    for (auto element : run)
      bytes += listpack_element_bytes(element);
    return true;
  });
  if (has_parts()) {
    parts()->is_measured = true;
    parts()->listpack_bytes = bytes;
  }
  return bytes;
}

/// Not less than listpack_bytes(), at once.
std::size_t list::listpack_bytes_bound() const noexcept {
  // An element's encoding and the length behind it take at most three bytes more than ours.
  constexpr std::size_t more = 3;
  if (has_parts())
    return listpack_bytes();
  return is_empty() ? empty_listpack_bytes
                    : empty_listpack_bytes + chunk()->used_bytes() + more * chunk()->count();
}

void list::growing(listpack_limit limit, std::size_t bytes, std::size_t count) noexcept {
  if ((word_ & quicklist_bit) != 0)
    return;
  const auto elements = size();
  if (elements > measured_max || elements + count > limit.count_max()
      || (listpack_bytes_bound() + bytes > limit.bytes_max()
          && listpack_bytes() + bytes > limit.bytes_max()))
    word_ |= quicklist_bit;
}

void list::shrunk(listpack_limit limit) noexcept {
  if ((word_ & quicklist_bit) == 0)
    return;
  // No element takes less than two bytes.
  const auto elements = size();
  if (elements > limit.count_to_return() || elements > limit.bytes_to_return() / 2)
    return;
  if (listpack_bytes_bound() <= limit.bytes_to_return()
      || listpack_bytes() <= limit.bytes_to_return())
    word_ &= ~quicklist_bit;
}

} // namespace thespis::types
