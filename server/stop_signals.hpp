#pragma once

/// How a server process is told to end: SIGTERM, SIGINT, or a client's SHUTDOWN.

#include "actors/store.hpp"

namespace thespis::server {

/// From here on SIGTERM and SIGINT wait for `serve_until_stopped`, on whichever thread calls it;
/// SIGPIPE and SIGHUP are ignored. Before any thread is started.
void block_stop_signals();

/// Waits for a signal or for a client's SHUTDOWN, and then for the store's ordered end. A SIGINT
/// after another signal ends the process at once, with exit code 1, as in Redis.
/// REQUIRES: block_stop_signals() was called; at most one caller at a time.
void serve_until_stopped(actors::store& store);

} // namespace thespis::server
