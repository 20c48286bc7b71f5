#pragma once

/// Appends to the journal's files what the journal has put into order. It is detached, that is, it
/// has a thread of its own: disks are slow. The journal sends it one group at a time.
///
/// The journal_syncer has another one, so that what is told while the disk is busy still reaches
/// the kernel: then only the end of the machine can lose it, not that of the process.

#include "actors/core.hpp"
#include "actors/journal_files.hpp"
#include "actors/journal_messages.hpp"
#include "actors/store_actor.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace thespis::actors {

class journal_writer final : public store_actor {
public:
  /// `home` outlives it.
  journal_writer(caf::actor_config& config, core& home);
  ~journal_writer() override;

  caf::behavior make_behavior() override;

private:
  journal_written write(const write_journal& order);
  journal_written failed(std::string_view why) const;
  void adopt(const base_written& news);

  core& core_;
  std::shared_ptr<journal_files> files_;
  /// The last increment is this one's.
  std::shared_ptr<const snapshot> begun_;
};

class journal_syncer final : public store_actor {
public:
  /// `home` outlives it.
  journal_syncer(caf::actor_config& config, core& home);
  ~journal_syncer() override;

  caf::behavior make_behavior() override;

private:
  core& core_;
};

} // namespace thespis::actors
