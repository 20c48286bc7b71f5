#pragma once

/// What the server remembers about one client from request to request. A session belongs to its
/// connection; while a batch runs, it is lent to whoever runs the batch (the connection is quiet
/// until the batch comes back), so at any time exactly one actor touches it.
///
/// `special` gathers everything that takes a request off the straight road, so that a plain client
/// costs admission (commands/admission.hpp) one test.

#include "protocol/client_tracking.hpp"
#include "protocol/transaction.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace thespis::protocol {

/// What CLIENT REPLY asked for. `skip_next`: the reply of the next request is dropped; the
/// dispatcher turns it into `skip` before that request and into `on` after it.
enum class reply_mode : std::uint8_t { on, off, skip, skip_next };

/// Why requests of a client need a closer look.
enum session_special : std::uint32_t {
  /// Not logged in. It matters only while the server asks for a password.
  special_unauthenticated = 1u << 0,
  /// Between MULTI and EXEC.
  special_multi = 1u << 1,
  /// Subscribed to something (RESP2 clients may then say but few commands).
  special_subscribed = 1u << 2,
  /// It gets the requests of all clients (MONITOR), and may not read or write keys.
  special_monitoring = 1u << 3,
  /// Between MULTI and EXEC, and what it says is gathered in its batch: EXEC will be part of that.
  special_gathering = 1u << 4,
};

struct session {
  std::uint64_t id = 0;
  /// 2 or 3.
  int protocol = 2;
  int database = 0;
  /// Valid database numbers are those below it; set by the connection.
  int database_count = 16;
  std::uint32_t special = 0;
  bool no_touch = false;
  bool no_evict = false;
  /// The peer is on this machine: loopback or a Unix socket ("local" commands are open to it).
  bool local = false;
  reply_mode replies = reply_mode::on;
  /// Null: CLIENT TRACKING is off.
  std::unique_ptr<client_tracking> tracking;
  /// Null before the first MULTI or WATCH.
  std::unique_ptr<transaction> queued;
  /// Set by a command that changed `tracking` or `monitors()`: the client's fan-out has to be told.
  bool listens_anew = false;
  /// Set by a command: the connection closes once the reply is written.
  bool close_after_reply = false;
  std::string user = "default";
  std::string name;
  std::string library_name;
  std::string library_version;
  /// "127.0.0.1:50312", "[::1]:50312" or "/path/of/socket:0"; set by the connection.
  std::string address;

  bool authenticated() const noexcept {
    return (special & special_unauthenticated) == 0;
  }
  bool monitors() const noexcept {
    return (special & special_monitoring) != 0;
  }
  bool in_transaction() const noexcept {
    return (special & special_multi) != 0;
  }
  /// EXEC runs.
  bool runs_transaction() const noexcept {
    return queued && queued->done.running;
  }
  /// Throws std::bad_alloc.
  void make_transaction() {
    if (!queued)
      queued = std::make_unique<transaction>();
  }
  /// Throws std::bad_alloc, but not after make_transaction().
  void begin_transaction() {
    make_transaction();
    set_special(special_multi, true);
  }
  void end_transaction() noexcept {
    if (queued)
      queued->clear();
    set_special(special_multi, false);
  }
  /// Null if WATCH was not called since the last EXEC.
  watch* watched() const noexcept {
    return queued ? queued->watched.get() : nullptr;
  }
  /// Throws std::bad_alloc.
  void begin_watch() {
    make_transaction();
    if (!queued->watched)
      queued->watched = std::make_shared<watch>();
  }
  void end_watch() noexcept {
    if (watched() != nullptr)
      queued->unwatched = std::move(queued->watched);
  }
  /// Gives back what is kept for the next transaction.
  void release() noexcept {
    if (queued && !in_transaction() && !queued->watched && !queued->unwatched)
      queued.reset();
  }
  void set_authenticated(bool yes) noexcept {
    set_special(special_unauthenticated, !yes);
  }
  void set_special(session_special what, bool yes) noexcept {
    special = yes ? special | what : special & ~std::uint32_t{what};
  }
};

} // namespace thespis::protocol
