#pragma once

/// What the administrator does about snapshots: begins them when a client asks for one, when a save
/// point is reached and before an ordered end, and keeps account of how they went. The snapshots
/// themselves are the work of the partitions (snapshot_feeder) and of the snapshot_writer.

#include "actors/core.hpp"
#include "actors/snapshot.hpp"
#include "commands/server_hooks.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace thespis::actors {

class saver {
public:
  explicit saver(core& home) noexcept : core_(home) {
  }

  /// Begins a snapshot. Returns whether it has begun. REQUIRES: none is being taken.
  bool begin(caf::execution_unit* here) noexcept;
  /// It is over; `why`: it failed. Returns the requests that waited for it. Nothing, if that was
  /// known.
  std::vector<batch*> end(const snapshot& what, std::string_view why,
                          caf::execution_unit* here) noexcept;
  /// The request is answered when the snapshot that is being taken is over. Throws std::bad_alloc.
  void wait_for_end(batch& request) {
    waiting_.push_back(&request);
  }
  /// Whether a save point has been reached: if so it begins a snapshot.
  void look_at_save_points(caf::execution_unit* here) noexcept;

  /// The server is to end: at once, or (true) when all that clients were told is on the disk.
  bool end_server(const commands::shutdown_request& how, caf::execution_unit* here) noexcept;
  /// Returns whether an end was under way that could be taken back.
  bool stay() noexcept;

private:
  void finish_server(caf::execution_unit* here) noexcept;
  bool go_on_ending(bool saved, caf::execution_unit* here) noexcept;

  core& core_;
  std::shared_ptr<snapshot> now_;
  std::vector<batch*> waiting_;
  /// The server ends as soon as a snapshot shows all that there is.
  bool ends_when_saved_ = false;
  /// ... or if there is none.
  bool ends_anyway_ = false;
  /// It ends, and nothing is saved any more.
  bool is_over_ = false;
};

} // namespace thespis::actors
