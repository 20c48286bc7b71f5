#include "server/stop_signals.hpp"

#include "actors/log.hpp"

#include <unistd.h>

#include <csignal>
#include <thread>

namespace thespis::server {

namespace {

/// Makes sigwait return when no signal came. Nobody else uses it.
constexpr int end_of_store = SIGUSR2;

sigset_t stop_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (auto signal : {SIGTERM, SIGINT, end_of_store})
    ::sigaddset(&set, signal);
  return set;
}

} // namespace

void block_stop_signals() {
  const auto set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
}

void serve_until_stopped(actors::store& store) {
  std::thread waiter{[&store] {
    store.wait();
    ::kill(::getpid(), end_of_store);
  }};
  const auto set = stop_signals();
  int signal = 0;
  ::sigwait(&set, &signal);
  if (signal != end_of_store) {
    actors::log::warning("Received {} scheduling shutdown...",
                         signal == SIGTERM ? "SIGTERM" : "SIGINT");
    store.stop();
    // The waiter's own signal must not be left behind for the next caller.
    while (signal != end_of_store)
      ::sigwait(&set, &signal);
  }
  waiter.join();
}

} // namespace thespis::server
