#pragma once

/// What a connection has read in one go, sorted by partition: the unit of work between connections
/// and partitions. One message per touched partition carries a pointer to it; nothing is copied.
///
///     words    | SET | k1 | v | GET | k2 | MGET | k1 | k2 |     views into the read buffer
///     requests | #0 SET       | #1 GET   | #2 MGET (split)  |
///     parts[0] : #0 SET k1 v, #2 MGET k1                          replies: +OK *1 $1 v
///     parts[1] : #1 GET k2,   #2 MGET k2                          replies: $-1 *1 $-1
///
/// Ownership: the client (a connection, an embedded client) owns the batch and everything the views
/// point to, and leaves both alone from the sending of the first part until `batch_done` arrives.
/// Each partition touches its own part only; the last one to finish (`pending` reaches zero)
/// reports. The message with which it does so is made before the batch is sent: a report cannot
/// fail.
///
/// With one partition touched and nothing to merge, the partition writes its replies straight into
/// the client's output (`direct`).
///
/// A request that needs several partitions at once, and cannot be cut, makes the batch one meeting
/// (`joined`): all that it touches is lent to one thread, which runs the requests of all parts in
/// their order, and writes replies straight into the output as well.
///
///     requests  | #0 SET      | #1 RENAME   | #2 GET      | #3 EXEC      |
///     parts[0]  : #0 SET k1 v                             spanning: #1 RENAME k1 k2, #3 EXEC
///     parts[1]  : #2 GET k2                               transactions: {#3, queued 0 and 1}
///
/// A transaction from MULTI to EXEC can be one request of a batch: what it queues is gathered here,
/// not in the session, and is words of the batch like all others.

#include "actors/event_loop.hpp"
#include "actors/order_point.hpp"
#include "base/byte_buffer.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/arguments.hpp"
#include "protocol/command_spec.hpp"
#include "protocol/session.hpp"

#include <caf/actor.hpp>
#include <caf/mailbox_element.hpp>

#include <algorithm>
#include <atomic>
#include <coroutine>
#include <cstdint>
#include <forward_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::pubsub {

class subscriber;

} // namespace thespis::pubsub

namespace thespis::actors {

using partition_index = std::uint32_t;

/// Each once, in ascending order.
void keep_distinct(std::vector<partition_index>& some);

/// One request, or one partition's share of one.
struct work_item {
  const protocol::command_spec* spec;
  /// Where its words are: in the batch's or, for a share, in the part's own.
  std::uint32_t first_word;
  std::uint32_t word_count;
  /// Which request of the batch it answers.
  std::uint32_t request;
  bool own_words;
  /// Of the shares of one request the first, or the only one.
  bool leads;
  /// The hash of its first key, if the partition has looked ahead.
  std::uint64_t key_hash;
  /// Where its reply ends in the part's replies; set by the partition.
  std::size_t reply_end;
};

struct batch_part {
  std::vector<work_item> items;
  std::vector<std::string_view> own_words;
  base::byte_buffer replies;
  /// The first item that has not run yet, or that could not be answered (see batch::cut_short).
  std::size_t next_item = 0;

  void clear();
  /// Of the memory it keeps.
  std::size_t capacity_bytes() const noexcept;
};

struct batch_request {
  const protocol::command_spec* spec;
  /// The partition that answers it; `many` when several do.
  partition_index partition;
  /// merge::by_key: where its keys' partitions begin in `key_partitions`, and how many there are.
  std::uint32_t first_key = 0;
  std::uint32_t key_count = 0;
  /// The client's words, where the partitions got others.
  std::uint32_t first_word = 0;
  std::uint32_t word_count = 0;
  /// Whether the slow log has it; the partitions that answer it share this.
  std::uint32_t told_slow = 0;

