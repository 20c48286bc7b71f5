#include "keyspace/entry.hpp"

#include "base/ensure.hpp"
#include "base/number.hpp"
#include "base/size_class.hpp"
#include "keyspace/heap_string.hpp"
#include "keyspace/object.hpp"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>
#include <utility>

namespace thespis::keyspace {

namespace {

object_types& known_types() noexcept {
  static auto types = built_in_object_types();
  return types;
}

const object_operations& operations(value_type type) noexcept {
  return known_types().by_type[static_cast<std::size_t>(type)];
}

constexpr std::size_t rounded(std::size_t bytes) {
  return (bytes + 15) & ~std::size_t{15};
}

/// Whether a block in which `used` bytes were used will do for `needed` ones. Blocks have room for
/// at least rounded(used), so that mostly the allocator need not be asked.
bool will_do(void* block, std::size_t used, std::size_t needed) noexcept {
  if (rounded(used) == rounded(needed)) [[likely]]
    return true;
  const auto room = ::malloc_usable_size(block);
  return rounded(needed) <= room && room - needed <= std::max<std::size_t>(room / 4, 16);
}

entry* allocate(std::size_t bytes) {
  void* block = std::malloc(rounded(bytes));
  if (block == nullptr)
    throw std::bad_alloc();
  return static_cast<entry*>(block);
}

} // namespace

std::string_view type_name(value_type type) noexcept {
  static constexpr std::string_view names[value_types] = {"string", "list", "set",
                                                          "zset",   "hash", "stream"};
  return names[static_cast<std::size_t>(type)];
}

object_operations register_object_type(value_type type, const object_operations& table) {
  THESPIS_ENSURE(type != value_type::string);
  return std::exchange(known_types().by_type[static_cast<std::size_t>(type)], table);
}

void entry_deleter::operator()(entry* doomed) const noexcept {
  if (doomed->stored() == entry::form::pointer)
    entry::destroy_value(doomed->type(), doomed->pointer());
  entry::free_block(doomed);
}

// -- looking -------------------------------------------------------------------------------------

std::string_view entry::encoding_name() const noexcept {
  if (!is_string())
    return operations(type()).encoding_name(object());
  if (is_integer())
    return "int";
  return !raw() && size() <= embstr_bytes_max ? "embstr" : "raw";
}

types::element_alarm* entry::alarm_of(value_type type, const void* object) noexcept {
  const auto asked = operations(type).alarm;
  return asked == nullptr ? nullptr : asked(object);
}

std::string_view entry::text(char (&scratch)[24]) const noexcept {
  switch (stored()) {
    case form::inlined:
      return {inline_data(), inline_size()};
    case form::integer:
      return base::format_int64(integer(), scratch);
    case form::pointer:
      break;
  }
  const auto* heap = static_cast<const heap_string*>(pointer());
  return {heap->bytes(), heap->size};
}

std::size_t entry::size() const noexcept {
  char scratch[24];
  return text(scratch).size();
}

std::size_t entry::memory_bytes() const noexcept {
  // The allocator takes the address of the block only to look it up.
  const auto own = ::malloc_usable_size(const_cast<entry*>(this)); // NOLINT
  if (stored() != form::pointer)
    return own;
  return own
         + (is_string() ? ::malloc_usable_size(pointer())
                        : operations(type()).memory_bytes(object()));
}

// -- making and changing -------------------------------------------------------------------------

entry::shape entry::current_shape() const noexcept {
  return {type(), stored(), has_expiry(), raw(), inline_size()};
}

/// Sets the shape's part of the header and the length of the key; the rest of the header stays.
void entry::write_head(const shape& wanted, std::size_t key_bytes) noexcept {
  set_field<0, 3>(static_cast<std::uint64_t>(wanted.type));
  set_field<4, 2>(static_cast<std::uint64_t>(wanted.stored));
  set_field<6, 1>(wanted.expires ? 1 : 0);
  set_field<7, 1>(wanted.raw ? 1 : 0);
  set_field<12, 12>(wanted.inline_bytes);
  set_field<48, 16>(std::min<std::uint64_t>(key_bytes, long_key));
  if (key_bytes >= long_key)
    set_word_at(key_offset() - 8, key_bytes);
}

namespace {

std::size_t bytes_for(const entry::shape& wanted, std::size_t key_bytes) {
  return 8 + (wanted.expires ? 8u : 0u) + (wanted.stored != entry::form::inlined ? 8u : 0u)
         + (key_bytes >= 0xffff ? 8u : 0u) + key_bytes + wanted.inline_bytes;
}

} // namespace

entry* entry::make(const shape& wanted, std::string_view key) {
  auto* made = allocate(bytes_for(wanted, key.size()));
  made->header_ = 0;
  made->write_head(wanted, key.size());
  if (!key.empty())
    std::memcpy(made->bytes() + made->key_offset(), key.data(), key.size());
  return made;
}

entry* entry::reshape(entry* old, const shape& wanted, std::size_t spare) {
  const auto key = old->key();
  const auto needed = bytes_for(wanted, key.size());
  const auto expire_at_ms = old->has_expiry() ? old->expire_at_ms() : 0;
  entry* made = old;
  if (spare != 0 || !will_do(old, old->used_bytes(), needed)) {
    made = allocate(needed + spare);
    made->header_ = old->header_;
  }
  // The key moves before anything else is written over it, the header last reads where it goes to.
  auto* to = made->bytes() + needed - wanted.inline_bytes - key.size();
  std::memmove(to, key.data(), key.size());
  made->write_head(wanted, key.size());
  if (wanted.expires)
    made->set_expire_at_ms(expire_at_ms);
  if (made != old)
    std::free(old);
  return made;
}

entry* entry::with_expiry(entry* old, bool expires) {
  if (old->has_expiry() == expires)
    return old;
  const auto used = old->used_bytes();
  const auto needed = expires ? used + 8 : used - 8;
  const std::size_t from = expires ? 8 : 16;
  const std::size_t to = expires ? 16 : 8;
  entry* made = old;
  if (!will_do(old, used, needed)) {
    void* block = std::malloc(rounded(needed));
    if (block == nullptr && expires)
      throw std::bad_alloc();
    if (block != nullptr)
      made = static_cast<entry*>(block);
    made->header_ = old->header_;
  }
  std::memmove(made->bytes() + to, old->bytes() + from, used - from);
  made->set_field<6, 1>(expires ? 1 : 0);
  if (made != old)
    std::free(old);
  return made;
}

bool entry::resize_inline(std::size_t size) noexcept {
  const auto used = used_bytes();
  const auto needed = used - inline_size() + size;
  const auto fits = rounded(needed) <= rounded(used)
                    || rounded(needed) <= ::malloc_usable_size(this);
  if (fits)
    set_field<12, 12>(size);
  return fits;
}

entry* entry::rekeyed(const entry& from, std::string_view key) {
  auto* made = make(from.current_shape(), key);
  made->set_access(from.access());
  if (from.has_expiry())
    made->set_expire_at_ms(from.expire_at_ms());
  if (from.stored() != form::inlined)
    made->set_word_at(made->fixed_offset(), from.word_at(from.fixed_offset()));
  else if (from.inline_size() != 0)
    std::memcpy(made->inline_data(), from.inline_data(), from.inline_size());
  return made;
}

entry* entry::copy(const entry& from, std::string_view key) {
  auto* made = rekeyed(from, key);
  if (from.stored() != form::pointer)
    return made;
  try {
    if (!from.is_string()) {
      made->set_pointer(operations(from.type()).copy(from.object()));
      return made;
    }
    const auto* old = static_cast<const heap_string*>(from.pointer());
    auto* heap = heap_string::make(old->size, old->size);
    std::memcpy(heap->bytes(), old->bytes(), old->size);
    made->set_pointer(heap);
  } catch (...) {
    free_block(made);
    throw;
  }
  return made;
}

void entry::destroy_value(value_type type, void* pointer) noexcept {
  if (type == value_type::string)
    heap_string::free(static_cast<heap_string*>(pointer));
  else
    operations(type).destroy(pointer);
}

std::size_t entry::effort_of(value_type type, const void* pointer) noexcept {
  if (type == value_type::string)
    return static_cast<const heap_string*>(pointer)->capacity / base::large_bytes;
  const auto asked = operations(type).effort;
  return asked == nullptr ? 1 : asked(pointer);
}

void entry::free_block(entry* doomed) noexcept {
  std::free(doomed);
}

} // namespace thespis::keyspace
