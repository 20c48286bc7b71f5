#include "types/stream_block.hpp"

#include "base/size_class.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <new>

namespace thespis::types {

namespace {

using stream_coding::read_length;
using stream_coding::read_number;
using stream_coding::read_text;
using stream_coding::short_length_max;

constexpr std::size_t long_length_bytes = 5;
/// A block keeps to it whatever the settings are, so that what moves inside is bounded.
constexpr std::size_t block_bytes_max = base::large_bytes;
/// Twice that still is a number of 64 bits.
constexpr std::uint64_t distance_max = std::uint64_t{1} << 62;

std::size_t length_bytes(std::size_t length) noexcept {
  return length <= short_length_max ? 1 : long_length_bytes;
}

std::size_t text_bytes(std::string_view text) noexcept {
  return length_bytes(text.size()) + text.size();
}

std::size_t number_bytes(std::uint64_t number) noexcept {
  return number == 0 ? 1 : static_cast<std::size_t>(std::bit_width(number) + 6) / 7;
}

char* put_length(char* to, std::size_t length) noexcept {
  if (length <= short_length_max) {
    *to = static_cast<char>(length);
    return to + 1;
  }
  *to++ = static_cast<char>(short_length_max + 1);
  const auto size = static_cast<std::uint32_t>(length);
  std::memcpy(to, &size, sizeof size);
  return to + sizeof size;
}

char* put_length_backward(char* to, std::size_t length) noexcept {
  if (length <= short_length_max) {
    *to = static_cast<char>(length);
    return to + 1;
  }
  const auto size = static_cast<std::uint32_t>(length);
  std::memcpy(to, &size, sizeof size);
  to += sizeof size;
  *to = static_cast<char>(short_length_max + 1);
  return to + 1;
}

char* put_text(char* to, std::string_view text) noexcept {
  to = put_length(to, text.size());
  if (!text.empty())
    std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

char* put_number(char* to, std::uint64_t number) noexcept {
  for (; number >= 0x80; number >>= 7)
    *to++ = static_cast<char>(number | 0x80);
  *to = static_cast<char>(number);
  return to + 1;
}

} // namespace

// -- making ---------------------------------------------------------------------------------------

stream_block* stream_block::make(const stream_id& id, stream_fields fields,
                                 std::size_t bytes_hint) {
  std::size_t names_bytes = 0;
  for (std::size_t i = 0; i < fields.size(); i += 2)
    names_bytes += text_bytes(fields[i]);
  std::size_t size = 2;
  for (std::size_t i = 1; i < fields.size(); i += 2)
    size += text_bytes(fields[i]);
  const auto bytes = sizeof(stream_block) + names_bytes + size + 2 * length_bytes(size);
  const auto capacity = base::size_class(std::max(bytes, std::min(bytes_hint, block_bytes_max)));
  auto* const block = static_cast<stream_block*>(base::allocate(capacity));
  const auto begin = static_cast<offset>(sizeof(stream_block) + names_bytes);
  block->base_ = id;
  block->capacity_ = static_cast<std::uint32_t>(capacity);
  block->begin_ = block->end_ = begin;
  block->count_ = block->gone_ = 0;
  block->field_count_ = static_cast<std::uint32_t>(fields.size() / 2);
  auto* to = block->bytes() + sizeof(stream_block);
  for (std::size_t i = 0; i < fields.size(); i += 2)
    to = put_text(to, fields[i]);
  block->write_entry(id, fields, false, size);
  return block;
}

bool stream_block::is_full(const stream_id& id, const stream_limits& limits,
                           std::size_t text_bytes) const noexcept {
  const auto bytes_max = limits.bytes == 0 ? block_bytes_max
                                           : std::min(limits.bytes, block_bytes_max);
  return end_ + text_bytes >= bytes_max
         || (limits.entries != 0 && std::size_t{count_} + gone_ >= limits.entries)
         || !is_in_reach(id);
}

bool stream_block::is_in_reach(const stream_id& id) const noexcept {
  return id.ms - base_.ms <= distance_max;
}

stream_block* stream_block::append(stream_block* block, const stream_id& id, stream_fields fields,
                                   bool has_names) {
  const auto own = !has_names && !block->has_names_of(fields);
  const auto size = block->content_bytes(id, fields, own);
  const auto bytes = size + 2 * length_bytes(size);
  if (block->end_ + bytes > block->capacity_)
    block = grown(block, bytes);
  block->write_entry(id, fields, own, size);
  return block;
}

/// The entries move down to the names.
stream_block* stream_block::grown(stream_block* old, std::size_t bytes_more) {
  const auto names_end = old->names_end();
  const auto entries_bytes = old->end_ - old->begin_;
  const auto used = std::size_t{names_end} + entries_bytes;
  auto capacity = base::size_class(used + bytes_more);
  if (const auto ahead = base::size_class(used + used / 2); capacity < ahead)
    capacity = std::max(capacity, std::min(ahead, block_bytes_max));
  auto* const block = static_cast<stream_block*>(base::allocate(capacity));
  std::memcpy(static_cast<void*>(block), old, names_end);
  std::memcpy(block->bytes() + names_end, old->bytes() + old->begin_, entries_bytes);
  block->capacity_ = static_cast<std::uint32_t>(capacity);
  block->begin_ = names_end;
  block->end_ = static_cast<offset>(used);
  std::free(old);
  return block;
}

stream_block* stream_block::fitted(stream_block* block) noexcept {
  const auto capacity = base::size_class(block->end_);
  if (capacity >= block->capacity_)
    return block;
  auto* const fit = static_cast<stream_block*>(std::realloc(block, capacity));
  if (fit == nullptr)
    return block;
  fit->capacity_ = static_cast<std::uint32_t>(capacity);
  return fit;
}

stream_block* stream_block::copy() const {
  auto* const made = base::allocate(capacity_);
  std::memcpy(made, this, end_);
  return static_cast<stream_block*>(made);
}

stream_block::offset stream_block::names_end() const noexcept {
  auto at = names();
  for (std::uint32_t i = 0; i < field_count_; ++i)
    read_text(at);
  return static_cast<offset>(at - bytes());
}

// -- writing --------------------------------------------------------------------------------------

bool stream_block::has_names_of(stream_fields fields) const noexcept {
  if (fields.size() != std::size_t{field_count_} * 2)
    return false;
  auto at = names();
  for (std::size_t i = 0; i < fields.size(); i += 2)
    if (read_text(at) != fields[i])
      return false;
  return true;
}

/// Of what stands between the sizes.
std::size_t stream_block::content_bytes(const stream_id& id, stream_fields fields,
                                        bool own) const noexcept {
  auto bytes = number_bytes((id.ms - base_.ms) << 1) + number_bytes(coded_seq(id));
  if (own)
    bytes += number_bytes(fields.size() / 2);
  for (std::size_t i = own ? 0 : 1; i < fields.size(); i += own ? 1 : 2)
    bytes += text_bytes(fields[i]);
  return bytes;
}

void stream_block::write_entry(const stream_id& id, stream_fields fields, bool own,
                               std::size_t size) noexcept {
  auto* to = put_length(bytes() + end_, size);
  to = put_number(to, (id.ms - base_.ms) << 1 | (own ? 1u : 0u));
  to = put_number(to, coded_seq(id));
  if (own)
    to = put_number(to, fields.size() / 2);
  for (std::size_t i = own ? 0 : 1; i < fields.size(); i += own ? 1 : 2)
    to = put_text(to, fields[i]);
  to = put_length_backward(to, size);
  end_ = static_cast<offset>(to - bytes());
  ++count_;
}

void stream_block::erase(offset at) noexcept {
  const auto behind = next(at);
  if (at == begin_) {
    begin_ = behind;
  } else {
    std::memmove(bytes() + at, bytes() + behind, end_ - behind);
    end_ -= behind - at;
  }
  --count_;
  ++gone_;
}

// -- reading --------------------------------------------------------------------------------------

stream_id stream_block::read_id(const char*& at, bool& has_own_names) const noexcept {
  const auto time = read_number(at);
  has_own_names = (time & 1) != 0;
  const auto seq = read_number(at);
  const auto distance = time >> 1;
  return {base_.ms + distance, distance == 0 ? base_.seq + seq : seq};
}

stream_entry stream_block::entry(offset where) const noexcept {
  stream_entry result;
  auto at = bytes() + where;
  read_length(at);
  bool own;
  result.id = read_id(at, own);
  result.field_count = own ? read_number(at) : field_count_;
  result.names_ = own ? nullptr : names();
  result.values_ = at;
  return result;
}

stream_id stream_block::id(offset where) const noexcept {
  auto at = bytes() + where;
  read_length(at);
  bool own;
  return read_id(at, own);
}

stream_block::offset stream_block::next(offset where) const noexcept {
  auto at = bytes() + where;
  const auto size = read_length(at);
  return static_cast<offset>(at - bytes() + static_cast<std::ptrdiff_t>(size + length_bytes(size)));
}

stream_block::offset stream_block::previous(offset where) const noexcept {
  const auto* const behind = bytes() + where;
  std::size_t size = static_cast<unsigned char>(behind[-1]);
  if (size > short_length_max) {
    std::uint32_t length;
    std::memcpy(&length, behind - long_length_bytes, sizeof length);
    size = length;
  }
  return static_cast<offset>(where - size - 2 * length_bytes(size));
}

stream_block::offset stream_block::seek(const stream_id& wanted) const noexcept {
  if (last_id() < wanted)
    return end_;
  auto at = begin_;
  while (id(at) < wanted)
    at = next(at);
  return at;
}

} // namespace thespis::types