  static constexpr partition_index many = ~partition_index{0};
};

/// A transaction that is in the batch, or at the end of `transactions` one that is being gathered.
struct batched_transaction {
  /// Of the row of MULTI.
  const protocol::command_spec* begun_by;
  /// Where its words begin, in the batch's.
  std::uint32_t first_word;
  /// Which request of the batch its EXEC is.
  std::uint32_t request;
  /// Its requests, in `queued`.
  std::uint32_t first_queued;
  std::uint32_t queued_count = 0;
  protocol::transaction::progress done{};
  /// When it runs, and where EXEC's reply begins.
  keyspace::instant time{};
  std::size_t reply_at = 0;
};

/// Replies what MULTI and each queued request are answered by. Throws std::bad_alloc with nothing
/// written.
void reply_queued(const batched_transaction& what, protocol::reply_writer& reply);

/// What few batches have.
struct batch_rarities {
  /// The items that make it a meeting, and the partitions that they need.
  batch_part spanning;
  std::vector<partition_index> spanned;
  /// Of a meeting the first request that has not run yet, or that could not be answered.
  std::uint32_t next_request = 0;
  std::vector<batched_transaction> transactions;
  /// The requests of all of these.
  std::vector<protocol::transaction::request> queued;

  /// Of the memory it keeps.
  std::size_t capacity_bytes() const noexcept;
};

class blocked_request;

class batch {
public:
  explicit batch(std::size_t partition_count);
  batch(const batch&) = delete;
  batch& operator=(const batch&) = delete;

  /// Back to empty, keeping memory that is worth keeping.
  void clear();
  /// The same, but for the transaction at the end of `transactions`: it is the only one then, and
  /// is still being gathered.
  void clear_before_gathered();

  bool empty() const noexcept {
    return request_count == 0;
  }

  /// Bytes of memory that it keeps for the requests to come.
  std::size_t capacity_bytes() const noexcept;
  /// Gives these back. REQUIRES: empty().
  void release() noexcept;

  protocol::arguments words_of(const work_item& item, const batch_part& part) const noexcept {
    const auto& from = item.own_words ? part.own_words : words;
    return {from.data() + item.first_word, item.word_count};
  }

  /// What the runner of an item must know if its words are not the client's, or not all.
  keyspace::command_context::request_share share_of(const work_item& item) noexcept {
    if (requests.empty() || requests[item.request].word_count == 0)
      return {};
    auto& request = requests[item.request];
    return {.whole = {words.data() + request.first_word, request.word_count},
            .leads = item.leads,
            .told = request.partition == batch_request::many ? &request.told_slow : nullptr};
  }

  /// Adds an item to a partition's part and marks the partition as touched. Throws std::bad_alloc;
  /// then drop_uncounted() is needed.
  void add_item(partition_index partition, const work_item& item) {
    auto& part = parts[partition];
    // There is room for all partitions from the start.
    if (part.items.empty())
      touched.push_back(partition);
    part.items.push_back(item);
  }

  /// Adds an item that needs all of `partitions` at once. Throws std::bad_alloc; then
  /// drop_uncounted() is needed. REQUIRES: fits(partitions).
  void add_spanning(const work_item& item, std::span<const partition_index> partitions);

  /// Whether the batch can be one meeting, of these and of the partitions that it needs already.
  bool fits(std::span<const partition_index> partitions) const noexcept;

  /// Takes back what was added for the request that is not counted yet.
  void drop_uncounted() noexcept;

  /// Makes what report() needs. Throws std::bad_alloc.
  void prepare_report();

  /// Whether the one touched partition may write straight to the client's output.
  bool direct() const noexcept {
    return touched.size() == 1 && !needs_merge;
  }

  /// Whether a request in it may change something.
  bool writes() const noexcept {
    const auto may_write = [](const batch_request& one) {
      return (one.spec->flags & protocol::write) != 0;
    };
    return std::any_of(requests.begin(), requests.end(), may_write);
  }

  /// Whether it goes to several partitions.
  bool is_multicast() const noexcept {
    return touched.size() > 1;
  }

  /// Whether its partitions have to meet for it.
  bool joined() const noexcept {
    return rare && !rare->spanning.items.empty();
  }
  /// REQUIRES: joined(). In ascending order. Throws std::bad_alloc.
  std::vector<partition_index> meeting_partitions() const;
  /// REQUIRES: joined(). The part in which the next request is, which `next_item` names there.
  batch_part& next_part() noexcept {
    const auto where = requests[rare->next_request].partition;
    return where == batch_request::many ? rare->spanning : parts[where];
  }

