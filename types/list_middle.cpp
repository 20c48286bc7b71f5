/// A list anywhere but at its ends.

#include "types/list.hpp"

#include "base/size_class.hpp"

#include <cstdlib>

namespace thespis::types {

std::string_view list::at(std::size_t index) const noexcept {
  if (!has_parts())
    return chunk()->at(index);
  const auto [part, i] = parts()->find(index);
  return (*parts())[part].at(i);
}

// -- inserting ------------------------------------------------------------------------------------

void list::insert(std::size_t index, std::string_view element) {
  if (index == 0)
    return push_front(element);
  if (index == size())
    return push_back(element);
  if (!has_parts()) {
    const auto bytes = list_chunk::element_bytes(element.size());
    if (!list_chunk::is_long(element.size())
        && (chunk()->has_room(bytes)
            || make_room_in_chunk(side::back, bytes, chunk_bytes_for(element.size()))))
      return chunk()->insert(index, element);
  }
  make_parts();
  insert_into_parts(index, element);
}

void list::insert_into_parts(std::size_t index, std::string_view element) {
  auto& all = *parts();
  auto [part, at] = all.find(index);
  if (!list_chunk::is_long(element.size())) {
    if (insert_into_chunk(part, at, element)
        || (at == 0 && part > 0 && insert_into_chunk(part - 1, all.count_of(part - 1), element)))
      return measure(element);
    if (const auto count = all.count_of(part); count > 1) {
      split(part, count / 2);
      return insert_into_parts(index, element);
    }
  }
  if (at > 0)
    split(part++, at);
  insert_between(part, element);
  measure(element);
}

/// Returns whether it has room.
bool list::insert_into_chunk(std::size_t part, std::size_t index,
                             std::string_view element) noexcept {
  const auto into = (*parts())[part];
  if (!into.is_chunk() || !into.chunk()->has_room(list_chunk::element_bytes(element.size())))
    return false;
  into.chunk()->insert(index, element);
  parts()->note_count(part);
  return true;
}

/// A part of its own in front of another.
void list::insert_between(std::size_t part, std::string_view element) {
  constexpr std::size_t block_min = 512;
  parts()->reserve();
  if (list_chunk::is_long(element.size()))
    return parts()->insert(part, list_part::make_long(element));
  const auto needed = list_chunk::head_bytes + list_chunk::element_bytes(element.size())
                      + list_chunk::spare_bytes;
  auto* const fresh = list_chunk::make(base::size_class(std::max(block_min, needed)));
  fresh->push_back(element);
  parts()->insert(part, list_part{fresh});
}

/// Makes a part of its own of a chunk's elements from `index` on.
void list::split(std::size_t part, std::size_t index) {
  auto& all = *parts();
  all.reserve();
  auto& left = *all[part].chunk();
  const auto needed = list_chunk::head_bytes + left.bytes_from(index) + list_chunk::spare_bytes;
  auto* const right = list_chunk::make(base::size_class(std::max(chunk_bytes, needed)));
  left.hand_over(index, *right);
  all.insert(part + 1, list_part{right});
  all.note_count(part);
}

// -- replacing ------------------------------------------------------------------------------------

void list::set(std::size_t index, std::string_view element) {
  if (!has_parts()) {
    if (set_in_chunk(*chunk(), index, element))
      return;
  } else {
    auto& all = *parts();
    const auto [part, i] = all.find(index);
    const auto old = all[part];
    const auto measured = all.is_measured ? all.listpack_bytes - listpack_element_bytes(old.at(i))
                                          : 0;
    const bool is_long = list_chunk::is_long(element.size());
    if (!old.is_chunk() && is_long)
      all.replace(part, list_part::make_long(element));
    if (old.is_chunk() ? set_in_chunk(*old.chunk(), i, element) : is_long) {
      all.listpack_bytes = measured + (all.is_measured ? listpack_element_bytes(element) : 0);
      return;
    }
  }
  insert(index, element);
  erase(index + 1);
}

/// Returns whether it has room.
bool list::set_in_chunk(list_chunk& chunk, std::size_t index, std::string_view element) noexcept {
  const auto old_bytes = list_chunk::element_bytes(chunk.at(index).size());
  const auto new_bytes = list_chunk::element_bytes(element.size());
  if (list_chunk::is_long(element.size())
      || (new_bytes > old_bytes && !chunk.has_room(new_bytes - old_bytes)))
    return false;
  chunk.replace(index, element);
  return true;
}

// -- taking away ----------------------------------------------------------------------------------

void list::erase(std::size_t index) noexcept {
  if (!has_parts()) {
    chunk()->erase(index);
    return removed_from_chunk();
  }
  auto& all = *parts();
  const auto [part, i] = all.find(index);
  const auto from = all[part];
  if (all.is_measured)
    unmeasure(from.at(i));
  --all.elements;
  if (from.is_chunk())
    from.chunk()->erase(i);
  else
    all.drop(part);
  removed_from_parts(part, part + 1);
}

void list::removed_from_parts(std::size_t first, std::size_t last) noexcept {
  auto& all = *parts();
  all.tidy(first, std::min(last + 1, all.size()));
  if (all.size() <= 1)
    leave_parts();
}

void list::keep(std::size_t first, std::size_t count) noexcept {
  if (count == size())
    return;
  if (count == 0) {
    list gone;
    gone.word_ = std::exchange(word_, word_ & quicklist_bit);
    return;
  }
  if (!has_parts()) {
    chunk()->drop_back(size() - first - count);
    chunk()->drop_front(first);
    return removed_from_chunk();
  }
  auto& all = *parts();
  const auto from = all.find(first);
  const auto to = all.find(first + count - 1);
  if (all[to.part].is_chunk())
    all[to.part].chunk()->drop_back(all.count_of(to.part) - to.index - 1);
  if (all[from.part].is_chunk())
    all[from.part].chunk()->drop_front(from.index);
  all.erase(to.part + 1, all.size() - to.part - 1);
  all.erase(0, from.part);
  all.elements = count;
  all.is_measured = false;
  if (all.size() == 1)
    leave_parts();
}

std::size_t list::remove_first(std::string_view element, std::size_t most) noexcept {
  if (!has_parts())
    return is_empty() ? 0 : remove_from_chunk(element, 0, most);
  auto& all = *parts();
  std::size_t removed = 0;
  auto changed_first = all.size();
  std::size_t i = 0;
  for (; i < all.size() && removed < most; ++i) {
    const auto n = remove_from_part(i, element, 0, most - removed);
    if (n != 0)
      changed_first = std::min(changed_first, i);
    removed += n;
  }
  return removed_many(element, removed, changed_first, i);
}

std::size_t list::remove_last(std::string_view element, std::size_t most) noexcept {
  if (!has_parts()) {
    const auto found = is_empty() ? 0 : chunk()->occurrences(element);
    return found == 0 ? 0 : remove_from_chunk(element, found - std::min(found, most), most);
  }
  auto& all = *parts();
  std::size_t removed = 0;
  std::size_t changed_last = 0;
  auto i = all.size();
  for (; i > 0 && removed < most; --i) {
    const auto wanted = most - removed;
    const auto part = all[i - 1];
    const auto found = part.is_chunk() ? part.chunk()->occurrences(element) : 1;
    const auto spared = found - std::min(found, wanted);
    const auto n = found == 0 ? 0 : remove_from_part(i - 1, element, spared, wanted);
    if (n != 0)
      changed_last = std::max(changed_last, i);
    removed += n;
  }
  return removed_many(element, removed, i, changed_last);
}

std::size_t list::remove_from_chunk(std::string_view element, std::size_t spared,
                                    std::size_t most) noexcept {
  const auto removed = chunk()->remove(element, spared, most);
  if (removed != 0)
    removed_from_chunk();
  return removed;
}

/// Leaves the part behind even if nothing is left of it.
std::size_t list::remove_from_part(std::size_t index, std::string_view element, std::size_t spared,
                                   std::size_t most) noexcept {
  const auto part = (*parts())[index];
  if (part.is_chunk())
    return part.chunk()->remove(element, spared, most);
  if (part.long_element() != element)
    return 0;
  parts()->drop(index);
  return 1;
}

/// After elements have left parts of [first, last). Returns how many.
std::size_t list::removed_many(std::string_view element, std::size_t removed, std::size_t first,
                               std::size_t last) noexcept {
  if (removed == 0)
    return 0;
  auto& all = *parts();
  if (all.is_measured)
    all.listpack_bytes -= removed * listpack_element_bytes(element);
  all.elements -= removed;
  removed_from_parts(first, last);
  return removed;
}

} // namespace thespis::types
