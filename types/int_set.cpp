#include "types/int_set.hpp"

#include "base/size_class.hpp"

#include <cstdlib>
#include <limits>
#include <new>

namespace thespis::types {

namespace {

template <class Integer>
bool fits(std::int64_t value) noexcept {
  return value >= std::numeric_limits<Integer>::min()
         && value <= std::numeric_limits<Integer>::max();
}

std::size_t width_of(std::int64_t value) noexcept {
  return fits<std::int16_t>(value) ? 2 : fits<std::int32_t>(value) ? 4 : 8;
}

/// How many of the `count` integers at `from` are less than `value`.
template <class Integer>
std::size_t count_less(const char* from, std::size_t count, std::int64_t value) noexcept {
  if (!fits<Integer>(value))
    return value < 0 ? 0 : count;
  const auto wanted = static_cast<Integer>(value);
  // Without branches that depend on the content.
  const auto* at = from;
  while (count > 1) {
    const auto half = count / 2;
    Integer middle;
    std::memcpy(&middle, at + (half - 1) * sizeof(Integer), sizeof middle);
    at += middle < wanted ? half * sizeof(Integer) : 0;
    count -= half;
  }
  Integer last;
  std::memcpy(&last, at, sizeof last);
  return static_cast<std::size_t>(at - from) / sizeof(Integer) + (last < wanted ? 1 : 0);
}

char* allocate(std::size_t bytes) {
  auto* block = static_cast<char*>(base::allocate(base::size_class(bytes)));
  return block;
}

} // namespace

int_set::~int_set() {
  std::free(block_);
}

int_set int_set::copy() const {
  int_set result;
  if (block_ == nullptr)
    return result;
  result.block_ = allocate(used_bytes());
  std::memcpy(result.block_, block_, used_bytes());
  return result;
}

std::size_t int_set::memory_bytes() const noexcept {
  return block_ == nullptr ? 0 : base::size_class(used_bytes());
}

/// How many integers are less. REQUIRES: not empty.
std::size_t int_set::lower_bound(std::int64_t value) const noexcept {
  const auto* const from = block_ + head_bytes;
  switch (width()) {
    case 2:
      return count_less<std::int16_t>(from, size(), value);
    case 4:
      return count_less<std::int32_t>(from, size(), value);
    default:
      return count_less<std::int64_t>(from, size(), value);
  }
}

bool int_set::contains(std::int64_t value) const noexcept {
  if (block_ == nullptr)
    return false;
  const auto index = lower_bound(value);
  return index < size() && at(index) == value;
}

void int_set::set_head(std::size_t count, std::size_t width) noexcept {
  const std::uint32_t words[] = {static_cast<std::uint32_t>(count),
                                 static_cast<std::uint32_t>(width)};
  std::memcpy(block_, words, sizeof words);
}

/// REQUIRES: the value fits the width.
void int_set::put(std::size_t index, std::int64_t value) noexcept {
  const auto bytes = width();
  // Little endian: the low bytes come first.
  std::memcpy(block_ + head_bytes + index * bytes, &value, bytes);
}

bool int_set::insert(std::int64_t value) {
  if (const auto needed = width_of(value); block_ == nullptr || needed > width()) {
    widen_and_insert(value, needed);
    return true;
  }
  const auto count = size();
  const auto bytes = width();
  const auto index = at(count - 1) < value ? count : lower_bound(value);
  if (index < count && at(index) == value)
    return false;
  const auto used = used_bytes();
  if (const auto wanted = base::size_class(used + bytes); wanted != base::size_class(used)) {
    auto* larger = static_cast<char*>(std::realloc(block_, wanted));
    if (larger == nullptr)
      throw std::bad_alloc();
    block_ = larger;
  }
  auto* const where = block_ + head_bytes + index * bytes;
  std::memmove(where + bytes, where, (count - index) * bytes);
  set_head(count + 1, bytes);
  put(index, value);
  return true;
}

/// A value that needs a larger width is less or greater than all that are there.
void int_set::widen_and_insert(std::int64_t value, std::size_t wider) {
  int_set result;
  const auto count = size();
  result.block_ = allocate(head_bytes + (count + 1) * wider);
  result.set_head(count + 1, wider);
  const std::size_t shift = value < 0 ? 1 : 0;
  for (std::size_t i = 0; i < count; ++i)
    result.put(i + shift, at(i));
  result.put(value < 0 ? 0 : count, value);
  std::swap(block_, result.block_);
}

bool int_set::erase(std::int64_t value) noexcept {
  if (block_ == nullptr)
    return false;
  const auto count = size();
  const auto index = lower_bound(value);
  if (index == count || at(index) != value)
    return false;
  if (count == 1) {
    std::free(std::exchange(block_, nullptr));
    return true;
  }
  const auto bytes = width();
  const auto used = used_bytes();
  auto* const where = block_ + head_bytes + index * bytes;
  std::memmove(where, where + bytes, (count - index - 1) * bytes);
  set_head(count - 1, bytes);
  if (const auto wanted = base::size_class(used - bytes); wanted != base::size_class(used))
    if (auto* smaller = std::realloc(block_, wanted); smaller != nullptr)
      block_ = static_cast<char*>(smaller);
  return true;
}

} // namespace thespis::types
