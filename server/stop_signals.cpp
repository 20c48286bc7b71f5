/// A thread of its own waits for the signals, for as long as the store lives; the caller waits for
/// the store. No signal is used to tell that the store has ended in a way that one from outside
/// could be taken for it: what ends the thread is a flag, the signal sent to it makes it look.

#include "server/stop_signals.hpp"

#include "actors/log.hpp"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace thespis::server {

namespace {

sigset_t stop_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (auto signal : {SIGTERM, SIGINT})
    ::sigaddset(&set, signal);
  return set;
}

/// Lets signals stop the store, until `ended`.
void obey_signals(actors::store& store, const std::atomic<bool>& ended) {
  const auto set = stop_signals();
  for (auto stopping = false;; stopping = true) {
    int signal = 0;
    ::sigwait(&set, &signal);
    if (ended.load())
      return;
    if (stopping && signal == SIGINT) {
      // Somebody at a terminal has no more patience. No end in order, so neither destructors.
      actors::log::warning("You insist... exiting now.");
      std::_Exit(1);
    }
    actors::log::warning("Received {} scheduling shutdown...",
                         signal == SIGTERM ? "SIGTERM" : "SIGINT");
    store.end();
  }
}

} // namespace

void block_stop_signals() {
  const auto set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  // A file that has become too large is an error of writing like others.
  std::signal(SIGXFSZ, SIG_IGN);
}

void serve_until_stopped(actors::store& store) {
  std::atomic<bool> ended{false};
  std::thread obedient{[&] { obey_signals(store, ended); }};
  store.wait();
  ended.store(true);
  // To that thread alone: if it goes before it takes the signal, the signal goes with it.
  ::pthread_kill(obedient.native_handle(), SIGTERM);
  obedient.join();
}

} // namespace thespis::server
