#pragma once

/// What a write did, told once and read by everybody who must know: the journal, replicas, keyspace
/// events, client-side caching and blocked clients feed on effects and on nothing else.
///
/// A command calls `did` for every key that it changed (with no changes where the event is the
/// other half of one that was told already), and `replay_as` where its own request would not have
/// the same outcome when it runs again later or elsewhere (relative times, random picks, floats).
/// Without a call of `replay_as` the request's own words are the replay.
///
/// With no sink set, an effect costs one addition and one branch.

#include "keyspace/waiting_list.hpp"
#include "keyspace/watch_table.hpp"
#include "protocol/arguments.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace thespis::keyspace {

/// The class of a keyspace event (the letters of notify-keyspace-events).
enum class event_class : std::uint16_t {
  generic = 1u << 0,  // g
  string = 1u << 1,   // $
  list = 1u << 2,     // l
  set = 1u << 3,      // s
  hash = 1u << 4,     // h
  zset = 1u << 5,     // z
  expired = 1u << 6,  // x
  evicted = 1u << 7,  // e
  stream = 1u << 8,   // t
  key_miss = 1u << 9, // m
  module = 1u << 10,  // d
  new_key = 1u << 11, // n

  // -- no keyspace events -----------------------------------------------------------------------
  /// A database, or all of them, was emptied.
  flush = 1u << 14,
  /// Nothing happened to the key, but it is tracked no more (CLIENT TRACKING).
  untracked = 1u << 15,
};

/// Whom an effect concerns beside those who listen to events.
enum class concern : std::uint8_t {
  nobody = 0,
  /// Who waits for the key.
  waiting = 1,
  /// Who has read it, and keeps a copy or watches.
  readers = 2,
  all = 3,
};

/// One key that changed. `event` is the name that keyspace events use ("set", "expire", "del").
struct effect {
  event_class cls;
  std::string_view event;
  int database;
  std::string_view key;
  concern whose = concern::all;
};

/// Whoever listens. The views live as long as the call.
class effect_sink {
public:
  virtual ~effect_sink() = default;
  virtual void on_effect(const effect& what) = 0;
  /// The command that leads to the same state when it is run again, in `database`.
  virtual void on_replay(int database, protocol::arguments command) = 0;
};

/// Databases from `first` to before `end`.
struct database_range {
  std::size_t first = SIZE_MAX;
  std::size_t end = 0;
};

class effects {
public:
  explicit effects(effect_sink* sink = nullptr) noexcept : sink_(sink) {
  }

  /// `changes`: how many keys or elements it was. `whose`: it may be what they wait
  /// for, or have read.
  void did(event_class cls, std::string_view event, int database, std::string_view key,
           std::uint64_t changes = 1, concern whose = concern::all) {
    touch(database);
    ++events_;
    changes_ += changes;
    if ((static_cast<unsigned>(whose) & static_cast<unsigned>(concern::waiting)) != 0
        && !waiting_.empty()) [[unlikely]]
      waiting_.note(database, key);
    if (!watched_.empty() && changes_value(cls, whose)) [[unlikely]]
      watched_.break_at(database, key);
    if (sink_ != nullptr) [[unlikely]]
      sink_->on_effect({cls, event, database, key, whose});
  }

  /// Whether who has read a key must hear of such an effect.
  static constexpr bool changes_value(event_class cls, concern whose) noexcept {
    return whose >= concern::readers && cls != event_class::key_miss && cls != event_class::new_key
           && cls != event_class{} && cls != event_class::flush;
  }

  /// A change that neither keyspace events nor those who wait or watch hear of: a stream's group
  /// delivered or acknowledged something. It is replayed like others.
  void did_quietly(int database, std::uint64_t changes = 1) {
    touch(database);
    ++events_;
    changes_ += changes;
  }

  /// REQUIRES: `did` was or will be called in the same request.
  void replay_as(int database, std::initializer_list<std::string_view> command) {
    replay_as(database, protocol::arguments{command.begin(), command.size()});
  }
  void replay_as(int database, protocol::arguments command) {
    replaced_ = true;
    if (sink_ != nullptr) [[unlikely]]
      sink_->on_replay(database, command);
  }

  /// An effect that is not the request's own doing: an entry expired before the request could see
  /// it. Replayed on its own, ahead of whatever the request does; counts as no change of the
  /// request's. An empty command: what was replayed before leads to it.
  void aside(event_class cls, std::string_view event, int database, std::string_view key,
             std::initializer_list<std::string_view> command) {
    aside(cls, event, database, key, protocol::arguments{command.begin(), command.size()});
  }
  void aside(event_class cls, std::string_view event, int database, std::string_view key,
             protocol::arguments command) {
    touch(database);
    if (!waiting_.empty()) [[unlikely]]
      waiting_.note(database, key);
    // Those who watch a key know when it expires, or saw none.
    if (!watched_.empty() && cls != event_class::expired) [[unlikely]]
      watched_.break_at(database, key);
    if (sink_ == nullptr) [[likely]]
      return;
    sink_->on_effect({cls, event, database, key});
    if (!command.empty())
      sink_->on_replay(database, command);
  }

  /// A read found nothing: no change, and nothing to replay.
  void missed(int database, std::string_view key) {
    if (sink_ != nullptr) [[unlikely]]
      sink_->on_effect({event_class::key_miss, "keymiss", database, key});
  }

  /// Clients with copies of the key are told as if it had changed, because there is no room to
  /// remember them.
  void untrack(int database, std::string_view key) {
    if (sink_ != nullptr)
      sink_->on_effect({event_class::untracked, {}, database, key});
  }

  /// Called by whoever ran the request: passes the request itself on where it did something and no
  /// replay was named.
  void finish(int database, protocol::arguments request, std::uint64_t events_before) {
    if (sink_ != nullptr && events_ != events_before && !replaced_) [[unlikely]]
      sink_->on_replay(database, request);
    replaced_ = false;
  }

  /// How often something was done, since the start.
  std::uint64_t events() const noexcept {
    return events_;
  }
  /// How many keys and elements that changed; what INFO calls changes.
  std::uint64_t changes() const noexcept {
    return changes_;
  }
  /// Every database may have changed.
  void touch_all() noexcept {
    touched_ = {0, SIZE_MAX};
  }
  /// All that have changed since the last call are among these.
  database_range take_databases() noexcept {
    return std::exchange(touched_, {});
  }
  /// The clients that wait for keys of this shard.
  waiting_list& waiting() noexcept {
    return waiting_;
  }
  const waiting_list& waiting() const noexcept {
    return waiting_;
  }
  /// Those who watch keys of this shard.
  watch_table& watched() noexcept {
    return watched_;
  }
  void set_sink(effect_sink* sink) noexcept {
    sink_ = sink;
  }
  bool listened_to() const noexcept {
    return sink_ != nullptr;
  }

private:
  void touch(int database) noexcept {
    const auto index = static_cast<std::size_t>(database);
    touched_ = {std::min(touched_.first, index), std::max(touched_.end, index + 1)};
  }

  effect_sink* sink_;
  waiting_list waiting_;
  watch_table watched_;
  database_range touched_;
  std::uint64_t events_ = 0;
  std::uint64_t changes_ = 0;
  bool replaced_ = false;
};

} // namespace thespis::keyspace
