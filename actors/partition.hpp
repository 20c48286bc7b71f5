#pragma once

/// The actor that owns one slice of the keyspace. It floats: it runs on the thread of whoever sent
/// it the message that woke it, and its mailbox is the lock.
///
/// States: serving, or parked: in a rendezvous, while a request goes on elsewhere, or until other
/// partitions have come as far in the order of multicasts (place_in_order.hpp). While parked its
/// shard belongs to the meeting or to whoever has the request, and tasks that arrive wait in
/// `postponed_`, in order.

#include "actors/core.hpp"
#include "actors/effect_reporter.hpp"
#include "actors/journal_teller.hpp"
#include "actors/messages.hpp"
#include "actors/place_in_order.hpp"
#include "actors/rendezvous.hpp"
#include "actors/serve_waiters.hpp"
#include "actors/snapshot_feeder.hpp"
#include "actors/stopover.hpp"
#include "actors/store_actor.hpp"
#include "commands/inner_requests.hpp"
#include "commands/statistics.hpp"
#include "keyspace/command_context.hpp"
#include "keyspace/shard.hpp"

#include <deque>
#include <optional>
#include <span>

namespace thespis::actors {

class partition final : public store_actor, commands::effect_teller {
public:
  /// `home`: this partition's place in `core`, which outlives the actor.
  partition(caf::actor_config& config, core& home, partition_index index);
  ~partition() override;

  caf::behavior make_behavior() override;

  /// Called by the actor that the request has come to, while this is parked.
  void go_on(const go_on_elsewhere& task, stopover& at);

private:
  /// A batch whose replies go straight to the output is left and flushed when that grows beyond
  /// this, or cannot grow.
  static constexpr std::size_t output_bytes_per_run = 1 << 20;

  /// One whose body has been run, and whose partitions are still parked.
  struct open_meeting {
    keyspace::shard_map shards;
    std::vector<keyspace::shard*> borrowed;
    std::vector<partition_index> partitions;
    message_chain releases;
    /// Whose request it was, and which multicast.
    std::uint64_t origin;
    multicast_number number;
  };

  void handle(const partition_task& task);
  void serve(const partition_task& task);
  bool come_back();
  void answer_questions();
  void look_at(const wait_changed& news);
  void forget(const protocol::watch& what) noexcept;
  void tell(caf::execution_unit* here);
  bool serve_waiters(const shards_at_hand& shards, order_point where, const stopover& at);
  bool serve_waiters_of(const batch_part& part, const stopover& at);
  bool serve_my_waiters(const stopover& at);
  bool run_part(batch& work, stopover& at);
  std::optional<keyspace::place> run_items(batch& work, stopover& at);
  std::size_t look_ahead(const batch& work, batch_part& part);
  void join(rendezvous& meeting);
  bool run_meeting(rendezvous& meeting, stopover& at);
  bool close_meeting(open_meeting&& meeting, const stopover& at);
  void run_body(batch& work, keyspace::command_context& ctx,
                std::span<keyspace::shard* const> borrowed, stopover& at);
  void run_lone(batch& work, keyspace::command_context& ctx,
                std::span<keyspace::shard* const> borrowed);
  void run_joined(batch& work, keyspace::command_context& ctx,
                  std::span<keyspace::shard* const> borrowed);
  void run_next(batch& work, const work_item& item, keyspace::command_context& ctx,
                std::span<keyspace::shard* const> borrowed);
  void run_transaction(batch& work, const work_item& item, keyspace::command_context& ctx,
                       std::span<keyspace::shard* const> shards);
  void tell_effects() noexcept override;
  void tell_monitors(caf::execution_unit* here) noexcept;
  commands::script_stage* first_stage(const keyspace::shard_map& shards) const noexcept;
  void leave_for(keyspace::place there, const go_on_elsewhere& task, const batch& work,
                 stopover& from);
  const caf::actor& address_of(keyspace::place there, const batch& work) const;
  void settle(batch& work, keyspace::command_context& ctx,
              const std::vector<partition_index>& partitions, rendezvous& meeting,
              caf::execution_unit* here);
  void give_garbage_away() noexcept;
  void wake_up();
  void shrink_tracked();
  void cut(snapshot& picture);
  void feed_snapshot();
  void load(const load_entries& task);
  void rest_until(std::int64_t time_ms) noexcept;
  void announce(std::int64_t due_ms) noexcept;
  void wake_at(std::int64_t time_ms) noexcept;

  core& core_;
  partition_index index_;
  keyspace::shard& shard_;
  keyspace::shard_map only_this_;
  commands::command_statistics& statistics_;
  journal_teller journal_;
  effect_reporter reporter_;
  place_in_order order_;
  snapshot_feeder feeder_;
  std::deque<partition_task> postponed_;
  std::vector<wait_changed> postponed_news_;
  std::vector<watch_over> postponed_ends_;
  bool parked_ = false;
  /// What was begun, when others were found to be behind.
  batch* open_work_ = nullptr;
  std::optional<open_meeting> open_meeting_;
  /// Where the request is that runs.
  stopover* at_ = nullptr;
  /// Where scripts of the request run.
  commands::script_stage* stage_ = &core_.script_stages[index_];
  /// What whoever has the request says when it is done.
  caf::mailbox_element_ptr way_back_;
  std::int64_t announced_due_ms_ = INT64_MAX;
  /// Expiry goes on then, not before.
  std::int64_t resting_until_ms_ = INT64_MIN;
  std::uint64_t changes_seen_ = 0;
};

} // namespace thespis::actors
