#pragma once

/// Sorts requests into a batch: which partition, or partitions, each of them goes to.
///
/// With one partition everything that touches keys is an ordinary item. With several, the key
/// positions of the command's row decide: a request whose keys are all in one partition is an
/// ordinary item as well; what spans partitions is cut into shares (`split`, `everywhere`) or makes
/// the batch a meeting of them (`borrow`, a transaction). Where that would be a meeting of many, or
/// of all (`borrow_all`), the client holds it outside the batch, after running what is in it.

#include "actors/batch.hpp"
#include "commands/script_hints.hpp"
#include "protocol/command_spec.hpp"
#include "protocol/key_finder.hpp"

#include <vector>

namespace thespis::actors {

enum class placement : std::uint8_t {
  /// It is in the batch.
  batched,
  /// Not in the batch: the connection runs it itself.
  session,
  /// Not in the batch: the administrator runs it.
  administrator,
  /// Not in the batch: the fan-out of the client's loop runs it.
  fan_out,
  /// Not in the batch: a rendezvous of `meeting_partitions()` runs it. If there are requests in the
  /// batch, it may be `batched` when it comes again without them.
  meeting,
};

class batch_builder {
public:
  /// `hints` outlives it.
  batch_builder(std::size_t partition_count, const commands::script_hints& hints) noexcept
    : partition_count_(static_cast<partition_index>(partition_count)), hints_(&hints) {
  }

  /// Places the request whose words are the last `word_count` of `work.words`. The words stay there
  /// whatever the answer is. Throws std::bad_alloc; then batch::drop_uncounted() cleans up.
  /// Cost: O(1), or O(keys) with several partitions.
  placement place(batch& work, const protocol::command_spec& spec, std::uint32_t word_count);

  /// Whether a request between MULTI and EXEC can be gathered in a batch: it is the keyspace's,
  /// names its keys, and ends where it is.
  static bool may_gather(const protocol::command_spec& spec, protocol::arguments request) noexcept;

  /// Places the transaction that the batch has gathered, whose EXEC is the last word. Returns false
  /// if that cannot be in this batch. Throws and costs what place() does.
  bool place_gathered(batch& work, const protocol::command_spec& exec);

  /// Who must meet for the last request that was placed as `meeting`, in ascending order.
  const std::vector<partition_index>& meeting_partitions() const noexcept {
    return meeting_;
  }

  /// Bytes of memory that it keeps for the requests to come.
  std::size_t capacity_bytes() const noexcept {
    return keys_.capacity() * sizeof keys_[0]
           + (key_partitions_.capacity() + meeting_.capacity()) * sizeof(partition_index);
  }
  /// Gives these back.
  void release() noexcept {
    decltype(keys_){}.swap(keys_);
    decltype(key_partitions_){}.swap(key_partitions_);
    decltype(meeting_){}.swap(meeting_);
  }

private:
  placement place_transaction(batch& work);
  void add_needs(protocol::transaction::request& one, protocol::arguments words);
  void add_watched(const protocol::session& client);
  placement place_in_joined(batch& work, const protocol::command_spec& spec, work_item item);
  placement place_spanning(batch& work, work_item item);
  placement place_among_many(batch& work, const protocol::command_spec& spec, work_item item);
  void place_whole(batch& work, work_item item, partition_index where);
  void place_shares(batch& work, work_item item);
  void place_everywhere(batch& work, work_item item);
  void place_by_cursor(batch& work, work_item item);
  void find_partitions(protocol::arguments request, const protocol::command_spec& spec);
  bool all_in_one_partition() const noexcept;
  bool needs_all(const protocol::command_spec& spec, protocol::arguments request) const noexcept;
  void meet_all();
  void meet_for_keys(const protocol::command_spec& spec, protocol::arguments request);
  void meet(const std::vector<partition_index>& all);

  partition_index partition_count_;
  const commands::script_hints* hints_;
  protocol::found_keys keys_;
  /// The partition of each key in keys_.
  std::vector<partition_index> key_partitions_;
  std::vector<partition_index> meeting_;
};

} // namespace thespis::actors
