#include "keyspace/waiter.hpp"

namespace thespis::keyspace {

claim_result waiter::claim(number which) noexcept {
  const auto base = which << state_bits;
  auto seen = base | waiting;
  for (;;) {
    if (state_.compare_exchange_weak(seen, base | claimed, std::memory_order_acq_rel))
      return claim_result::mine;
    if (seen == (base | claimed)) {
      const auto noted = seen + static_cast<std::uint64_t>(wait_note::look_again);
      if (state_.compare_exchange_weak(seen, noted, std::memory_order_acq_rel))
        return claim_result::busy;
    }
    if (seen >> state_bits != which || seen == base)
      return claim_result::over;
    if (seen > (base | claimed))
      return claim_result::busy;
    seen = base | waiting;
  }
}

bool waiter::give_up(wait_note why) {
  return give_up(state_.load(std::memory_order_relaxed) >> state_bits, why);
}

bool waiter::give_up(number which, wait_note why) {
  const auto base = which << state_bits;
  auto seen = base | waiting;
  for (;;) {
    if (seen == (base | waiting)) {
      if (state_.compare_exchange_weak(seen, base | claimed, std::memory_order_acq_rel)) {
        end(why);
        return true;
      }
    } else if (seen >> state_bits != which || seen == base) {
      return false;
    } else {
      // A note to end it is more than one to look again; of two such the first counts.
      if (seen > (base | claimed) + static_cast<std::uint64_t>(wait_note::look_again))
        return true;
      const auto noted = (base | claimed) + static_cast<std::uint64_t>(why);
      if (state_.compare_exchange_weak(seen, noted, std::memory_order_acq_rel))
        return true;
    }
  }
}

bool waiter::waits(number which) const noexcept {
  const auto seen = state_.load(std::memory_order_acquire);
  return seen >> state_bits == which && seen != which << state_bits;
}

wait_note waiter::resume(number which) noexcept {
  const auto base = which << state_bits;
  auto seen = base | claimed;
  for (;;) {
    const auto note = static_cast<wait_note>(seen - (base | claimed));
    if (note > wait_note::look_again)
      return note;
    if (state_.compare_exchange_weak(seen, base | waiting, std::memory_order_acq_rel))
      return note;
  }
}

} // namespace thespis::keyspace
