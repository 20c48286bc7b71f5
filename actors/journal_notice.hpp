#pragma once

/// Lets the journal know of a multicast of which several partitions are going to tell it, and of
/// the cut with which a file of it begins: by a message that is made before the lock is taken.

#include "actors/core.hpp"
#include "actors/journal_messages.hpp"
#include "actors/snapshot.hpp"

#include <memory>
#include <span>

namespace thespis::actors {

class journal_notice final : public multicast_witness {
public:
  /// If there is a journal, and the batch changes something. Throws std::bad_alloc.
  journal_notice(core& home, batch& work);
  /// Of a cut for a base, which begins the journal `picture.epoch` if there is another one now.
  journal_notice(core& home, snapshot& picture, std::span<const partition_index> all);

  bool is_ready() const noexcept override {
    return begins_ || core_.journal_gauges.epoch.load(std::memory_order_relaxed) == epoch_;
  }
  void note(multicast_number which, caf::execution_unit* here) noexcept override;

private:
  void prepare(std::span<const partition_index> by, std::shared_ptr<const snapshot> mark);

  core& core_;
  journal_epoch epoch_;
  bool begins_ = false;
  std::shared_ptr<journal_expectation> what_;
  caf::mailbox_element_ptr message_;
};

} // namespace thespis::actors
