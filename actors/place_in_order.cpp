#include "actors/place_in_order.hpp"

#include "actors/memory_reserve.hpp"

#include <algorithm>

namespace thespis::actors {

void place_in_order::begin(multicast_number which) noexcept {
  number_ = which;
  inside_ = true;
  order_.progress(mine_).note_passed(order_point::before(which));
}

void place_in_order::end() noexcept {
  if (!inside_)
    return;
  inside_ = false;
  order_.progress(mine_).note_passed(order_point::behind(number_));
}

order_point place_in_order::where() const noexcept {
  return inside_ ? order_point::before(number_) : order_point::behind(number_);
}

order_point place_in_order::where_at(std::uint32_t request) const noexcept {
  return inside_ ? order_point::at(number_, request) : order_point::behind(number_);
}

void place_in_order::ask(std::span<const partition_index> others, order_point where,
                         caf::execution_unit* here) {
  const memory_reserve::own_work now;
  order_.progress(mine_).note_passed(where);
  unanswered_ = others.size();
  for (const auto each : others)
    post(partitions_[each], here, pass{where, mine_});
}

bool place_in_order::note_answer() noexcept {
  return --unanswered_ == 0;
}

void place_in_order::note_question(const pass& question) {
  const memory_reserve::own_work now;
  questions_.push_back(question);
}

void place_in_order::answer(bool multicast_waits, caf::execution_unit* here) {
  const memory_reserve::own_work now;
  const auto answered = [&](const pass& question) {
    if (!can_answer(question, multicast_waits))
      return false;
    order_.progress(mine_).note_passed(question.where);
    post(partitions_[question.whose], here, partition_task{partition_task::kind::passed});
    return true;
  };
  questions_.erase(std::remove_if(questions_.begin(), questions_.end(), answered),
                   questions_.end());
}

/// What runs under no number is nobody's before or behind.
bool place_in_order::can_answer(const pass& question, bool multicast_waits) const noexcept {
  return (!inside_ && !multicast_waits) || order_.progress(mine_).has_passed(question.where);
}

} // namespace thespis::actors