  /// Whether replies are in the parts, and not in the output.
  bool replies_in_parts() const noexcept {
    return !direct() && !joined();
  }

  /// Whether a batch that needs no merge was left early, to go on once its output has been taken.
  bool unfinished() const noexcept {
    return !empty() && !replies_in_parts() && requests_run() < request_count
           && !cut_short.load(std::memory_order_relaxed);
  }

  /// How many requests have been run and answered, if replies are not in parts; otherwise 0.
  std::uint32_t requests_run() const noexcept {
    if (joined())
      return rare->next_request;
    return direct() ? static_cast<std::uint32_t>(parts[touched[0]].next_item) : 0;
  }

  /// Throws std::bad_alloc.
  batch_rarities& make_rare() {
    if (!rare)
      rare = std::make_unique<batch_rarities>();
    return *rare;
  }

  /// The transaction whose EXEC is that request, or null.
  batched_transaction* transaction_of(std::uint32_t request) noexcept;
  protocol::sealed_transaction sealed(batched_transaction& what) noexcept {
    return {std::span{rare->queued}.subspan(what.first_queued, what.queued_count), words,
            what.done};
  }

  /// Decimal text that lives as long as the batch's content (a rewritten SCAN cursor).
  std::string_view keep_number(std::uint64_t number);

  /// Puts the replies of all parts into `output`, in the order of the requests. Returns false if a
  /// reply is missing there, for lack of memory here or in a partition; those behind it are missing
  /// as well. A reply to a read that is too large to be copied becomes an error.
  /// REQUIRES: all parts have finished, and replies_in_parts().
  bool merge_replies() noexcept;

  /// The same by the last partition, before it reports: where that has a thread of its own. The
  /// replies' memory is freed as well; merge_replies() then only says how it went.
  void merge_early() noexcept;

  std::vector<std::string_view> words;
  std::uint32_t request_count = 0;
  bool needs_merge = false;
  /// Its requests are for the broker, all of them, as one part.
  bool for_broker = false;
  /// With one partition replies come in order by themselves, and this stays empty.
  std::vector<batch_request> requests;
  std::vector<batch_part> parts;
  std::vector<partition_index> touched;
  std::vector<partition_index> key_partitions;
  /// Null before the first transaction, and the first request that needs several partitions at
  /// once.
  std::unique_ptr<batch_rarities> rare;
  protocol::session* client = nullptr;
  /// The client as one that gets messages; null if it cannot.
  pubsub::subscriber* subscriber = nullptr;
  /// What its one request becomes when it waits for a key.
  blocked_request* blocked = nullptr;
  base::byte_buffer* output = nullptr;
  /// Where in it the reply to a request outside of a batch begins.
  std::size_t reply_at = 0;
  /// The time of all its commands.
  keyspace::instant time;
  caf::actor owner;
  /// Where the owner is a coroutine on an event loop: what to resume there.
  event_loop* home = nullptr;
  std::coroutine_handle<> waiting;

  /// Tells the owner that the batch has run; its content is the owner's from then on. On the
  /// owner's own loop this is no message but a place in the loop's list. `here`: the caller's
  /// execution unit. REQUIRES: prepare_report() since the last one.
  void report(caf::execution_unit* here);

  /// Of a multicast: each partition tells the journal of its share, even if it is nothing.
  bool recorded = false;
  /// Parts that have not finished.
  std::atomic<std::uint32_t> pending{0};
  /// Multicast: whether all parts are in their mailboxes.
  std::atomic<multicast_number> armed{0};
  /// A partition had no memory for the reply to the item at its part's `next_item` (in a meeting:
  /// to the request at `next_request`), and has run none from there on.
  std::atomic<bool> cut_short{false};
  /// A partition has emptied a database, and clients with copies of its keys have not been told.
  std::atomic<bool> flushed{false};

private:
  struct merging;

  void clear_requests();
  bool may_join() const noexcept;
  bool merge_all() noexcept;
  bool merge_request(std::uint32_t number, merging& state);

  /// How merge_early() went.
  std::optional<bool> merged_;

  caf::mailbox_element_ptr report_;
  /// Stable addresses: items hold views of these.
  std::forward_list<std::string> kept_numbers_;
};

} // namespace thespis::actors
