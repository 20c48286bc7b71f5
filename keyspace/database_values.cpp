/// How values come into a database, and how strings grow in place.

#include "keyspace/database.hpp"

#include "base/number.hpp"
#include "keyspace/heap_string.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

namespace thespis::keyspace {

namespace {

/// How far ahead a growing string's memory may run.
constexpr std::size_t ahead_bytes_max = 1024 * 1024;
constexpr std::size_t integer_chars_max = 20;

std::optional<std::int64_t> as_integer(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > integer_chars_max)
    return std::nullopt;
  // Most values are no numbers; their first byte says so.
  const auto first = static_cast<unsigned char>(bytes.front());
  if (first != '-' && static_cast<unsigned char>(first - '0') > 9)
    return std::nullopt;
  return base::parse_int64(bytes);
}

heap_string* heap_of(const entry& e) {
  return static_cast<heap_string*>(e.pointer());
}

} // namespace

// -- storing -------------------------------------------------------------------------------------

entry* database::store_new(slot& at, entry::shape wanted, expiry_change expiry) {
  wanted.expires = expiry.what == expiry_change::kind::set;
  entries_.make_room(at.hash());
  // The record goes first: alone it is merely stale.
  std::uint32_t generation = 0;
  if (wanted.expires)
    generation = add_record(at.hash(), next_generation_++, expiry.at_ms);
  auto* made = entry::make(wanted, at.key_);
  if (wanted.expires) {
    made->set_generation(generation);
    made->set_expire_at_ms(expiry.at_ms);
    count_expiry(expiry.at_ms);
  }
  made->set_access(at.initial_access_);
  made->set_mark(mark_);
  entries_.insert(at.at_, made);
  return made;
}

/// Makes the slot's entry one of that shape, new or changed; its value is then to be set. Throws
/// before anything changed.
entry* database::store(slot& at, entry::shape wanted, expiry_change expiry, std::size_t spare) {
  auto* old = at.at_.item;
  if (old == nullptr)
    return store_new(at, wanted, expiry);
  preserve(*old);
  const auto had_expiry = old->has_expiry();
  const auto old_expiry_ms = had_expiry ? old->expire_at_ms() : 0;
  wanted.expires = expiry.what == expiry_change::kind::set
                   || (expiry.what == expiry_change::kind::keep && had_expiry);
  auto generation = old->generation();
  // A record for a time that is not later will do.
  if (expiry.what == expiry_change::kind::set && (!had_expiry || expiry.at_ms < old_expiry_ms))
    generation = add_record(at.hash(), generation, expiry.at_ms);
  const auto has_pointer = old->stored() == entry::form::pointer;
  const auto old_type = old->type();
  auto* old_pointer = has_pointer ? old->pointer() : nullptr;
  auto* old_alarm = old->alarm();
  auto* made = entry::reshape(old, wanted, spare);
  alarms_.forget(old_alarm);
  if (has_pointer)
    drop_value(old_type, old_pointer);
  if (had_expiry && expiry.what != expiry_change::kind::keep)
    forget_expiry(old_expiry_ms);
  if (expiry.what == expiry_change::kind::set) {
    made->set_generation(generation);
    made->set_expire_at_ms(expiry.at_ms);
    count_expiry(expiry.at_ms);
  }
  if (made != old)
    entries_.replace(at.at_, made);
  return made;
}

void database::set_string(slot& at, std::string_view bytes, bool keep_expiry) {
  store_string(at, bytes,
               {keep_expiry ? expiry_change::kind::keep : expiry_change::kind::clear, 0});
}

void database::set_string_until(slot& at, std::string_view bytes, std::int64_t expire_at_ms) {
  store_string(at, bytes, {expiry_change::kind::set, expire_at_ms});
}

void database::set_integer(slot& at, std::int64_t value, bool keep_expiry) {
  // A counter that goes on counting: nothing changes but the number.
  if (auto* e = at.at_.item; e != nullptr && e->is_integer() && (keep_expiry || !e->has_expiry())) {
    preserve(*e);
    e->set_integer(value);
    return;
  }
  store_integer(at, value,
                {keep_expiry ? expiry_change::kind::keep : expiry_change::kind::clear, 0});
}

void database::store_integer(slot& at, std::int64_t value, expiry_change expiry) {
  entry::shape wanted;
  wanted.stored = entry::form::integer;
  store(at, wanted, expiry)->set_integer(value);
}

/// The usual case of store_string(): a value that fits where the old one is, nothing else changes.
bool database::overwrite(slot& at, std::string_view bytes, expiry_change expiry) {
  auto* e = at.at_.item;
  const auto has_expiry = e->has_expiry();
  const auto sets_expiry = expiry.what == expiry_change::kind::set;
  if (e->stored() != entry::form::inlined || !e->is_string()
      || (has_expiry ? expiry.what == expiry_change::kind::clear : sets_expiry)
      || !e->has_room_in_place(bytes.size()))
    return false;
  preserve(*e);
  if (sets_expiry)
    set_expiry(at, expiry.at_ms);
  e->resize_in_place(bytes.size());
  if (!bytes.empty())
    std::memcpy(e->inline_data(), bytes.data(), bytes.size());
  return true;
}

