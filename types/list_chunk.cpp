#include "types/list_chunk.hpp"

#include "base/size_class.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace thespis::types {

list_chunk* list_chunk::make(std::size_t bytes, std::size_t begin) {
  auto* const block = base::allocate(bytes);
  auto* const chunk = static_cast<list_chunk*>(block);
  chunk->capacity_ = static_cast<std::uint16_t>(bytes);
  chunk->count_ = 0;
  chunk->set_window(begin, begin);
  return chunk;
}

list_chunk* list_chunk::moved(std::size_t bytes, std::size_t room_left) const {
  auto* const chunk = make(bytes);
  chunk->count_ = count_;
  chunk->set_window(head_bytes + room_left, head_bytes + room_left + used_bytes());
  std::memcpy(chunk->bytes() + chunk->begin_, this->bytes() + begin_, used_bytes());
  return chunk;
}

void list_chunk::slide(std::size_t room_left) noexcept {
  const auto used = used_bytes();
  std::memmove(bytes() + head_bytes + room_left, bytes() + begin_, used);
  set_window(head_bytes + room_left, head_bytes + room_left + used);
}

// -- one element ----------------------------------------------------------------------------------

list_chunk::backward_element list_chunk::read_backward(char* end) noexcept {
  const auto last = static_cast<unsigned char>(end[-1]);
  if (last <= list_run::short_max) [[likely]]
    return {{end - 1 - last, last}, end - 1 - last};
  std::uint16_t size;
  std::memcpy(&size, end - 3, sizeof size);
  return {{end - 3 - size, size}, end - 3 - size};
}

char* list_chunk::write_forward(char* to, std::string_view element) noexcept {
  const auto size = element.size();
  if (size <= list_run::short_max) {
    *to++ = static_cast<char>(size);
  } else {
    const auto wide_size = static_cast<std::uint16_t>(size);
    *to = static_cast<char>(list_run::wide_mark);
    std::memcpy(to + 1, &wide_size, sizeof wide_size);
    to += 3;
  }
  if (size != 0)
    std::memcpy(to, element.data(), size);
  return to + size;
}

void list_chunk::write_backward(char* to, std::string_view element) noexcept {
  const auto size = element.size();
  if (size != 0)
    std::memmove(to, element.data(), size);
  to += size;
  if (size <= list_run::short_max) {
    *to = static_cast<char>(size);
    return;
  }
  const auto wide_size = static_cast<std::uint16_t>(size);
  std::memcpy(to, &wide_size, sizeof wide_size);
  to[2] = static_cast<char>(list_run::wide_mark);
}

// -- ends -----------------------------------------------------------------------------------------

void list_chunk::push_front(std::string_view element) noexcept {
  begin_ = static_cast<std::uint16_t>(begin_ - element_bytes(element.size()));
  if ((count_ & backward) == 0)
    write_forward(bytes() + begin_, element);
  else
    write_backward(bytes() + begin_, element);
  count_in(element);
}

void list_chunk::push_back(std::string_view element) noexcept {
  if ((count_ & backward) == 0)
    write_forward(bytes() + end_, element);
  else
    write_backward(bytes() + end_, element);
  end_ = static_cast<std::uint16_t>(end_ + element_bytes(element.size()));
  count_in(element);
}

void list_chunk::drop_front(std::size_t n) noexcept {
  auto* const at = forward_at(n);
  begin_ = static_cast<std::uint16_t>(at - bytes());
  set_count(count() - n);
}

void list_chunk::drop_back(std::size_t n) noexcept {
  if ((count_ & backward) == 0) {
    end_ = static_cast<std::uint16_t>(forward_at(count() - n) - bytes());
  } else {
    auto* at = bytes() + end_;
    for (auto left = n; left > 0; --left)
      at = read_backward(at).start;
    end_ = static_cast<std::uint16_t>(at - bytes());
  }
  set_count(count() - n);
}

// -- anywhere -------------------------------------------------------------------------------------

char* list_chunk::forward_at(std::size_t index) noexcept {
  turn_forward();
  auto* at = bytes() + begin_;
  for (; index > 0; --index) {
    const auto passed = list_run::read(at);
    at += passed.head + passed.size;
  }
  return at;
}

std::string_view list_chunk::at(std::size_t index) const noexcept {
  if ((count_ & backward) == 0) {
    const auto* at = bytes() + begin_;
    for (; index > 0; --index) {
      const auto passed = list_run::read(at);
      at += passed.head + passed.size;
    }
    return list_run::read(at).content();
  }
  auto* end = const_cast<char*>(bytes()) + end_; // NOLINT: only looked at
  for (auto left = count() - 1 - index; left > 0; --left)
    end = read_backward(end).start;
  return read_backward(end).content;
}

