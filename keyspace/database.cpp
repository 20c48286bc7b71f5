#include "keyspace/database.hpp"

#include "base/number.hpp"
#include "keyspace/discarded.hpp"
#include "keyspace/heap_string.hpp"
#include "keyspace/point_in_time.hpp"

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

database::database(std::uint64_t hash_seed, const std::atomic<bool>* may_shrink,
                   discarded* bin) noexcept
  : entries_(hash_seed, may_shrink), bin_(bin) {
}

database::database(database&& other) noexcept
  : database(other.entries_.seed(), other.entries_.may_shrink()) {
  swap(other);
}

database::~database() {
  free_all();
}

void database::clear() noexcept {
  if (walk_ != nullptr)
    walk_->emptied.push_back(take());
  else if (bin_ != nullptr && size() > discarded::effort_max)
    bin_->add(take());
  else
    free_all();
}

void database::free_all() noexcept {
  entries_.release([this](entry& each) { free_entry(&each); });
  wheel_.clear();
  alarms_.clear();
  expires_ = 0;
  expiry_sum_ms_ = 0;
}

void database::swap(database& other) noexcept {
  entries_.swap(other.entries_);
  wheel_.swap(other.wheel_);
  alarms_.swap(other.alarms_);
  std::swap(expires_, other.expires_);
  std::swap(expiry_sum_ms_, other.expiry_sum_ms_);
  std::swap(adds_since_sweep_, other.adds_since_sweep_);
  std::swap(next_generation_, other.next_generation_);
  walk_.swap(other.walk_);
  std::swap(mark_, other.mark_);
}

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

// -- whole entries -------------------------------------------------------------------------------

void database::erase(slot& at) noexcept {
  free_entry(take_out(at));
}

void database::drop(entry_ptr&& gone) noexcept {
  free_entry(gone.release());
}

void database::free_entry(entry* doomed) noexcept {
  if (doomed->stored() == entry::form::pointer)
    drop_value(doomed->type(), doomed->pointer());
  entry::free_block(doomed);
}

/// The end of what a pointer of that type names.
void database::drop_value(value_type type, void* pointer) noexcept {
  if (bin_ != nullptr && entry::effort_of(type, pointer) > discarded::effort_max)
    bin_->add(type, pointer);
  else
    entry::destroy_value(type, pointer);
}

entry_ptr database::detach(slot& at) noexcept {
  return entry_ptr(take_out(at));
}

entry* database::take_out(slot& at) noexcept {
  auto* out = at.at_.item;
  preserve(*out);
  if (out->has_expiry())
    forget_expiry(out->expire_at_ms());
  alarms_.forget(out->alarm());
  entries_.erase(at.at_);
  return out;
}

/// Does of putting `value` under `at`'s key all that may fail. Returns the block that is to stand
/// there: `value` itself, or one with that key, which owns what was in it then.
entry* database::prepare(slot& at, entry& value) {
  auto generation = at ? at->generation() : next_generation_++;
  if (!at)
    entries_.make_room(at.hash());
  if (value.has_expiry())
    generation = add_record(at.hash(), generation, value.expire_at_ms());
  auto* const block = value.key() == at.key() ? &value : entry::rekeyed(value, at.key());
  if (auto* const alarm = value.alarm())
    try {
      announce(at, *alarm);
    } catch (...) {
      if (block != &value)
        entry::free_block(block);
      throw;
    }
  block->set_generation(generation);
  return block;
}

/// What is there is dropped. REQUIRES: prepare() has returned `block` since the last change.
void database::put(slot& at, entry* block) noexcept {
  block->set_mark(mark_);
  if (block->has_expiry())
    count_expiry(block->expire_at_ms());
  if (!at)
    return entries_.insert(at.at_, block);
  preserve(*at);
  entry_ptr replaced(at.at_.item);
  if (replaced->has_expiry())
    forget_expiry(replaced->expire_at_ms());
  alarms_.forget(replaced->alarm());
  entries_.replace(at.at_, block);
  drop(std::move(replaced));
}

void database::attach(slot& at, entry_ptr&& value) {
  auto* const block = prepare(at, *value);
  auto* const old = value.release();
  if (block != old)
    entry::free_block(old);
  put(at, block);
}

