#pragma once

/// What a command sees while it runs: the keys (of whichever partition they are in), the reply, the
/// client's session, a clock that stands still, random bits, and the place to say what it changed.
/// Commands know nothing of partitions, threads or sockets.

#include "keyspace/instant.hpp"
#include "keyspace/shard_map.hpp"
#include "keyspace/waiter.hpp"
#include "protocol/arguments.hpp"
#include "protocol/command_spec.hpp"
#include "protocol/reply_writer.hpp"
#include "protocol/session.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

struct script_stage;
struct server_state;

} // namespace thespis::commands

namespace thespis::pubsub {

class exchange;
class subscriber;
class subscriber_table;

} // namespace thespis::pubsub

namespace thespis::keyspace {

/// Where a request can go on that cannot be run where it is.
enum class place : std::uint8_t {
  /// A thread where it holds up nobody but those who want the same partitions.
  worker,
  /// The actors of these names: what is asked for is theirs.
  broker,
  administrator,
  fan_out,
};

class command_context;

/// Runs requests inside of a request (EXEC).
class request_runner {
public:
  /// One of the requests that a client has queued: its reply follows what the outer request has
  /// replied. Where it moves (command_context::moves), it has not been run.
  virtual void run(command_context& outer, const protocol::transaction::request& what,
                   protocol::arguments words)
    = 0;
  /// The time of the next one begins: not all that has passed since the last one is its own.
  virtual void start_clock() noexcept = 0;
  /// A request was turned away before it ran. `spec`: null if there is no such command.
  virtual void note_rejection(const protocol::command_spec* spec, std::string_view error_code) = 0;

protected:
  ~request_runner() = default;
};

class command_context {
public:
  command_context(protocol::reply_writer& out, protocol::session& who, const shard_map& keys,
                  instant time)
    : reply(out), client(who), shards(keys), now(time) {
  }

  protocol::reply_writer& reply;
  protocol::session& client;
  /// The partitions that this request may touch: one, or those that were borrowed for it.
  const shard_map& shards;
  instant now;
  // -- lent by actors: null unless it is the command's way, or the way of one inside of it --------
  /// By the administrator.
  commands::server_state* server = nullptr;
  /// By the broker.
  pubsub::exchange* exchange = nullptr;
  /// By the fan-out of the client's event loop.
  pubsub::subscriber_table* subscriptions = nullptr;
  /// The client, if it takes messages: at its fan-out, which may use it, and at the administrator.
  pubsub::subscriber* subscriber = nullptr;
  const protocol::command_spec* spec = nullptr;
  /// Who runs requests inside of it; where a transaction or a script runs.
  request_runner* inner = nullptr;
  /// Where scripts run: a partition's.
  commands::script_stage* scripts = nullptr;
  /// What EXEC runs; null: what the client's session has queued.
  const protocol::sealed_transaction* transaction = nullptr;
  /// How many of the errors that were replied are those of inner requests, and counted as such.
  std::uint64_t inner_errors = 0;
  /// Set where the reply of an inner request got lost for lack of memory.
  bool lost_reply = false;

  /// Set where a request runs in several shares, each with words of its own.
  struct request_share {
    /// The client's words; empty: those that the handler got.
    protocol::arguments whole{};
    /// Whether this share stands for the request in the statistics.
    bool leads = true;
    /// Whether a share of the request has been told to be slow, for all of them (atomically).
    std::uint32_t* told = nullptr;
  };
  request_share share;

  /// Whether a request that finds nothing may wait (not in transactions and scripts).
  bool may_wait = false;
  /// Set by the handler: the request waits for this, and has no reply yet.
  std::optional<wait_wish> wish;

  /// For a handler that has found nothing: the request waits, or is answered as if its time were
  /// over.
  void wait_for(const wait_wish& what) {
    if (may_wait)
      wish = what;
    else if (what.null_array)
      reply.null_array();
    else
      reply.null();
  }

  /// Whether a request that takes long may go on in another thread.
  bool may_move = false;
  /// Set by the handler: it goes on elsewhere, and has no reply yet, or not all of it.
  bool moves = false;
  place moves_to = place::worker;
  /// It has moved: the handler looks the same keys up once more.
  bool has_moved = false;

  /// The most elements that a request looks at where it is.
  static constexpr std::size_t many_elements = 32 * 1024;

