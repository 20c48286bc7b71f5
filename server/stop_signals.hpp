#pragma once

/// How a server process is told to end: SIGTERM, SIGINT, or a client's SHUTDOWN.

#include "actors/store.hpp"

#include <atomic>
#include <thread>

namespace thespis::server {

/// From here on SIGTERM and SIGINT wait for `stop_signals`, on whichever thread makes one; SIGPIPE
/// and SIGHUP are ignored. Before any thread is started.
void block_stop_signals();

/// While it lives, signals end the store as SHUTDOWN does. A SIGINT when the store is ending ends
/// the process at once, with exit code 1, as in Redis.
class stop_signals {
public:
  /// `store` outlives it. REQUIRES: block_stop_signals() was called; there is no other one.
  explicit stop_signals(actors::store& store);
  ~stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

private:
  void obey(actors::store& store) const;

  std::atomic<bool> over_{false};
  std::thread obedient_;
};

} // namespace thespis::server
