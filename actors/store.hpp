#pragma once

/// A store inside an actor system: the partitions and the actors around them, without or with
/// sockets. This is what a program embeds; the server is a store that listens.
///
/// The system may run on our event loops (`use_event_loops` before it is made) or on CAF's own
/// scheduler; then the store brings event loops of its own for connections. Partitions and the
/// other actors that need no loop run where the message that woke them was sent: on the loop of a
/// connection, or on CAF's threads for embedded clients.
///
/// Life: make it, `listen` if sockets are wanted, `connect` for embedded clients, `stop`. Not
/// thread-safe but for `connect`, `end` and `stop`.

#include "actors/core.hpp"
#include "actors/listening_sockets.hpp"
#include "actors/loop_group.hpp"
#include "base/result.hpp"
#include "persistence/journal_format.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <future>
#include <memory>
#include <optional>

namespace thespis::actors {

class journal_files;

class store {
public:
  /// `settings` outlives the store. The options `threads` (event loops, where it brings its own)
  /// and `partitions` count here; 0 means one per core, and one per event loop.
  store(caf::actor_system& system, base::options& settings, wall_clock clock = system_time);
  /// Stops it if that has not been done.
  ~store();
  store(const store&) = delete;
  store& operator=(const store&) = delete;

  /// A new client without a socket: an actor that takes `embedded_request` and answers each with
  /// `embedded_reply`, in order. It lives until it is sent an exit message, says QUIT or the store
  /// stops; what it has not answered by then gets caf::sec::request_receiver_down.
  /// `receiver` gets a `channel_message` for each message of what the client subscribes to; the
  /// client ends when it does. Without one the client cannot subscribe.
  caf::actor connect(caf::actor receiver = nullptr);

  std::size_t loop_count() const noexcept {
    return loops_->size();
  }

  /// Serves the clients of these sockets, at most once. REQUIRES: `sockets` was made for
  /// `loop_count` event loops.
  void listen(listening_sockets sockets);

  /// If there is something to load, clients are told so until load() is over, and nothing is saved
  /// before. Returns whether there is, or may be.
  bool expect_data();

  /// Loads the journal (appendonly), or where there is none the last snapshot (dbfilename), if
  /// there is one, into the store, which has no keys yet. With `appendonly` a journal is begun
  /// then. The fault names file, place and reason; the store is of no use then. At most once.
  /// REQUIRES: not on an event loop. Returns false if it was given up because the store is to end.
  base::result<bool> load();

  /// Ends as SHUTDOWN does: the data is saved first where there are save points. From any thread,
  /// returns at once.
  void end();

  /// Begins the ordered end: what is in flight is answered, then the data is gone: nothing is
  /// saved. From any thread, returns at once.
  void stop();

  /// Whether one of these, or a client, has asked for the end. From any thread.
  bool is_ending() const noexcept {
    return core_->end_asked.load();
  }

  /// Waits for the end, which stop() or a client's SHUTDOWN began. REQUIRES: not on an event loop.
  void wait();

  core& internals() noexcept {
    return *core_;
  }

private:
  void spawn_core_actors();
  base::result<bool> load_snapshot();
  base::result<bool> load_journal(const std::shared_ptr<journal_files>& files);
  void go_on_with_journal();
  base::result<bool> begin_journal();

  caf::actor_system& system_;
  std::unique_ptr<loop_group> own_loops_;
  loop_group* loops_;
  std::unique_ptr<core> core_;
  std::optional<bool> expected_;
  bool has_snapshot_ = false;
  persistence::log_number next_record_ = 1;
  std::shared_future<void> stopped_;
  std::future<void> gone_;
};

} // namespace thespis::actors