  /// For a handler that is going to look at so many elements, before it has changed or replied
  /// anything. True: the request moves to a thread where it holds nobody up but those who want the
  /// same partitions; the handler returns, and is called again there.
  bool moves_for(std::size_t elements) noexcept {
    if (elements <= many_elements || !may_move) [[likely]]
      return false;
    move_to(place::worker);
    return true;
  }
  void move_to(place there) noexcept {
    moves = true;
    moves_to = there;
  }

  /// The hash of one key that whoever runs the request knows already, in the client's database.
  struct known_hash {
    std::string_view key{};
    std::uint64_t hash = 0;
  };
  known_hash hint;

  // -- keys --------------------------------------------------------------------------------------
  // A slot's database is needed to change it: `auto& db = ctx.db(key)`.

  /// The client's database in the partition of `key`.
  database& db(std::string_view key) {
    return shards.at(key).databases[static_cast<std::size_t>(client.database)];
  }
  /// The same in another database. REQUIRES: 0 <= index < number of databases.
  database& db(std::string_view key, int index) {
    return shards.at(key).databases[static_cast<std::size_t>(index)];
  }
  shard& home(std::string_view key) {
    return shards.at(key);
  }

  /// Look-up for reading: deletes the entry first if it has expired (see access_settings), counts
  /// hit or miss, touches the access clock (unless CLIENT NO-TOUCH).
  database::slot find_to_read(std::string_view key) {
    return lookup(key, client.database, counts::and_told, !client.no_touch);
  }
  /// Look-up for writing: the same without counting.
  database::slot find_to_write(std::string_view key) {
    return lookup(key, client.database, counts::no, !client.no_touch);
  }
  /// Look-up of commands that ask about a key without using it (TTL, TYPE, EXISTS): counts, but
  /// does not touch.
  database::slot inspect(std::string_view key) {
    return lookup(key, client.database, counts::and_told, false);
  }
  /// Look-up of OBJECT: the same, but a key that is not there is no event.
  database::slot inspect_untold(std::string_view key) {
    return lookup(key, client.database, counts::untold, false);
  }
  /// Look-up for TOUCH: touches, CLIENT NO-TOUCH notwithstanding.
  database::slot find_to_touch(std::string_view key) {
    return lookup(key, client.database, counts::and_told, true);
  }
  /// Look-up that leaves no trace but lazy expiry (DEL, COPY, MEMORY USAGE …), in any database.
  database::slot peek(std::string_view key, int database) {
    return lookup(key, database, counts::no, false);
  }
  database::slot peek(std::string_view key) {
    return peek(key, client.database);
  }

  /// Says that `key` changed (see effects.hpp).
  void did(event_class cls, std::string_view event, std::string_view key) {
    home(key).changes.did(cls, event, client.database, key);
  }
  void did(event_class cls, std::string_view event, std::string_view key, int database) {
    home(key).changes.did(cls, event, database, key);
  }
  /// The same for so many elements of the value.
  void did_several(event_class cls, std::string_view event, std::string_view key,
                   std::uint64_t changes) {
    home(key).changes.did(cls, event, client.database, key, changes);
  }
  /// The same of something that cannot be what a client waits for.
  void did_unawaited(event_class cls, std::string_view event, std::string_view key,
                     std::uint64_t changes = 1) {
    home(key).changes.did(cls, event, client.database, key, changes, concern::readers);
  }
  /// An event about a value that is for its readers what it was: groups of a stream.
  void did_around(event_class cls, std::string_view event, std::string_view key,
                  concern whose = concern::nobody) {
    home(key).changes.did(cls, event, client.database, key, 1, whose);
  }
  /// An event that is the other half of a change: "new", the second name of a renamed key.
  void also(event_class cls, std::string_view event, std::string_view key) {
    also(cls, event, key, client.database);
  }
  void also(event_class cls, std::string_view event, std::string_view key, int database) {
    home(key).changes.did(cls, event, database, key, 0);
  }
  void replay_as(std::string_view key, std::initializer_list<std::string_view> command) {
    home(key).changes.replay_as(client.database, command);
  }
  void replay_as(std::string_view key, protocol::arguments command) {
    home(key).changes.replay_as(client.database, command);
  }

private:
  bool is_reading() const noexcept {
    return spec != nullptr && (spec->flags & protocol::write) == 0;
  }
  /// Whether a look-up is a hit or a miss, and a miss a keyspace event.
  enum class counts : std::uint8_t { no, untold, and_told };
  database::slot lookup(std::string_view key, int database, counts how, bool touch);
};

} // namespace thespis::keyspace
