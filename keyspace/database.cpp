#include "keyspace/database.hpp"

#include "keyspace/discarded.hpp"
#include "keyspace/point_in_time.hpp"

#include <cstdint>
#include <new>
#include <utility>

namespace thespis::keyspace {

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
