#pragma once

/// What the administrator does about the journal: turns it on and off, has it written anew when it
/// has grown, when a client asks for that and when only that can say again what there is, and keeps
/// account of how it went. Order and disk are the business of the journal and its writer.

#include "actors/core.hpp"
#include "actors/journal_messages.hpp"
#include "actors/snapshot.hpp"
#include "base/result.hpp"
#include "commands/journal_status.hpp"

#include <memory>
#include <string_view>

namespace thespis::actors {

class journal_keeper {
public:
  explicit journal_keeper(core& home) noexcept : core_(home) {
  }

  /// What settings say counts from now on, whenever it changes. Before the first actor runs.
  void follow_settings();
  /// ... and as it is now.
  void tell_settings();

  /// Begins to write a new base. Returns whether it has begun. REQUIRES: no snapshot is being
  /// taken.
  bool rewrite(caf::execution_unit* here) noexcept;
  /// As soon as it can be done; where it fails, again.
  void want_base() noexcept {
    core_.server.journaling.scheduled = true;
  }
  /// Whether the snapshot is one of these.
  bool owns(const snapshot& one) const noexcept {
    return now_.get() == &one;
  }
  /// It has been taken, or (`why`) not.
  void note_end_of_snapshot(std::string_view why, caf::execution_unit* here) noexcept;
  void note_adopted(const base_adopted& news) noexcept;
  /// Ten times a second.
  void tick(caf::execution_unit* here) noexcept;

  commands::journal_figures figures() const noexcept;

  /// Begins a journal. The fault is for the client who wants it.
  base::result<void> turn_on(caf::execution_unit* here);

private:
  void turn_off(caf::execution_unit* here);
  void finish(std::string_view why) noexcept;
  bool has_grown() const noexcept;

  core& core_;
  std::shared_ptr<snapshot> now_;
  /// Of journals that were begun.
  journal_epoch epochs_ = first_journal;
};

} // namespace thespis::actors