void database::take_over(slot& at, database& from, slot& source) {
  auto* const value = source.at_.item;
  auto* const alarm = value->alarm();
  entry* block = nullptr;
  from.preserve(*value);
  from.alarms_.forget(alarm);
  try {
    block = prepare(at, *value);
  } catch (const std::bad_alloc&) {
    if (alarm != nullptr)
      from.alarms_.announce_if_possible(source.hash(), *alarm, from.entries_);
    throw;
  }
  if (value->has_expiry())
    from.forget_expiry(value->expire_at_ms());
  put(at, block);
  // What was put in may have moved it.
  auto old = from.entries_.find_if(source.hash(), [&](const entry* one) { return one == value; });
  from.entries_.erase(old);
  if (block != value)
    entry::free_block(value);
  source.at_.item = nullptr;
}

entry_ptr database::copy(const entry& from, std::string_view key) {
  return entry_ptr(entry::copy(from, key));
}

// -- walks ---------------------------------------------------------------------------------------

void database::begin_walk(std::unique_ptr<database_walk> how) noexcept {
  mark_ = !mark_;
  if (size() != 0)
    walk_ = std::move(how);
}

bool database::walk(std::size_t entries) noexcept {
  auto& cursor = walk_->cursor;
  cursor = scan(cursor, entries, [this](entry& each) { take_for_walk(each); });
  if (cursor != 0)
    return false;
  walk_.reset();
  return true;
}

void database::take_for_walk(entry& before) noexcept {
  if (before.mark() == mark_)
    return;
  walk_->to.take(walk_->number, before);
  before.set_mark(mark_);
}

// -- expiry --------------------------------------------------------------------------------------

void database::set_expiry(slot& at, std::int64_t at_ms) {
  auto* e = at.at_.item;
  preserve(*e);
  const auto had_expiry = e->has_expiry();
  const auto old_expiry_ms = had_expiry ? e->expire_at_ms() : 0;
  auto generation = e->generation();
  if (!had_expiry || at_ms < old_expiry_ms)
    generation = add_record(at.hash(), generation, at_ms);
  auto* made = entry::with_expiry(e, true);
  if (had_expiry)
    forget_expiry(old_expiry_ms);
  made->set_generation(generation);
  made->set_expire_at_ms(at_ms);
  count_expiry(at_ms);
  if (made != e)
    entries_.replace(at.at_, made);
}

bool database::clear_expiry(slot& at) noexcept {
  auto* e = at.at_.item;
  if (!e->has_expiry())
    return false;
  preserve(*e);
  forget_expiry(e->expire_at_ms());
  if (auto* made = entry::with_expiry(e, false); made != e)
    entries_.replace(at.at_, made);
  return true;
}

std::int64_t database::average_expiry_ms() const noexcept {
  return expires_ == 0
           ? 0
           : static_cast<std::int64_t>(expiry_sum_ms_ / static_cast<std::int64_t>(expires_));
}

void database::count_expiry(std::int64_t at_ms) noexcept {
  ++expires_;
  expiry_sum_ms_ += at_ms;
}

void database::forget_expiry(std::int64_t at_ms) noexcept {
  --expires_;
  expiry_sum_ms_ -= at_ms;
}

/// Puts a record of a new generation into the wheel and returns that generation.
std::uint32_t database::add_record(std::uint64_t hash, std::uint32_t last_generation,
                                   std::int64_t at_ms) {
  // Before the new record is there, which matches no entry yet.
  if (wheel_.records() > 2 * expires_ + stale_records_free) [[unlikely]]
    if (++adds_since_sweep_ % adds_per_sweep == 0)
      sweep_records();
  const auto generation = (last_generation + 1) & 15;
  wheel_.add(hash, generation, at_ms);
  return generation;
}

void database::sweep_records() {
  const auto now_ms = wheel_.cursor_ms();
  wheel_.sweep([this, now_ms](base::expiry_wheel::record record, std::int64_t earliest_ms) {
    // The one that counts is never for a later time than its entry, but for times that had passed.
    const auto needs_it = [&](const entry* candidate) {
      return is_of(*candidate, record)
             && (candidate->expire_at_ms() >= earliest_ms || candidate->expire_at_ms() <= now_ms);
    };
    return entries_.find_if(record.hash(), needs_it).item != nullptr;
  });
}

database::slot database::find_first_due(base::expiry_wheel::record record) noexcept {
  const entry* first = nullptr;
  entries_.find_if(record.hash(), [&](const entry* candidate) {
    if (is_of(*candidate, record)
        && (first == nullptr || candidate->expire_at_ms() < first->expire_at_ms()))
      first = candidate;
    return false;
  });
  if (first == nullptr)
    return {{}, {}};
  const auto same = [&](const entry* candidate) { return candidate == first; };
  return {first->key(), entries_.find_if(entries_.hash(first->key()), same)};
}

} // namespace thespis::keyspace
