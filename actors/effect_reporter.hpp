#pragma once

/// What a partition tells of the effects of requests: to the broker keyspace events, and keys of
/// which clients keep copies; to the journal, by its teller, how to do it again. Effects are
/// collected while requests run, and told before these are answered: a message that the same client
/// publishes then comes behind them.
///
/// Effects cost next to nothing while nobody listens; whether anybody does is asked at the
/// beginning of each batch.
///
/// Owned by its partition. In a meeting the partition that runs it listens to all shards, so that
/// what is told is in order.

#include "actors/core.hpp"
#include "actors/journal_teller.hpp"
#include "actors/stopover.hpp"
#include "keyspace/effects.hpp"
#include "keyspace/shard.hpp"
#include "keyspace/shard_map.hpp"
#include "pubsub/changed_keys.hpp"
#include "pubsub/keyspace_events.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace thespis::actors {

class effect_reporter final : keyspace::effect_sink {
public:
  /// All of these outlive it. `only_mine`: the map of that shard alone.
  effect_reporter(core& home, keyspace::shard& mine, const keyspace::shard_map& only_mine,
                  journal_teller& journal) noexcept
    : core_(home), mine_(mine), only_mine_(only_mine), at_hand_(&only_mine), journal_(journal) {
  }

  /// Requests of the client `origin` come now; 0: of none.
  void listen(std::uint64_t origin) noexcept;
  /// The same, in all of `shards`, which are lent to a meeting, until listen_to_mine().
  void listen_to(const keyspace::shard_map& shards, std::span<keyspace::shard* const> borrowed,
                 std::uint64_t origin) noexcept;
  void listen_to_mine() noexcept {
    at_hand_ = &only_mine_;
  }
  /// The partition's shard comes back from a meeting.
  void take_back() noexcept;

  /// Tells what has been collected, by a message, or at once if `at` is the broker. Keyspace events
  /// that there is no memory for are lost.
  void tell(caf::execution_unit* here, stopover* at = nullptr) noexcept;

  /// Whether a database has been emptied since the last call. Of a multicast that is told once,
  /// when all partitions have done it.
  bool take_flush() noexcept {
    return std::exchange(flushed_, false);
  }
  void tell_of_flush(caf::execution_unit* here);

private:
  void on_effect(const keyspace::effect& what) override;
  void on_replay(int database, protocol::arguments command) override {
    journal_.add(database, command);
  }
  void note_event(const keyspace::effect& what) noexcept;
  void note_changed_key(const keyspace::effect& what);

  core& core_;
  keyspace::shard& mine_;
  const keyspace::shard_map& only_mine_;
  /// Where the keys of effects are.
  const keyspace::shard_map* at_hand_;
  journal_teller& journal_;
  bool listens_ = false;
  /// The classes of keyspace events that somebody may be listening to.
  std::int64_t wanted_events_ = 0;
  /// Whether a client wants to hear of keys that it has not read.
  bool every_key_wanted_ = false;
  std::uint64_t origin_ = 0;
  bool flushed_ = false;
  std::shared_ptr<pubsub::keyspace_events> events_;
  std::shared_ptr<pubsub::changed_keys> changed_keys_;
};

} // namespace thespis::actors
