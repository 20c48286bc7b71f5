#include "actors/journal_notice.hpp"

#include <utility>

namespace thespis::actors {

journal_notice::journal_notice(core& home, batch& work)
  : core_(home), epoch_(home.journal_gauges.epoch.load(std::memory_order_relaxed)) {
  work.recorded = epoch_ != no_journal && work.writes();
  if (work.recorded) [[unlikely]]
    prepare(work.touched, nullptr);
}

journal_notice::journal_notice(core& home, snapshot& picture, std::span<const partition_index> all)
  : core_(home), epoch_(picture.epoch), begins_(true) {
  prepare(all, picture.shared_from_this());
}

void journal_notice::prepare(std::span<const partition_index> by,
                             std::shared_ptr<const snapshot> mark) {
  what_ = std::make_shared<journal_expectation>();
  what_->by.assign(by.begin(), by.end());
  what_->mark = std::move(mark);
  message_ = wrap(multicast_expected{what_});
}

void journal_notice::note(multicast_number which, caf::execution_unit* here) noexcept {
  if (begins_)
    core_.journal_gauges.epoch.store(epoch_);
  if (!message_)
    return;
  what_->which = which;
  post_wrapped(core_.journal, here, std::move(message_));
}

} // namespace thespis::actors
