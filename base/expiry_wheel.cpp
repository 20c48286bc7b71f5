#include "base/expiry_wheel.hpp"

#include "base/piecewise.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace thespis::base {

expiry_wheel::~expiry_wheel() {
  clear();
}

void expiry_wheel::swap(expiry_wheel& other) noexcept {
  std::swap(levels_, other.levels_);
  std::swap(occupied_levels_, other.occupied_levels_);
  std::swap(cursor_, other.cursor_);
  std::swap(records_, other.records_);
  std::swap(chunks_, other.chunks_);
  std::swap(pending_, other.pending_);
  std::swap(pending_level_, other.pending_level_);
  std::swap(pending_start_, other.pending_start_);
  std::swap(sweep_, other.sweep_);
  std::swap(swept_head_, other.swept_head_);
  std::swap(swept_tail_, other.swept_tail_);
  std::swap(sweeps_last_, other.sweeps_last_);
  std::swap(spare_, other.spare_);
  std::swap(spare_count_, other.spare_count_);
}

void expiry_wheel::clear() noexcept {
  for (auto& each : levels_) {
    if (each != nullptr)
      for (auto* head : each->heads)
        free_list(head);
    each.reset();
  }
  free_list(pending_);
  free_list(swept_head_);
  free_list(spare_);
  pending_ = swept_head_ = swept_tail_ = spare_ = nullptr;
  spare_count_ = 0;
  occupied_levels_ = 0;
  records_ = 0;
  chunks_ = 0;
  sweep_ = {};
}

void expiry_wheel::free_list(chunk* head) noexcept {
  for (unsigned n = 0; head != nullptr; ++n) {
    delete std::exchange(head, head->next);
    if (n % frees_per_piece == 0)
      end_of_piece();
  }
}

std::size_t expiry_wheel::memory_bytes() const noexcept {
  std::size_t bytes = chunks_ * sizeof(chunk);
  for (const auto& each : levels_)
    bytes += each == nullptr ? 0 : sizeof(level);
  return bytes;
}

// -- chunks --------------------------------------------------------------------------------------

expiry_wheel::chunk* expiry_wheel::take_chunk() {
  if (spare_ != nullptr) {
    --spare_count_;
    return std::exchange(spare_, spare_->next);
  }
  auto* made = new chunk; // NOLINT: lists of chunks own them
  ++chunks_;
  return made;
}

void expiry_wheel::give_chunk(chunk* unused) noexcept {
  if (spare_count_ == spare_chunks_max) {
    delete unused;
    --chunks_;
    return;
  }
  unused->next = spare_;
  spare_ = unused;
  ++spare_count_;
}

// -- where a time lives --------------------------------------------------------------------------

expiry_wheel::place expiry_wheel::place_of(std::uint64_t time) const noexcept {
  const auto difference = time ^ cursor_;
  const auto at = difference == 0
                    ? 0u
                    : static_cast<unsigned>(std::bit_width(difference) - 1) / group_bits;
  return {at, static_cast<unsigned>(time >> (group_bits * at)) & (slots - 1)};
}

std::uint64_t expiry_wheel::start_of(place at) const noexcept {
  const auto low_bits = group_bits * (at.level + 1);
  const auto base = low_bits >= 64 ? 0 : cursor_ >> low_bits << low_bits;
  return base | std::uint64_t{at.slot} << (group_bits * at.level);
}

std::uint64_t expiry_wheel::time_of(record r, unsigned of_level,
                                    std::uint64_t start) const noexcept {
  const auto lost = of_level <= exact_level ? 0 : group_bits * (of_level - exact_level);
  return start | r.time() << lost;
}

expiry_wheel::place expiry_wheel::first_place() const noexcept {
  const auto at = static_cast<unsigned>(std::countr_zero(occupied_levels_));
  return {at, static_cast<unsigned>(std::countr_zero(levels_[at]->occupied))};
}

std::int64_t expiry_wheel::next_due_ms() const noexcept {
  if (pending_ != nullptr)
    return static_cast<std::int64_t>(pending_start_);
  if (occupied_levels_ == 0)
    return never;
  return static_cast<std::int64_t>(start_of(first_place()));
}

// -- adding --------------------------------------------------------------------------------------

void expiry_wheel::add(std::uint64_t hash, std::uint32_t generation, std::int64_t at_ms) {
  put(hash, generation, static_cast<std::uint64_t>(std::max<std::int64_t>(at_ms, 0)));
  ++records_;
}

void expiry_wheel::put(std::uint64_t hash, std::uint32_t generation, std::uint64_t time) {
  time = std::max(time, cursor_);
  const auto at = place_of(time);
  if (levels_[at.level] == nullptr)
    levels_[at.level] = std::make_unique<level>();
  auto& in = *levels_[at.level];
  auto*& head = in.heads[at.slot];
  if (head == nullptr || head->count == chunk::capacity) {
    auto* fresh = take_chunk();
    fresh->next = head;
    fresh->count = 0;
    head = fresh;
    in.occupied |= std::uint64_t{1} << at.slot;
    occupied_levels_ |= 1u << at.level;
  }
  const auto lost = at.level <= exact_level ? 0 : group_bits * (at.level - exact_level);
  const auto span_bits = group_bits * at.level;
  const auto offset = time & ((std::uint64_t{1} << span_bits) - 1);
  head->records[head->count++] = record(hash, offset >> lost, generation);
}

