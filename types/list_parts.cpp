#include "types/list_parts.hpp"

#include "base/piecewise.hpp"
#include "base/size_class.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

namespace thespis::types {

namespace {

/// A chunk takes as long to free as some twenty small blocks do.
constexpr std::size_t parts_per_piece = 8;

} // namespace

// -- parts ----------------------------------------------------------------------------------------

list_part list_part::make_long(std::string_view element) {
  const std::uint64_t size = element.size();
  auto* const block = static_cast<char*>(base::allocate(base::size_class(sizeof size + size)));
  std::memcpy(block, &size, sizeof size);
  std::memcpy(block + sizeof size, element.data(), size);
  list_part part;
  part.word_ = reinterpret_cast<std::uint64_t>(block) | long_bit | std::uint64_t{1} << count_shift;
  return part;
}

list_part list_part::copy() const {
  if (!is_chunk())
    return make_long(long_element());
  return list_part{chunk()->moved(chunk()->capacity(), 0)};
}

void list_part::free() const noexcept {
  std::free(reinterpret_cast<void*>(word_ & address_mask & ~long_bit));
}

std::size_t list_part::memory_bytes() const noexcept {
  return is_chunk() ? chunk()->capacity()
                    : base::size_class(sizeof(std::uint64_t) + long_element().size());
}

// -- the ring -------------------------------------------------------------------------------------

list_parts::~list_parts() {
  for (std::size_t i = 0; i < size_; ++i) {
    (*this)[i].free();
    if (i % parts_per_piece == 0)
      base::end_of_piece();
  }
  std::free(words_);
}

list_parts* list_parts::copy() const {
  auto result = std::make_unique<list_parts>();
  result->resize(size_);
  for (std::size_t i = 0; i < size_; ++i)
    result->insert(i, (*this)[i].copy());
  result->elements = elements;
  result->listpack_bytes = listpack_bytes;
  result->is_measured = is_measured;
  return result.release();
}

std::size_t list_parts::memory_bytes() const noexcept {
  return base::size_class(sizeof *this) + base::size_class(capacity_ * sizeof *words_)
         + part_bytes_;
}

list_parts::position list_parts::find(std::size_t element) const noexcept {
  return element < elements / 2 ? find_from_front(element) : find_from_back(elements - element);
}

/// The noted counts of `stride` parts.
std::size_t list_parts::noted_sum(std::size_t index) const noexcept {
  const auto at = place(index);
  std::size_t sum = 0;
  if (at + stride <= capacity_) [[likely]]
    for (std::size_t i = 0; i < stride; ++i)
      sum += words_[at + i].noted_count();
  else
    for (std::size_t i = 0; i < stride; ++i)
      sum += (*this)[index + i].noted_count();
  return sum;
}

/// Several words at a time, as long as the element is beyond all of them.
list_parts::position list_parts::find_from_front(std::size_t element) const noexcept {
  std::size_t i = 0;
  if (const auto n = count_of(0); element >= n) {
    element -= n;
    i = 1;
    for (; i + stride < size_; i += stride) {
      const auto sum = noted_sum(i);
      if (element < sum)
        break;
      element -= sum;
    }
    for (auto more = count_of(i); element >= more; more = count_of(i)) {
      element -= more;
      ++i;
    }
  }
  return {i, element};
}

/// `behind`: how many elements there are from the element on.
list_parts::position list_parts::find_from_back(std::size_t behind) const noexcept {
  auto i = size_ - 1;
  auto n = count_of(i);
  if (behind > n) {
    behind -= n;
    for (; i > stride; i -= stride) {
      const auto sum = noted_sum(i - stride);
      if (behind <= sum)
        break;
      behind -= sum;
    }
    for (n = count_of(--i); behind > n; n = count_of(--i))
      behind -= n;
  }
  return {i, n - behind};
}

void list_parts::reserve() {
  constexpr std::size_t capacity_min = 4;
  if (size_ == capacity_)
    resize(std::max(capacity_min, capacity_ + capacity_ / 2));
}

void list_parts::resize(std::size_t capacity) {
  const auto bytes = base::size_class(capacity * sizeof *words_);
  auto* const words = static_cast<list_part*>(base::allocate(bytes));
  for (std::size_t i = 0; i < size_; ++i)
    words[i] = (*this)[i];
  std::free(words_);
  words_ = words;
  first_ = 0;
  capacity_ = bytes / sizeof *words_;
}

void list_parts::insert(std::size_t index, list_part part) noexcept {
  if (index < size_ / 2 || index == 0) {
    first_ = first_ == 0 ? capacity_ - 1 : first_ - 1;
    for (std::size_t i = 0; i < index; ++i)
      words_[place(i)] = words_[place(i + 1)];
  } else {
    for (auto i = size_; i > index; --i)
      words_[place(i)] = words_[place(i - 1)];
  }
  ++size_;
  words_[place(index)] = part;
  part_bytes_ += part.memory_bytes();
  // What was at the end may not be there any longer.
  note_count(std::min<std::size_t>(1, size_ - 1));
  note_count(size_ - (size_ > 1 ? 2 : 1));
}

void list_parts::replace(std::size_t index, list_part part) noexcept {
  auto& word = words_[place(index)];
  part_bytes_ += part.memory_bytes() - word.memory_bytes();
  word.free();
  word = part;
}

void list_parts::erase(std::size_t index, std::size_t n) noexcept {
  for (auto i = index; i < index + n; ++i) {
    part_bytes_ -= (*this)[i].memory_bytes();
    (*this)[i].free();
  }
  close_gap(index, n);
}

void list_parts::drop(std::size_t index) noexcept {
  auto& word = words_[place(index)];
  part_bytes_ -= word.memory_bytes();
  word.free();
  word = list_part{};
}

list_part list_parts::take(std::size_t index) noexcept {
  const auto part = (*this)[index];
  part_bytes_ -= part.memory_bytes();
  close_gap(index, 1);
  return part;
}

void list_parts::close_gap(std::size_t index, std::size_t n) noexcept {
  if (n == 0)
    return;
  const auto behind = size_ - index - n;
  if (index < behind) {
    for (auto i = index; i > 0; --i)
      words_[place(i - 1 + n)] = words_[place(i - 1)];
    first_ = place(n);
  } else {
    for (auto i = index; i < index + behind; ++i)
      words_[place(i)] = words_[place(i + n)];
  }
  size_ -= n;
  constexpr std::size_t small_capacity = 16;
  if (capacity_ > small_capacity && size_ < capacity_ / 4) {
    try {
      resize(capacity_ / 2);
    } catch (const std::bad_alloc&) { // then it stays as large as it is
    }
  }
}

/// Moves all of the right one into the left one if that leaves room for more. Returns whether.
bool list_parts::join(list_part left, list_part right) const noexcept {
  if (!left.is_chunk() || !right.is_chunk())
    return false;
  auto& into = *left.chunk();
  auto& from = *right.chunk();
  const auto bytes = into.used_bytes() + from.used_bytes();
  if (bytes > into.capacity() / 4 * 3 || !into.has_room(from.used_bytes()))
    return false;
  from.hand_over(0, into);
  return true;
}

void list_parts::tidy(std::size_t first, std::size_t last) noexcept {
  auto kept = first;
  for (auto i = first; i < last; ++i) {
    const auto part = (*this)[i];
    if (part.is_nothing())
      continue;
    if (part.count() == 0 || (kept > 0 && join((*this)[kept - 1], part))) {
      part_bytes_ -= part.memory_bytes();
      part.free();
    } else {
      words_[place(kept++)] = part;
    }
    if (kept > 0)
      note_count(kept - 1);
  }
  close_gap(kept, last - kept);
}

} // namespace thespis::types
