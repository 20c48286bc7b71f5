#pragma once

/// What the commands of streams share: the value to read or to change, its groups, entries in
/// replies, and what is replayed. Unlike other collections a stream without entries lives on.

#include "commands/collection.hpp"
#include "keyspace/command_context.hpp"
#include "types/lent.hpp"
#include "types/stream.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace thespis::commands {

/// The stream of a key, which stays its entry's; empty if there is none. As long as this lives the
/// key must not change.
inline types::lent<types::stream> stream_at(const keyspace::database::slot& at) noexcept {
  return types::lent<types::stream>{at ? at->object() : nullptr};
}

/// A stream that is about to change. Other than collections it is kept without entries.
class opened_stream : opened<types::stream> {
public:
  using opened::opened;
  using opened::operator*;
  using opened::operator->;

  /// Tells that it has changed in a way that whoever waits for entries, or for the group that he
  /// reads with to go, must see.
  void did(std::string_view event, std::uint64_t changes = 1) {
    keep();
    ctx().did_several(keyspace::event_class::stream, event, key(), changes);
  }
  /// Tells of any other change.
  /// Tells of something that is no change to who reads the entries.
  void did_around(std::string_view event, keyspace::concern whose = keyspace::concern::nobody) {
    keep();
    ctx().did_around(keyspace::event_class::stream, event, key(), whose);
  }
  void did_unawaited(std::string_view event, std::uint64_t changes = 1) {
    keep();
    ctx().did_unawaited(keyspace::event_class::stream, event, key(), changes);
  }
  /// Tells that a group has changed in a way that has no event.
  void did_quietly(std::uint64_t changes = 1) {
    ctx().home(key()).changes.did_quietly(ctx().client.database, changes);
  }

private:
  void keep() {
    (*this)->make();
    opened::keep();
  }
};

/// The place of a group in a request.
struct group_words {
  std::string_view key;
  std::string_view group;
};

/// The group, or null with the error replied: WRONGTYPE, or that of `no_key_or_group`. `at`: what
/// was found under the key.
types::consumer_group* find_group(keyspace::command_context& ctx,
                                  const keyspace::database::slot& at, const group_words& words);

/// The consumer of that name, which comes to be if there is none; it has been seen now.
types::stream_consumer& use_consumer(keyspace::command_context& ctx, const group_words& words,
                                     types::consumer_group& group, std::string_view name);

// -- replies --------------------------------------------------------------------------------------

inline void reply_id(protocol::reply_writer& reply, const types::stream_id& id) {
  reply.bulk(types::stream_id_text{id});
}

/// The fields and values of an entry, one after the other.
void reply_fields(protocol::reply_writer& reply, const types::stream_entry& entry);

/// [ID, [field, value, …]]
void reply_entry(protocol::reply_writer& reply, const types::stream_entry& entry);

// -- replays --------------------------------------------------------------------------------------
// Without anybody who listens they cost a branch.

/// The pending entry as it is now, as an XCLAIM. REQUIRES: it has an owner.
void replay_claim(keyspace::command_context& ctx, const group_words& words,
                  const types::consumer_group& group, const types::stream_id& id,
                  const types::pending_entry& entry);
/// How far the group has read, as an XGROUP SETID.
void replay_group_position(keyspace::command_context& ctx, const group_words& words,
                           const types::consumer_group& group);

} // namespace thespis::commands
