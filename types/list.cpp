/// Life and ends of a list; list_middle.cpp and list_name.cpp have the rest.

#include "types/list.hpp"

#include "base/size_class.hpp"

#include <cstdlib>
#include <memory>
#include <new>

namespace thespis::types {

namespace {

/// Until it is somewhere, a part that is in no ring yet.
class loose_part {
public:
  explicit loose_part(list_part part) noexcept : part_(part) {
  }
  ~loose_part() {
    if (!part_.is_nothing())
      part_.free();
  }
  loose_part(const loose_part&) = delete;
  loose_part& operator=(const loose_part&) = delete;
  list_part release() noexcept {
    return std::exchange(part_, list_part{});
  }

private:
  list_part part_;
};

/// A block for so many bytes of elements.
constexpr std::size_t block_bytes(std::size_t element_bytes) noexcept {
  return base::size_class(list_chunk::head_bytes + element_bytes + list_chunk::spare_bytes);
}

} // namespace

list::~list() {
  if (has_parts())
    delete parts();
  else if (!is_empty())
    std::free(chunk());
}

void* list::release() noexcept {
  const auto word = std::exchange(word_, 0);
  return word < 4 ? nullptr : reinterpret_cast<void*>(word);
}

list list::copy() const {
  list result;
  if (has_parts())
    result.word_ = reinterpret_cast<std::uintptr_t>(parts()->copy()) | (word_ & flags);
  else if (!is_empty())
    result.word_ = reinterpret_cast<std::uintptr_t>(
                     chunk()->moved(block_bytes(chunk()->used_bytes()), 0))
                   | (word_ & flags);
  return result;
}

std::size_t list::memory_bytes() const noexcept {
  return has_parts() ? parts()->memory_bytes() : is_empty() ? 0 : chunk()->capacity();
}

// -- adding at the ends ---------------------------------------------------------------------------

void list::push_front(std::string_view element) {
  if (list_chunk::is_long(element.size())) [[unlikely]]
    return push_somehow(side::front, element);
  const auto bytes = list_chunk::element_bytes(element.size());
  if (has_parts()) {
    const auto first = parts()->front();
    if (first.is_chunk() && first.chunk()->has_room_left(bytes)) {
      first.chunk()->push_front(element);
      return measure(element);
    }
  } else if (!is_empty() && chunk()->has_room_left(bytes)) {
    return chunk()->push_front(element);
  }
  push_somehow(side::front, element);
}

void list::push_back(std::string_view element) {
  if (list_chunk::is_long(element.size())) [[unlikely]]
    return push_somehow(side::back, element);
  const auto bytes = list_chunk::element_bytes(element.size());
  if (has_parts()) {
    const auto last = parts()->back();
    if (last.is_chunk() && last.chunk()->has_room_right(bytes)) {
      last.chunk()->push_back(element);
      return measure(element);
    }
  } else if (!is_empty() && chunk()->has_room_right(bytes)) {
    return chunk()->push_back(element);
  }
  push_somehow(side::back, element);
}

/// Where the chunk at that end has no room there.
void list::push_somehow(side where, std::string_view element) {
  const auto bytes = list_chunk::element_bytes(element.size());
  if (list_chunk::is_long(element.size())) {
    loose_part part{list_part::make_long(element)};
    auto& all = make_parts();
    all.insert(where == side::front ? 0 : all.size(), part.release());
    return measure(element);
  }
  if (!has_parts() && make_room_in_chunk(where, bytes, chunk_bytes_for(element.size())))
    return where == side::front ? chunk()->push_front(element) : chunk()->push_back(element);
  auto& end = open_end(where, element.size());
  if (where == side::front)
    end.push_front(element);
  else
    end.push_back(element);
  measure(element);
}

/// Where all the room of a chunk of `used` bytes goes, if it is to be at that side.
std::size_t list::room_left(side where, const list_chunk& chunk, std::size_t bytes,
                            bool also_other_side) noexcept {
  const auto room = chunk.capacity() - list_chunk::head_bytes - chunk.used_bytes();
  const auto other = also_other_side ? (room - bytes) / 2 : 0;
  return where == side::front ? room - other : other;
}

/// Makes room in a list that is one chunk, or none yet. Returns whether it can stay one.
bool list::make_room_in_chunk(side where, std::size_t bytes, std::size_t chunk_bytes_max) {
  if (is_empty()) {
    const auto block = block_bytes(bytes);
    set_chunk(list_chunk::make(block, where == side::front ? block : list_chunk::head_bytes));
    return true;
  }
  auto& old = *chunk();
  const auto needed = old.used_bytes() + bytes;
  if (old.has_room(bytes)) {
    old.slide(room_left(where, old, bytes, true));
    return true;
  }
  const auto block = block_bytes(needed);
  if (block > chunk_bytes_max)
    return false;
  const auto left = block - list_chunk::head_bytes - old.used_bytes();
  auto* const larger = old.moved(block, where == side::front ? left : 0);
  std::free(&old);
  set_chunk(larger);
  return true;
}

/// The list with parts, and with room for one more of them.
list_parts& list::make_parts() {
  if (has_parts()) {
    parts()->reserve();
    return *parts();
  }
  auto fresh = std::make_unique<list_parts>();
  fresh->reserve();
  if (!is_empty()) {
    fresh->elements = chunk()->count();
    fresh->insert(0, list_part{chunk()});
    fresh->reserve();
  }
  word_ = reinterpret_cast<std::uintptr_t>(fresh.release()) | parts_bit | (word_ & quicklist_bit);
  return *parts();
}

/// The chunk at that end with room for an element there: the one that is there, or a new one.
list_chunk& list::open_end(side where, std::size_t element_size) {
  auto& all = make_parts();
  const auto bytes = list_chunk::element_bytes(element_size);
  const auto index = where == side::front ? 0 : all.size() - 1;
  std::size_t block = block_bytes(bytes);
  if (const auto end = all[index]; end.is_chunk()) {
    if (auto* const widened = widen_end(where, index, bytes))
      return *widened;
    block = chunk_bytes_for(element_size);
  }
  auto* const fresh = list_chunk::make(block,
                                       where == side::front ? block : list_chunk::head_bytes);
  all.insert(where == side::front ? 0 : all.size(), list_part{fresh});
  return *fresh;
}

/// Moves the elements of the chunk at an end out of the way, or to a larger block if it began as a
/// small one. Null: neither is worth it.
list_chunk* list::widen_end(side where, std::size_t index, std::size_t bytes) {
  auto& all = *parts();
  auto& end = *all[index].chunk();
  const auto room = end.capacity() - list_chunk::head_bytes - end.used_bytes();
  if (end.has_room(bytes) && room >= end.capacity() / 8) {
    end.slide(room_left(where, end, bytes, all.size() == 1));
    return &end;
  }
  const auto needed = block_bytes(end.used_bytes() + bytes);
  if (needed > chunk_bytes)
    return nullptr;
  const auto block = std::min(chunk_bytes, std::max(2 * end.capacity(), needed));
  const auto left = base::size_class(block) - list_chunk::head_bytes - end.used_bytes();
  auto* const larger = end.moved(base::size_class(block), where == side::front ? left : 0);
  all.replace(index, list_part{larger});
  return larger;
}

// -- looking and taking at the ends ---------------------------------------------------------------

std::string_view list::front() const noexcept {
  if (!has_parts())
    return chunk()->front();
  const auto first = parts()->front();
  return first.is_chunk() ? first.chunk()->front() : first.long_element();
}

std::string_view list::back() const noexcept {
  if (!has_parts())
    return chunk()->back();
  const auto last = parts()->back();
  return last.is_chunk() ? last.chunk()->back() : last.long_element();
}

void list::pop_front() noexcept {
  if (!has_parts()) {
    chunk()->pop_front();
    return removed_from_chunk();
  }
  if (parts()->is_measured)
    unmeasure(front());
  --parts()->elements;
  const auto first = parts()->front();
  if (first.is_chunk())
    first.chunk()->pop_front();
  popped_from_parts(0);
}

void list::pop_back() noexcept {
  if (!has_parts()) {
    chunk()->pop_back();
    return removed_from_chunk();
  }
  if (parts()->is_measured)
    unmeasure(back());
  --parts()->elements;
  const auto last = parts()->back();
  if (last.is_chunk())
    last.chunk()->pop_back();
  popped_from_parts(parts()->size() - 1);
}

/// Gives memory back when most of it is not needed any longer.
void list::removed_from_chunk() noexcept {
  constexpr std::size_t small_block = 64;
  auto& old = *chunk();
  if (old.count() == 0) {
    std::free(&old);
    word_ &= quicklist_bit;
    return;
  }
  if (old.capacity() <= small_block || old.used_bytes() >= old.capacity() / 4)
    return;
  try {
    const auto block = block_bytes(2 * old.used_bytes());
    auto* const smaller = old.moved(block, old.used_bytes() / 2);
    std::free(&old);
    set_chunk(smaller);
  } catch (const std::bad_alloc&) { // then it stays as large as it is
  }
}

/// An element has left the part at an end, which may have none left.
void list::popped_from_parts(std::size_t index) noexcept {
  auto& all = *parts();
  const auto part = all[index];
  if (!part.is_chunk() || part.chunk()->count() == 0)
    all.erase(index);
  if (all.size() <= 1)
    leave_parts();
}

/// One chunk, at most half full, or none: back to the small form.
void list::leave_parts() noexcept {
  auto* const all = parts();
  if (all->size() == 0) {
    delete all;
    word_ &= quicklist_bit;
    return;
  }
  const auto last = all->front();
  if (!last.is_chunk() || last.chunk()->used_bytes() > last.chunk()->capacity() / 2)
    return;
  all->take(0);
  delete all;
  word_ &= quicklist_bit;
  set_chunk(last.chunk());
}

} // namespace thespis::types
