#pragma once

/// The messages between the server's actors. They carry pointers to what the sender owns and leaves
/// alone until it is answered (see batch.hpp), so none of them can leave the process.

#include "actors/batch.hpp"
#include "actors/happens_before.hpp"
#include "actors/host_addresses.hpp"
#include "actors/listening_sockets.hpp"
#include "actors/order_point.hpp"
#include "actors/snapshot.hpp"
#include "commands/client_record.hpp"
#include "commands/slow_request.hpp"
#include "keyspace/discarded.hpp"
#include "keyspace/waiter.hpp"
#include "persistence/entry_block.hpp"
#include "protocol/watch.hpp"
#include "pubsub/changed_keys.hpp"
#include "pubsub/delivery.hpp"
#include "pubsub/keyspace_events.hpp"
#include "pubsub/routing_table.hpp"
#include "pubsub/subscriber_table.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/mailbox_element.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace thespis::actors {

class rendezvous;
struct dataset_loading;

/// What a partition is asked to do. One type for all of it, so that a parked partition can keep it.
struct partition_task {
  enum class kind : std::uint8_t {
    /// Run this partition's part of `work`.
    run,
    /// Park for `meeting`; the last to arrive runs it.
    borrow,
    /// The rendezvous is over.
    release,
    /// From the scheduler: it is when you wanted to be woken.
    expire,
    /// Another partition has passed the point that it was asked to (see pass).
    passed,
    /// A snapshot is to show the shard as it is now.
    cut,
  };
  kind what = kind::run;
  batch* work = nullptr;
  rendezvous* meeting = nullptr;
  snapshot* picture = nullptr;
};

/// To a partition, from the partition `whose`: answer by `passed` when you have run all that is
/// before `where`. (It stands behind whatever that might be.)
struct pass {
  order_point where;
  partition_index whose;
};

class partition;

/// To a worker, the broker, the administrator or a fan-out, from a partition that has parked: go on
/// with one of these.
struct go_on_elsewhere {
  partition* whose;
  batch* work = nullptr;
  rendezvous* meeting = nullptr;
};

/// To the snapshot_writer, from a partition: these bytes belong into the file.
struct snapshot_piece {
  std::shared_ptr<snapshot> of;
  std::shared_ptr<const std::string> bytes;
  /// The partition has no more.
  bool last;
  /// There was no memory for all of it.
  bool is_void;
};

/// To the administrator, from there: the file is whole, or (`why`) there is none.
struct snapshot_done {
  std::shared_ptr<snapshot> of;
  std::string why;
};

/// To a partition: these entries of a file belong to its shard.
struct load_entries {
  std::shared_ptr<const persistence::entry_block> block;
  std::shared_ptr<dataset_loading> of;
};

/// To the administrator: so many keys have been loaded, so many had expired.
struct dataset_loaded {
  std::uint64_t keys;
  std::uint64_t expired;
};

/// To the administrator: end the server as SHUTDOWN would that says nothing of saving.
struct end_wanted {};

/// To the reclaimer, from a partition: free this.
struct reclaim {
  std::shared_ptr<keyspace::discarded> garbage;
};

/// To a client: the batch it sent has been run.
struct batch_done {};

/// To the administrator: run the one request of this batch.
struct administer {
  batch* work;
};

/// To the broker: run the requests of this batch.
struct publish {
  batch* work;
};

/// To the broker, from a partition: this happened to keys. Either may be null.
struct keys_changed {
  std::shared_ptr<const pubsub::keyspace_events> events;
  std::shared_ptr<const pubsub::changed_keys> copies;
};

/// To the broker, from a client: a request that those who monitor see.
struct monitored {
  std::string line;
};

/// To the administrator, from a client: another client hears of these in its place; and from there
/// to that client. `run`: of the delivery.
struct redirected_keys {
  std::uint64_t from;
  std::uint64_t to;
  std::shared_ptr<const pubsub::delivery> messages;
  pubsub::delivery::run run;
};

/// To a client: the one that was to hear of changed keys in its place has gone.
struct redirect_broken {};

/// To a fan-out: run the one request of this batch, which changes what its client subscribes to.
struct change_subscriptions {
  batch* work;
};

/// To the broker, from a fan-out: clients of its group began or ceased to subscribe. The batch, if
/// there is one, has run but for that.
struct subscriptions_changed {
  pubsub::group_index group;
  std::shared_ptr<pubsub::subscription_changes> changes;
  batch* work;
};

/// To a fan-out, from the broker: give these to their subscribers.
struct deliver {
  std::shared_ptr<const pubsub::delivery> messages;
  /// How many changes of its subscriptions the broker knew.
  std::uint64_t known;
};

/// To the fan-out of clients on no loop: this one subscribes to nothing any more. Whoever sends it
/// keeps its hands off the subscriber until it is answered. `owner`: who gets topics_left; may be
/// null.
struct leave_topics {
  std::shared_ptr<pubsub::subscriber> who;
  caf::actor owner;
};

/// To an embedded client, from there: it is done, and the broker has been told.
struct topics_left {};

