#pragma once

/// A request that waits for a key (keyspace/waiter.hpp), as the actors see it: a batch that stays
/// lent out until somebody has claimed the wait and answers it.
///
/// It begins in a meeting of the request's partitions, which puts it into the waiting lists of
/// their shards. Each of these partitions can serve it; where the request needs keys of several
/// (BLMOVE), the partition that claims it calls another meeting. Whoever ends the wait tells the
/// other partitions and the scheduler to forget it.
///
/// One per client, which shares it with the waiting lists.

#include "actors/batch.hpp"
#include "keyspace/shard_map.hpp"
#include "keyspace/waiter.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace thespis::actors {

struct core;
class rendezvous;

class blocked_request final : public keyspace::waiter,
                              public std::enable_shared_from_this<blocked_request> {
public:
  /// Both outlive every wait.
  blocked_request(core& home, batch& work) : core_(home), work_(work) {
  }

  // -- for the partition that runs the request ----------------------------------------------------

  /// The wait begins; the batch is not the caller's any more. Throws std::bad_alloc with nothing
  /// changed. REQUIRES: `shards` are those of all keys, met in `meeting`.
  void begin(const keyspace::wait_wish& wish, std::vector<partition_index> partitions,
             const keyspace::shard_map& shards, rendezvous& meeting, caf::execution_unit* here);

  // -- for the administrator, and the journal -----------------------------------------------------

  /// The wait for the disk begins: until all is there that has been told so far. Same ownership.
  /// Throws std::bad_alloc with nothing changed.
  void begin_for_disk(const keyspace::wait_wish& wish, caf::execution_unit* here);
  /// That wait is over, unless it was before: all is on the disk, or (`why` is not empty) it never
  /// will be.
  void end_for_disk(number wait, std::string_view why, caf::execution_unit* here);

  // REQUIRES, for all that follow: claimed by the caller.

  /// Whether the request can be run over these shards.
  bool can_run(const keyspace::shard_map& shards) const noexcept;
  /// Lets the partitions of all keys meet for it. Throws std::bad_alloc.
  void meet(caf::execution_unit* here);
  /// It has been run again and found nothing.
  void go_on_waiting(caf::execution_unit* here);
  /// It has been run again, and answered.
  void answered(const keyspace::shard_map& shards, caf::execution_unit* here);
  /// The keys have to be looked at again: others may have been held up.
  void note_keys(const keyspace::shard_map& shards) const noexcept;
  /// Whether a meeting runs it again, and not for the first time.
  bool is_served() const noexcept {
    return served_;
  }
  void set_served() noexcept {
    served_ = true;
  }
  batch& work() noexcept {
    return work_;
  }

private:
  void settle_words() noexcept;
  void end(keyspace::wait_note why) override;
  void reply(keyspace::wait_note why);
  void reply_about_disk(std::string_view error);
  void forget(const keyspace::shard_map* shards, caf::execution_unit* here) noexcept;

  core& core_;
  batch& work_;
  rendezvous* meeting_ = nullptr;
  keyspace::wait_wish wish_{};
  std::vector<partition_index> partitions_;
  number wait_ = 0;
  /// Of a wait for the disk: so many tellings must be there.
  std::uint64_t until_told_ = 0;
  bool served_ = false;
};

} // namespace thespis::actors
