/// A thread of its own waits for the signals. No signal is used to tell that nobody waits for them
/// any more in a way that one from outside could be taken for it: what ends the thread is a flag,
/// the signal sent to it makes it look.

#include "server/stop_signals.hpp"

#include "actors/log.hpp"

#include <pthread.h>
#include <signal.h>

#include <csignal>
#include <cstdlib>

namespace thespis::server {

namespace {

sigset_t signals_that_stop() {
  sigset_t set;
  ::sigemptyset(&set);
  for (auto signal : {SIGTERM, SIGINT})
    ::sigaddset(&set, signal);
  return set;
}

} // namespace

void block_stop_signals() {
  const auto set = signals_that_stop();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  // A file that has become too large is an error of writing like others.
  std::signal(SIGXFSZ, SIG_IGN);
}

stop_signals::stop_signals(actors::store& store) : obedient_([this, &store] { obey(store); }) {
}

stop_signals::~stop_signals() {
  over_.store(true);
  // To that thread alone: if it goes before it takes the signal, the signal goes with it.
  ::pthread_kill(obedient_.native_handle(), SIGTERM);
  obedient_.join();
}

void stop_signals::obey(actors::store& store) const {
  const auto set = signals_that_stop();
  for (;;) {
    int signal = 0;
    ::sigwait(&set, &signal);
    if (over_.load())
      return;
    if (signal == SIGINT && store.is_ending()) {
      // Somebody at a terminal has no more patience. No end in order, so neither destructors.
      actors::log::warning("You insist... exiting now.");
      std::_Exit(1);
    }
    actors::log::warning("Received {} scheduling shutdown...",
                         signal == SIGTERM ? "SIGTERM" : "SIGINT");
    store.end();
  }
}

} // namespace thespis::server