/// To an embedded client, from its subscriber: messages for its receiver.
struct forward {
  std::shared_ptr<const pubsub::delivery> from;
  pubsub::delivery::run which;
};

/// To a name_finder: find these.
struct find_names {
  std::shared_ptr<host_addresses> names;
};

/// To the administrator, from there: now run the request of this batch, which needed them.
struct names_found {
  batch* work;
  std::shared_ptr<const host_addresses> names;
};

/// To the administrator: a client came or went.
struct client_came {
  commands::client_record_ptr record;
  caf::actor address;
};
struct client_went {
  std::uint64_t id;
};

/// To the administrator: requests that took longer than the thresholds.
struct slow_requests {
  std::vector<commands::slow_request> requests;
};

/// To the scheduler: all core actors have addresses; begin.
struct begin_ticking {};

/// To the administrator, ten times a second: sample rates, end a pause that is over.
struct sample_now {};

/// To a client: finish what runs, then close.
struct close_connection {};

/// To a listener, from there to its connections: a pause of clients began, changed or ended; who
/// waits looks again.
struct pause_changed {};

/// To the administrator, from there to each listener: take your loop's listening sockets and accept
/// clients on them.
struct open_sockets {
  std::shared_ptr<listening_sockets> sockets;
};

/// To each listener: listen at these places no more.
struct close_sockets {
  std::shared_ptr<const std::vector<tcp_place>> places;
};

/// To the administrator, from each listener: that is done.
struct sockets_closed {
  std::shared_ptr<const std::vector<tcp_place>> places;
};

/// To a listener: serve a socket that was accepted elsewhere. Closed if nobody takes it.
struct adopt_socket {
  std::shared_ptr<owned_fd> socket;
};

/// To the supervisor: an embedded client wants to be served, and is waited for at the end.
struct client_opened {
  caf::actor address;
};

/// To an embedded client: the supervisor knows it, so partitions will not end before it has.
struct client_admitted {};

/// To the supervisor, from a listener: its last connection is gone.
struct drained {};

/// To the supervisor: end the server.
struct shut_down {};

/// To the supervisor: nobody comes any more.
struct farewell {};

/// To a client: the request in flight waits for a key.
struct request_waits {
  keyspace::waiter::number wait;
};

/// To a partition: a wait for keys of its shard is over, or these have to be looked at again.
struct wait_changed {
  keyspace::waiter_ptr who;
  keyspace::waiter::number wait;
  bool over;
};

/// To a partition, from a client: its keys among these are not watched any more.
struct watch_over {
  std::shared_ptr<const protocol::watch> what;
};

/// To the scheduler: that wait ends at this time (Unix ms); 0: it is over.
struct end_wait_at {
  keyspace::waiter_ptr who;
  keyspace::waiter::number wait;
  std::int64_t at_ms;
};

/// To the journal, from the administrator: that wait ends when so many tellings are on the disk. Do
/// not let them wait for the time when they would get there anyway.
struct disk_awaited {
  std::shared_ptr<blocked_request> who;
  keyspace::waiter::number wait;
  std::uint64_t until;
  /// The wait is for more than that: it does not end then.
  bool goes_on;
};

/// To the scheduler, from a partition: tick me at this time (Unix ms).
struct wake_partition_at {
  partition_index partition;
  std::int64_t at_ms;
};

template <class Message>
caf::mailbox_element_ptr wrap(Message message) {
  const unwatched envelope;
  return caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::move(message));
}

/// Puts a message that has been wrapped before into an actor's mailbox: for answers that may not
/// fail. `here`: the event loop of the caller, on which a floating receiver that was idle is going
/// to run; null elsewhere.
inline void post_wrapped(const caf::actor& receiver, caf::execution_unit* here,
                         caf::mailbox_element_ptr message) {
  if (!receiver)
    return;
  auto* target = caf::actor_cast<caf::abstract_actor*>(receiver);
  published(target);
  target->enqueue(std::move(message), here);
}

/// Wraps a message and puts it into an actor's mailbox. Cost: one allocation; if it fails, nothing
/// has been sent.
template <class Message>
void post(const caf::actor& receiver, caf::execution_unit* here, Message message) {
  post_wrapped(receiver, here, wrap(std::move(message)));
}

} // namespace thespis::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::partition_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::pass)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::go_on_elsewhere)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::snapshot_piece)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::snapshot_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::load_entries)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::dataset_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::end_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::reclaim)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::batch_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::administer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::publish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::keys_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::monitored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::redirected_keys)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::redirect_broken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::change_subscriptions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::subscriptions_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::deliver)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::leave_topics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::topics_left)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::forward)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::find_names)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::names_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::client_came)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::client_went)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::slow_requests)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::begin_ticking)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::sample_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::close_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::pause_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::open_sockets)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::close_sockets)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::sockets_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::adopt_socket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::client_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::client_admitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::drained)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::shut_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::farewell)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::wake_partition_at)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::request_waits)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::watch_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::wait_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::end_wait_at)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::disk_awaited)
