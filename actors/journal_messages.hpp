#pragma once

/// What the actors around the journal say to each other. See journal.hpp.

#include "actors/messages.hpp"
#include "actors/owned_fd.hpp"
#include "base/option_choices.hpp"
#include "persistence/journal_group.hpp"
#include "persistence/journal_manifest.hpp"
#include "persistence/journal_share.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace thespis::actors {

class journal_files;

/// A multicast of which several partitions are going to tell.
struct journal_expectation {
  multicast_number which = 0;
  std::vector<partition_index> by;
  /// It begins another file: the base of that is what this snapshot writes.
  std::shared_ptr<const snapshot> mark;
};

/// To the journal, behind the last of the partitions' messages.
struct multicast_expected {
  std::shared_ptr<const journal_expectation> what;
};

/// To the journal, from a partition: this was done.
struct effects_told {
  partition_index by;
  /// 0: by the partition alone.
  multicast_number multicast;
  /// A share of what several do for the multicast; otherwise all of it.
  bool is_share;
  /// Of a share: the partition has no more.
  bool is_last;
  /// There was no memory for all of it.
  bool is_incomplete;
  persistence::journal_share what;
  /// To be reported when it is on the disk; null: nothing, or by reply_held.
  batch* work;
  /// Of a meeting: whose it was.
  std::vector<partition_index> met;
};

/// To the journal: report this batch when all that has been told so far is on the disk.
struct reply_held {
  batch* work;
};

/// To the journal, from the administrator: how to write from now on.
struct journal_settings {
  base::fsync_policy policy;
  persistence::journal_style style;
};

/// To the journal, before the first client is served: what is told from now on continues the files
/// that the journal_writer has been given. REQUIRES: all that they say is in the partitions.
struct journal_continues {
  persistence::log_number next;
};

/// To the journal, from itself, when an event loop has nothing to do for the moment: write.
struct write_now {};

/// To the journal, ten times a second while there is one.
struct journal_tick {};

/// To the journal, from the administrator: there is none any more.
struct journal_over {};

/// To the journal, from the supervisor: nothing is told any more; say journal_finished when all is
/// on the disk.
struct finish_journal {};
struct journal_finished {};

/// To the administrator, from the journal: only a new base can say again what there is.
struct base_wanted {};

/// To the administrator, from the store: begin a journal; all that there is has been loaded.
struct journal_wanted {};
/// ... or: it has been replayed. What its requests have left in the statistics is nobody's.
struct journal_replayed {};

/// To the journal_writer: work on these files.
struct adopt_files {
  std::shared_ptr<journal_files> files;
};

/// To the journal_writer.
struct write_journal {
  std::shared_ptr<const persistence::journal_group> group;
  bool frames;
  /// It is to be on the disk when that is answered.
  bool synchronise;
  /// It begins a file of its own: the base of that is going to be what this snapshot writes.
  std::shared_ptr<const snapshot> mark;
  /// All that there is before that is in the files.
  bool follows;
};

/// To the journal, from its writer: that is done.
struct journal_written {
  enum class outcome : std::uint8_t {
    done,
    /// Nothing of it is in the file; it is to be sent again.
    failed,
    /// The same, and nobody knows what of the file is on the disk.
    lost,
  };
  outcome how;
  /// errno, and what it was about.
  int error;
  std::string why;
  /// Where it is written.
  std::shared_ptr<owned_fd> file;
  /// It is on the disk.
  bool synchronised;
};

/// To the journal_syncer: put all that was written to this file on the disk. Answered by
/// journal_synced.
struct synchronise_journal {
  std::shared_ptr<owned_fd> file;
};

/// To the journal. `error`: errno; nobody knows what is on the disk.
struct journal_synced {
  int error;
};

/// To the journal, and from there to its writer: the snapshot is the base of the last increment.
struct base_written {
  std::shared_ptr<const snapshot> of;
};

/// To the journal, from its writer, and from there to the administrator: the manifest says so.
struct base_adopted {
  std::shared_ptr<const snapshot> of;
  std::string why;
};

} // namespace thespis::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::multicast_expected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::effects_told)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::reply_held)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::journal_settings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::journal_continues)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::write_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::journal_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::journal_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::finish_journal)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::journal_finished)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::base_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::journal_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::journal_replayed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::adopt_files)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::write_journal)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::journal_written)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::synchronise_journal)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::journal_synced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::base_written)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::base_adopted)