list_run list_chunk::run(std::size_t index, std::size_t n) noexcept {
  const auto* const at = forward_at(index);
  return {at, n, static_cast<std::size_t>(bytes() + end_ - at), bytes() + capacity_};
}

void list_chunk::offsets(std::uint16_t* offsets) noexcept {
  turn_forward();
  const auto* at = bytes() + begin_;
  for (auto left = count(); left > 0; --left) {
    *offsets++ = static_cast<std::uint16_t>(at - bytes());
    const auto passed = list_run::read(at);
    at += passed.head + passed.size;
  }
}

std::size_t list_chunk::bytes_from(std::size_t index) noexcept {
  return static_cast<std::size_t>(bytes() + end_ - forward_at(index));
}

/// Makes `bytes` of room at a place between two elements, moving those on the side that has room,
/// and the fewer of them. REQUIRES: there is room in all.
char* list_chunk::open_gap(char* at, std::size_t more) noexcept {
  const auto before = static_cast<std::size_t>(at - bytes()) - begin_;
  const auto behind = used_bytes() - before;
  const bool left = begin_ >= head_bytes + more;
  const bool right = end_ + more <= capacity_;
  if (!left && !right) {
    slide(0);
    at = bytes() + begin_ + before;
  }
  if (left && (before < behind || !right)) {
    std::memmove(bytes() + begin_ - more, bytes() + begin_, before);
    begin_ = static_cast<std::uint16_t>(begin_ - more);
    return at - more;
  }
  std::memmove(at + more, at, behind);
  end_ = static_cast<std::uint16_t>(end_ + more);
  return at;
}

void list_chunk::close_gap(char* at, std::size_t less) noexcept {
  const auto before = static_cast<std::size_t>(at - bytes()) - begin_;
  const auto behind = used_bytes() - before - less;
  if (before < behind) {
    std::memmove(bytes() + begin_ + less, bytes() + begin_, before);
    begin_ = static_cast<std::uint16_t>(begin_ + less);
  } else {
    std::memmove(at, at + less, behind);
    end_ = static_cast<std::uint16_t>(end_ - less);
  }
}

void list_chunk::insert(std::size_t index, std::string_view element) noexcept {
  auto* const gap = open_gap(forward_at(index), element_bytes(element.size()));
  write_forward(gap, element);
  count_in(element);
}

void list_chunk::replace(std::size_t index, std::string_view element) noexcept {
  auto* at = forward_at(index);
  const auto old = list_run::read(at);
  const auto old_bytes = old.head + old.size;
  const auto new_bytes = element_bytes(element.size());
  if (new_bytes > old_bytes)
    at = open_gap(at, new_bytes - old_bytes);
  else if (new_bytes < old_bytes) {
    const auto from_end = static_cast<std::size_t>(bytes() + end_ - at) - old_bytes;
    close_gap(at, old_bytes - new_bytes);
    at = bytes() + end_ - from_end - new_bytes;
  }
  write_forward(at, element);
  if (element.size() > list_run::short_max)
    count_ |= wide;
}

void list_chunk::erase(std::size_t index) noexcept {
  auto* const at = forward_at(index);
  const auto old = list_run::read(at);
  close_gap(at, old.head + old.size);
  --count_;
}

void list_chunk::hand_over(std::size_t index, list_chunk& to) noexcept {
  auto* const at = forward_at(index);
  to.turn_forward();
  const auto moving = static_cast<std::size_t>(bytes() + end_ - at);
  if (to.end_ + moving > to.capacity_)
    to.slide(0);
  std::memcpy(to.bytes() + to.end_, at, moving);
  to.end_ = static_cast<std::uint16_t>(to.end_ + moving);
  to.count_ = static_cast<std::uint16_t>((to.count_ | (count_ & wide)) + (count() - index));
  end_ = static_cast<std::uint16_t>(end_ - moving);
  set_count(index);
}

std::size_t list_chunk::occurrences(std::string_view element) noexcept {
  std::size_t found = 0;
  if (count() != 0)
    for (auto other : run(0, count()))
      found += other == element ? 1 : 0;
  return found;
}

std::size_t list_chunk::remove(std::string_view element, std::size_t spared,
                               std::size_t most) noexcept {
  auto* from = forward_at(0);
  auto* to = from;
  std::size_t removed = 0;
  for (auto left = count(); left > 0; --left) {
    const auto other = list_run::read(from);
    const auto bytes = other.head + other.size;
    const bool equal = removed < most && other.content() == element;
    if (equal && spared == 0) {
      ++removed;
    } else {
      spared -= equal ? 1 : 0;
      if (to != from)
        std::memmove(to, from, bytes);
      to += bytes;
    }
    from += bytes;
  }
  end_ = static_cast<std::uint16_t>(to - bytes());
  set_count(count() - removed);
  return removed;
}

} // namespace thespis::types
