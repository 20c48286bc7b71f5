#include "keyspace/waiter.hpp"

namespace thespis::keyspace {

bool waiter::give_up(wait_end why) noexcept {
  static constexpr state notes[] = {state::claimed, state::claimed_timeout, state::claimed_error,
                                    state::claimed_gone};
  auto seen = state_.load(std::memory_order_relaxed);
  for (;;) {
    if (seen == state::waiting) {
      if (state_.compare_exchange_weak(seen, state::ended, std::memory_order_acq_rel))
        return true;
    } else if (seen == state::claimed) {
      if (state_.compare_exchange_weak(seen, notes[static_cast<int>(why)],
                                       std::memory_order_acq_rel))
        return false;
    } else {
      return false;
    }
  }
}

wait_end waiter::resume() noexcept {
  auto seen = state::claimed;
  if (state_.compare_exchange_strong(seen, state::waiting, std::memory_order_acq_rel))
    return wait_end::none;
  switch (seen) {
    case state::claimed_timeout:
      return wait_end::timeout;
    case state::claimed_error:
      return wait_end::error;
    default:
      return wait_end::gone;
  }
}

} // namespace thespis::keyspace
