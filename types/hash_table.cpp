#include "types/hash_table.hpp"

#include "types/hash_seed.hpp"

#include <algorithm>
#include <utility>

namespace thespis::types {

hash_table::hash_table() : fields_(hash_seed()) {
}

hash_table::~hash_table() {
  fields_.release([](hash_field& each) { hash_field::free(&each); });
}

std::unique_ptr<hash_table> hash_table::copy() const {
  auto made = std::make_unique<hash_table>();
  made->counts_as_packed = counts_as_packed;
  fields_.for_each([&](const hash_field& each) {
    auto at = made->find(each.key());
    made->set(at, each.key(), each.value(), false);
    if (each.has_expiry())
      made->set_expiry(at, each.expire_at_ms(), times_->seen_ms);
  });
  return made;
}

std::size_t hash_table::memory_bytes() const noexcept {
  auto bytes = base::size_class(sizeof *this) + fields_.memory_bytes();
  fields_.for_each([&](const hash_field& each) { bytes += each.memory_bytes(); });
  if (times_ != nullptr)
    bytes += base::size_class(sizeof *times_);
  if (times_ != nullptr && times_->wheel != nullptr)
    bytes += base::size_class(sizeof *times_->wheel) + times_->wheel->memory_bytes();
  return bytes;
}

std::size_t hash_table::effort() const noexcept {
  // With more fields it is much in any case.
  constexpr std::size_t measured_max = 64;
  auto sum = size();
  if (sum <= measured_max)
    fields_.for_each(
      [&](const hash_field& each) { sum += each.value().size() / base::large_bytes; });
  return sum;
}

// -- fields --------------------------------------------------------------------------------------

bool hash_table::set(position& at, std::string_view field, std::string_view value,
                     bool keep_expiry) {
  auto* old = at.item;
  if (old == nullptr) {
    insert(at, field, value);
    return true;
  }
  const auto loses_expiry = old->has_expiry() && !keep_expiry;
  if (!loses_expiry && old->assign(value)) [[likely]]
    return false;
  auto wanted = old->all();
  wanted.value = value;
  wanted.expires = wanted.expires && keep_expiry;
  replace(at, wanted);
  if (loses_expiry)
    forget_expiry();
  return false;
}

void hash_table::insert(position& at, std::string_view field, std::string_view value) {
  std::unique_ptr<base::expiry_wheel> wheel;
  if (expiring() != 0 && times_->wheel == nullptr && size() >= walk_max)
    wheel = make_wheel();
  fields_.make_room(at.hash);
  const auto generation = times_ == nullptr ? 0 : times_->next_generation++;
  fields_.insert(at, hash_field::make({.field = field, .value = value, .generation = generation}));
  if (wheel != nullptr)
    times_->wheel = std::move(wheel);
}

/// Puts a new block in the place of the field's.
void hash_table::replace(position& at, const hash_field::content& by) {
  auto* made = hash_field::make(by);
  hash_field::free(std::exchange(at.item, nullptr));
  fields_.replace(at, made);
}

void hash_table::erase(position& at) noexcept {
  remove(at);
  if (times_ != nullptr && times_->expiring == 0)
    times_->wheel.reset();
}

/// Leaves the wheel as it is.
void hash_table::remove(position& at) noexcept {
  auto* gone = at.item;
  fields_.erase(at);
  if (gone->has_expiry() && --times_->expiring == 0)
    times_->alarm.due_ms = element_alarm::never;
  hash_field::free(gone);
}

// -- times ---------------------------------------------------------------------------------------

void hash_table::set_expiry(position& at, std::int64_t at_ms, std::int64_t now_ms) {
  if (times_ == nullptr)
    times_ = std::make_unique<times>();
  times_->seen_ms = std::max(times_->seen_ms, now_ms);
  if (times_->wheel == nullptr && size() > walk_max)
    times_->wheel = make_wheel();
  auto* field = at.item;
  const auto had_expiry = field->has_expiry();
  auto generation = field->generation();
  // A record for a time that is not later will do.
  if (times_->wheel != nullptr && (!had_expiry || at_ms < field->expire_at_ms()))
    generation = add_record(at.hash, generation, at_ms);
  if (had_expiry) {
    field->set_expire_at_ms(at_ms);
    field->set_generation(generation);
  } else {
    auto wanted = field->all();
    wanted.expires = true;
    wanted.expire_at_ms = at_ms;
    wanted.generation = generation;
    replace(at, wanted);
    ++times_->expiring;
  }
  times_->alarm.due_ms = std::min(times_->alarm.due_ms, at_ms);
}

void hash_table::clear_expiry(position& at) {
  auto wanted = at.item->all();
  wanted.expires = false;
  replace(at, wanted);
  forget_expiry();
}

void hash_table::forget_expiry() noexcept {
  if (--times_->expiring != 0)
    return;
  times_->alarm.due_ms = element_alarm::never;
  times_->wheel.reset();
}

/// A wheel with the records of all fields that expire. Cost: O(walk_max), as there is none yet in a
/// larger table only as long as nothing in it expires.
std::unique_ptr<base::expiry_wheel> hash_table::make_wheel() const {
  auto made = std::make_unique<base::expiry_wheel>();
  std::size_t steps = 0;
  made->due(times_->seen_ms, steps);
  if (times_->expiring != 0)
    fields_.for_each([&](const hash_field& each) {
      if (each.has_expiry())
        made->add(fields_.hash(each.key()), each.generation(), each.expire_at_ms());
    });
  return made;
}

std::uint32_t hash_table::add_record(std::uint64_t hash, std::uint32_t last_generation,
                                     std::int64_t at_ms) {
  auto& wheel = *times_->wheel;
  // Before the new record is there, which matches no field yet.
  if (wheel.records() > 2 * times_->expiring + stale_records_free) [[unlikely]]
    if (++times_->adds_since_sweep % adds_per_sweep == 0)
      sweep_records();
  const auto generation = (last_generation + 1) & 15;
  wheel.add(hash, generation, at_ms);
  return generation;
}

void hash_table::sweep_records() {
  const auto now_ms = times_->wheel->cursor_ms();
  times_->wheel->sweep([this, now_ms](base::expiry_wheel::record record, std::int64_t earliest_ms) {
    // The one that counts is never for a later time than its field, but for times that had passed.
    const auto needs_it = [&](const hash_field* candidate) {
      return is_of(*candidate, record)
             && (candidate->expire_at_ms() >= earliest_ms || candidate->expire_at_ms() <= now_ms);
    };
    return fields_.find_if(record.hash(), needs_it).item != nullptr;
  });
}

/// Of the fields that the record may stand for (there is more than one only by chance) the one with
/// the earliest expiry.
hash_table::position hash_table::find_first_due(base::expiry_wheel::record record) const noexcept {
  const hash_field* first = nullptr;
  fields_.find_if(record.hash(), [&](const hash_field* candidate) {
    if (is_of(*candidate, record)
        && (first == nullptr || candidate->expire_at_ms() < first->expire_at_ms()))
      first = candidate;
    return false;
  });
  if (first == nullptr)
    return {};
  return fields_.find_if(record.hash(),
                         [&](const hash_field* candidate) { return candidate == first; });
}

std::size_t hash_table::collect_due(std::int64_t now_ms, std::size_t budget,
                                    std::array<const hash_field*, walk_max>& due) const noexcept {
  std::size_t count = 0;
  auto next_ms = element_alarm::never;
  fields_.for_each([&](const hash_field& each) {
    if (!each.has_expiry())
      return;
    if (each.expire_at_ms() <= now_ms && count < std::min(budget, due.size()))
      due[count++] = &each;
    else
      next_ms = std::min(next_ms, each.expire_at_ms());
  });
  times_->alarm.due_ms = next_ms;
  return count;
}

} // namespace thespis::types
