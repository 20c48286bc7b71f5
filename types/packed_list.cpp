#include "types/packed_list.hpp"

#include "base/size_class.hpp"

#include <cstdlib>
#include <new>
#include <stdexcept>

namespace thespis::types {

packed_list::~packed_list() {
  std::free(block_);
}

packed_list packed_list::copy() const {
  packed_list result;
  if (block_ == nullptr)
    return result;
  result.block_ = static_cast<char*>(std::malloc(base::size_class(used_bytes())));
  if (result.block_ == nullptr)
    throw std::bad_alloc();
  std::memcpy(result.block_, block_, used_bytes());
  return result;
}

std::size_t packed_list::memory_bytes() const noexcept {
  return block_ == nullptr ? 0 : base::size_class(used_bytes());
}

packed_list::iterator packed_list::at(std::size_t index) const noexcept {
  auto found = begin();
  for (; index > 0; --index)
    ++found;
  return found;
}

packed_list::iterator packed_list::find(std::string_view bytes, std::size_t stride) const noexcept {
  if (block_ == nullptr)
    return end();
  const auto* const behind = block_ + word_at(0);
  const auto* at = block_ + head_bytes;
  while (at != behind) {
    const auto [head, size] = read_length(at);
    if (size == bytes.size() && (size == 0 || std::memcmp(at + head, bytes.data(), size) == 0))
      return iterator{at};
    at += head + size;
    for (auto skip = stride - 1; skip > 0 && at != behind; --skip) {
      const auto passed = read_length(at);
      at += passed.head + passed.size;
    }
  }
  return end();
}

packed_list::iterator packed_list::insert(iterator where,
                                          std::initializer_list<std::string_view> elements) {
  std::size_t more = 0;
  for (auto element : elements)
    more += element_bytes(element.size());
  const auto offset = offset_of(where);
  const auto count = size() + elements.size();
  auto* to = open_gap(offset, 0, more);
  for (auto element : elements)
    to = write(to, element);
  set_words(word_at(0), count);
  return iterator{block_ + offset};
}

packed_list::iterator packed_list::erase(iterator where, std::size_t count) noexcept {
  const auto left = size() - count;
  if (left == 0) {
    clear();
    return end();
  }
  const auto offset = offset_of(where);
  auto behind = where;
  for (auto i = count; i > 0; --i)
    ++behind;
  open_gap(offset, offset_of(behind) - offset, 0);
  set_words(word_at(0), left);
  return iterator{block_ + offset};
}

packed_list::iterator packed_list::replace(iterator where, std::string_view element) {
  const auto offset = offset_of(where);
  const auto [head, size] = read_length(where.at_);
  write(open_gap(offset, head + size, element_bytes(element.size())), element);
  return iterator{block_ + offset};
}

void packed_list::clear() noexcept {
  std::free(std::exchange(block_, nullptr));
}

char* packed_list::write(char* to, std::string_view element) noexcept {
  const auto size = element.size();
  if (size <= short_max) {
    *to++ = static_cast<char>(size);
  } else if (size <= 0xffff) {
    *to++ = static_cast<char>(short_max + 1);
    const auto bytes = static_cast<std::uint16_t>(size);
    std::memcpy(to, &bytes, sizeof bytes);
    to += sizeof bytes;
  } else {
    *to++ = static_cast<char>(short_max + 2);
    const auto bytes = static_cast<std::uint32_t>(size);
    std::memcpy(to, &bytes, sizeof bytes);
    to += sizeof bytes;
  }
  if (size != 0)
    std::memcpy(to, element.data(), size);
  return to + size;
}

void packed_list::set_words(std::size_t bytes, std::size_t count) noexcept {
  const std::uint32_t words[] = {static_cast<std::uint32_t>(bytes),
                                 static_cast<std::uint32_t>(count)};
  std::memcpy(block_, words, sizeof words);
}

/// Makes the `old_bytes` at `offset` `new_bytes` long, moving what follows, and brings the number
/// of bytes up to date.
char* packed_list::open_gap(std::size_t offset, std::size_t old_bytes, std::size_t new_bytes) {
  const auto count = size();
  const auto used = block_ == nullptr ? head_bytes : word_at(0);
  const auto needed = used - old_bytes + new_bytes;
  if (block_ == nullptr || needed > used)
    make_room(needed);
  std::memmove(block_ + offset + new_bytes, block_ + offset + old_bytes, used - offset - old_bytes);
  if (needed < used && base::size_class(needed) != base::size_class(used))
    if (auto* smaller = std::realloc(block_, base::size_class(needed)); smaller != nullptr)
      block_ = static_cast<char*>(smaller);
  set_words(needed, count);
  return block_ + offset;
}

void packed_list::make_room(std::size_t bytes) {
  if (bytes > bytes_max)
    throw std::length_error("packed_list");
  if (block_ != nullptr && base::size_class(bytes) == base::size_class(word_at(0)))
    return;
  auto* larger = static_cast<char*>(std::realloc(block_, base::size_class(bytes)));
  if (larger == nullptr)
    throw std::bad_alloc();
  block_ = larger;
}

} // namespace thespis::types
