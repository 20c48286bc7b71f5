#pragma once

/// Accepts clients on one event loop and knows all connections of that loop.
///
/// Every loop has one. With several loops each has listening sockets of its own on the same TCP
/// addresses (SO_REUSEPORT: the kernel spreads the clients); a Unix socket is accepted by the first
/// loop, which hands every client to the next loop in turn.
///
/// A client that there is no memory for is dropped. One that there is no descriptor for stays in
/// the kernel's queue, and is asked for again a little later: the queue alone would call at once.
///
/// Once a second it closes clients that were idle for longer than `timeout` and lets idle ones give
/// back memory.

#include "actors/connection.hpp"
#include "actors/core.hpp"
#include "actors/listening_sockets.hpp"
#include "actors/pinned_actor.hpp"
#include "actors/steady_timer.hpp"

#include <asio/posix/basic_stream_descriptor.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace thespis::actors {

class listener final : public pinned_actor {
public:
  listener(caf::actor_config& config, event_loop& loop, core& home);
  ~listener() override;

  caf::behavior make_behavior() override;

  /// A connection has ended. On the loop only.
  void forget(connection& gone);

private:
  using descriptor = asio::posix::basic_stream_descriptor<event_loop::executor_type>;

  /// A listening socket of this loop.
  struct door {
    std::string place;
    socket_file file;
    descriptor socket;
    steady_timer backoff;
    bool closed = false;
  };
  enum class queue { empty, not_empty, stuck };

  void open(listening_sockets& given);
  void close(const std::vector<tcp_place>& places);
  void expect_clients(const std::shared_ptr<door>& from);
  void expect_clients_later(const std::shared_ptr<door>& from);
  void accept_and_go_on(const std::shared_ptr<door>& from);
  queue accept_some(door& from);
  static void shut(door& one);
  void admit(owned_fd client) noexcept;
  void welcome(owned_fd client);
  void adopt(owned_fd client) noexcept;
  void serve(owned_fd client);
  void turn_away(const owned_fd& client, std::string_view error);
  void drop() noexcept;
  void expect_tick();
  void tick();
  void drain();
  void report_if_drained();

  core& core_;
  std::vector<std::shared_ptr<door>> doors_;
  std::vector<connection*> connections_;
  /// Made and destroyed on the loop, which alone may touch it.
  std::optional<steady_timer> timer_;
  std::size_t next_loop_ = 0;
  bool draining_ = false;
};

} // namespace thespis::actors
