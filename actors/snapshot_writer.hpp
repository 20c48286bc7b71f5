#pragma once

/// Writes the file of a snapshot from the pieces that partitions send. It is detached, that is, it
/// has a thread of its own: disks are slow, and fsync slower. One snapshot at a time.

#include "actors/core.hpp"
#include "actors/messages.hpp"
#include "actors/output_file.hpp"
#include "actors/store_actor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::actors {

class snapshot_writer final : public store_actor {
public:
  /// `home` outlives it.
  snapshot_writer(caf::actor_config& config, core& home);
  ~snapshot_writer() override;

  caf::behavior make_behavior() override;

private:
  void receive(const snapshot_piece& piece);
  void begin(const snapshot& what);
  void write_early_pieces();
  void write(std::string_view bytes);
  void fail(std::string why);
  void end(const snapshot_piece& last);
  void finish();

  core& core_;
  std::optional<output_file> file_;
  bool sums_ = true;
  std::uint64_t checksum_ = 0;
  std::uint64_t not_flushed_ = 0;
  /// They came before all partitions had cut.
  std::vector<snapshot_piece> early_;
  std::size_t partitions_done_ = 0;
  std::string fault_;
};

} // namespace thespis::actors