// -- taking --------------------------------------------------------------------------------------

std::span<const expiry_wheel::record> expiry_wheel::due(std::int64_t now_ms, std::size_t& steps) {
  const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(now_ms, 0));
  for (;;) {
    if (pending_ != nullptr && pending_level_ == 0)
      return {pending_->records, pending_->count};
    if (pending_ != nullptr) {
      if (steps == 0)
        return {};
      deal(steps);
      continue;
    }
    // All that is left begins later, so the cursor may go up to now without passing anything.
    if (occupied_levels_ == 0 || start_of(first_place()) > now) {
      cursor_ = std::max(cursor_, now);
      return {};
    }
    take_slot(first_place());
  }
}

void expiry_wheel::pop_due() noexcept {
  --records_;
  if (--pending_->count == 0)
    give_chunk(std::exchange(pending_, pending_->next));
}

/// Makes the slot's records the pending ones and its beginning the present.
void expiry_wheel::take_slot(place at) noexcept {
  if (sweep_.level == at.level && sweep_.slot == at.slot)
    end_sweep_of_slot();
  auto& from = *levels_[at.level];
  pending_level_ = at.level;
  pending_start_ = start_of(at);
  pending_ = std::exchange(from.heads[at.slot], nullptr);
  cursor_ = std::max(cursor_, pending_start_);
  from.occupied &= ~(std::uint64_t{1} << at.slot);
  if (from.occupied == 0)
    occupied_levels_ &= ~(1u << at.level);
}

/// Moves records of the pending chunk to their places in lower levels.
void expiry_wheel::deal(std::size_t& steps) {
  auto* from = pending_;
  for (; steps > 0 && from->count > 0; --steps) {
    const auto r = from->records[from->count - 1];
    put(r.hash(), r.generation(), time_of(r, pending_level_, pending_start_));
    --from->count;
  }
  if (from->count == 0) {
    pending_ = from->next;
    give_chunk(from);
  }
}

// -- sweeping ------------------------------------------------------------------------------------

expiry_wheel::chunk* expiry_wheel::next_to_sweep() noexcept {
  // At most every slot once, and the first one twice.
  for (unsigned step = 0; occupied_levels_ != 0 && step <= levels * slots; ++step) {
    auto* in = levels_[sweep_.level].get();
    if (auto* head = in == nullptr ? nullptr : in->heads[sweep_.slot]; head != nullptr) {
      // New records come to the head, so it has its turn last, or the others never would.
      if (head->next != nullptr)
        return std::exchange(head->next, head->next->next);
      in->heads[sweep_.slot] = nullptr;
      sweeps_last_ = true;
      return head;
    }
    end_sweep_of_slot();
    next_slot_to_sweep();
  }
  return nullptr;
}

void expiry_wheel::next_slot_to_sweep() noexcept {
  const auto* in = levels_[sweep_.level].get();
  const auto later = in == nullptr || sweep_.slot == slots - 1
                       ? 0
                       : in->occupied >> (sweep_.slot + 1) << (sweep_.slot + 1);
  if (later != 0)
    sweep_.slot = static_cast<unsigned>(std::countr_zero(later));
  else
    sweep_ = {sweep_.level + 1 == levels ? 0 : sweep_.level + 1, 0};
}

void expiry_wheel::keep_swept(chunk* swept) noexcept {
  if (swept_head_ != nullptr)
    while (swept->count > 0 && swept_head_->count < chunk::capacity)
      swept_head_->records[swept_head_->count++] = swept->records[--swept->count];
  if (swept->count == 0) {
    give_chunk(swept);
  } else {
    swept->next = swept_head_;
    swept_head_ = swept;
    if (swept_tail_ == nullptr)
      swept_tail_ = swept;
  }
  if (std::exchange(sweeps_last_, false)) {
    end_sweep_of_slot();
    next_slot_to_sweep();
  }
}

/// Puts what was kept back in front of what came to the slot meanwhile.
void expiry_wheel::end_sweep_of_slot() noexcept {
  auto* in = levels_[sweep_.level].get();
  if (in == nullptr)
    return;
  auto*& head = in->heads[sweep_.slot];
  if (swept_head_ != nullptr) {
    swept_tail_->next = head;
    head = swept_head_;
    swept_head_ = swept_tail_ = nullptr;
  }
  const auto bit = std::uint64_t{1} << sweep_.slot;
  if (head == nullptr) {
    in->occupied &= ~bit;
    if (in->occupied == 0)
      occupied_levels_ &= ~(1u << sweep_.level);
  }
}

} // namespace thespis::base