void database::store_string(slot& at, std::string_view bytes, expiry_change expiry) {
  if (const auto integer = as_integer(bytes))
    return store_integer(at, *integer, expiry);
  if (at && overwrite(at, bytes, expiry))
    return;
  entry::shape wanted;
  if (bytes.size() <= entry::inline_bytes_max) {
    wanted.inline_bytes = bytes.size();
    auto* made = store(at, wanted, expiry);
    if (!bytes.empty())
      std::memcpy(made->inline_data(), bytes.data(), bytes.size());
    return;
  }
  wanted.stored = entry::form::pointer;
  auto* heap = heap_string::make(bytes.size(), bytes.size());
  std::memcpy(heap->bytes(), bytes.data(), bytes.size());
  try {
    store(at, wanted, expiry)->set_pointer(heap);
  } catch (...) {
    heap_string::free(heap);
    throw;
  }
}

void database::set_object(slot& at, value_type type, void* object, bool keep_expiry) {
  store_object(at, type, object,
               {keep_expiry ? expiry_change::kind::keep : expiry_change::kind::clear, 0});
}

void database::set_object_until(slot& at, value_type type, void* object,
                                std::int64_t expire_at_ms) {
  store_object(at, type, object, {expiry_change::kind::set, expire_at_ms});
}

void database::store_object(slot& at, value_type type, void* object, expiry_change expiry) {
  entry::shape wanted;
  wanted.type = type;
  wanted.stored = entry::form::pointer;
  auto* alarm = entry::alarm_of(type, object);
  if (alarm != nullptr)
    announce(at, *alarm);
  try {
    store(at, wanted, expiry)->set_pointer(object);
  } catch (...) {
    alarms_.forget(alarm);
    throw;
  }
}

// -- strings that grow in place ------------------------------------------------------------------

std::span<char> database::resize_string(slot& at, std::size_t size) {
  // No allocator has that much, and sums with it would wrap.
  if (size > SIZE_MAX / 2)
    throw std::bad_alloc();
  if (at)
    preserve(*at);
  const auto* e = at.at_.item;
  const auto in_heap = e != nullptr && e->is_string() && e->stored() == entry::form::pointer;
  // A string that once was long stays where it is while it still needs much of that room.
  if (size > entry::inline_bytes_max || (in_heap && size >= heap_of(*e)->capacity / 2))
    return grow_heap(at, size);
  return grow_inline(at, size);
}

std::span<char> database::grow_inline(slot& at, std::size_t size) {
  auto* e = at.at_.item;
  if (e != nullptr && e->is_string() && e->stored() == entry::form::inlined) {
    const auto old_size = e->inline_size();
    if (e->resize_inline(size)) {
      if (size > old_size)
        std::memset(e->inline_data() + old_size, 0, size - old_size);
      e->mark_raw();
      return {e->inline_data(), size};
    }
  }
  char old_bytes[entry::inline_bytes_max + 24];
  std::size_t kept = 0;
  std::size_t spare = 0;
  if (e != nullptr && e->is_string()) {
    char scratch[24];
    const auto text = e->text(scratch);
    kept = std::min(text.size(), size);
    if (kept != 0)
      std::memcpy(old_bytes, text.data(), kept);
    // The second growth tells that there will be more.
    if (e->raw() && size > text.size())
      spare = std::min(size, entry::inline_bytes_max - size);
  }
  entry::shape wanted;
  wanted.raw = true;
  wanted.inline_bytes = size;
  auto* made = store(at, wanted, {expiry_change::kind::keep, 0}, spare);
  if (kept != 0)
    std::memcpy(made->inline_data(), old_bytes, kept);
  if (size > kept)
    std::memset(made->inline_data() + kept, 0, size - kept);
  return {made->inline_data(), size};
}

std::span<char> database::grow_heap(slot& at, std::size_t size) {
  auto* e = at.at_.item;
  if (e != nullptr && e->is_string() && e->stored() == entry::form::pointer) {
    auto* heap = heap_of(*e);
    if (size > heap->capacity) {
      heap = heap_string::reallocate(heap, size + std::min(size, ahead_bytes_max));
      e->set_pointer(heap);
    }
    if (size > heap->size)
      std::memset(heap->bytes() + heap->size, 0, size - heap->size);
    heap->size = size;
    e->mark_raw();
    return {heap->bytes(), size};
  }
  char scratch[24];
  const auto old = e != nullptr && e->is_string() ? e->text(scratch) : std::string_view();
  const auto ahead = old.empty() ? 0 : std::min(size, ahead_bytes_max);
  auto* heap = heap_string::make(size, size + ahead);
  const auto kept = std::min(old.size(), size);
  if (kept != 0)
    std::memcpy(heap->bytes(), old.data(), kept);
  std::memset(heap->bytes() + kept, 0, size - kept);
  entry::shape wanted;
  wanted.stored = entry::form::pointer;
  wanted.raw = true;
  try {
    store(at, wanted, {expiry_change::kind::keep, 0})->set_pointer(heap);
  } catch (...) {
    heap_string::free(heap);
    throw;
  }
  return {heap->bytes(), size};
}

} // namespace thespis::keyspace
