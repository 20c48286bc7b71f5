#include "pubsub/subscription_changes.hpp"

namespace thespis::pubsub {

bool subscription_changes::cancel(const subscription_change& with) noexcept {
  subscription_changes kept;
  auto found = false;
  while (auto one = take_first())
    if (!found && one->kind == with.kind && one->group == with.group && *one->name == *with.name)
      found = true;
    else
      kept.add(std::move(one));
  first_ = std::move(kept.first_);
  last_ = std::exchange(kept.last_, nullptr);
  return found;
}

} // namespace thespis::pubsub
