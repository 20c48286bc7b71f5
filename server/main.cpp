/// thespis-server: reads its settings, opens its sockets, runs a store until a signal or a client asks
/// for the end.

#include "actors/loop_coordinator.hpp"
#include "actors/listening_sockets.hpp"
#include "actors/log.hpp"
#include "actors/store.hpp"
#include "commands/version.hpp"
#include "server/configuration.hpp"
#include "server/process.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cerrno>
#include <csignal>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace thespis;
using base::option;

/// The first fault ends the start; it has been logged.
bool opened(const base::result<void>& socket) {
  if (!socket)
    actors::log::warning("{}", socket.why());
  return static_cast<bool>(socket);
}

bool open_sockets(const base::options& settings, actors::listening_sockets& sockets) {
  const auto backlog = static_cast<int>(settings.get(option::tcp_backlog));
  const auto port = static_cast<std::uint16_t>(settings.get(option::port));
  if (port != 0)
    for (const auto& address : settings.bind_addresses())
      if (!opened(sockets.open_tcp(address, port, backlog)))
        return false;
  const auto& path = settings.text(option::unixsocket);
  const auto permissions = static_cast<unsigned>(settings.get(option::unixsocketperm));
  if (!path.empty() && !opened(sockets.open_unix(path, permissions, backlog)))
    return false;
  if (sockets.empty() && port != 0) {
    actors::log::warning("Configured to not listen anywhere, exiting.");
    return false;
  }
  return true;
}

bool start_log(const base::options& settings) {
  actors::log::set_level(static_cast<actors::log::level>(settings.get(option::loglevel)));
  if (actors::log::open(settings.text(option::logfile)))
    return true;
  fmt::print(stderr, "Can't open the log file: {}\n", actors::log::system_error(errno));
  return false;
}

/// Lets settings that concern the process take effect when CONFIG SET changes them.
void follow_settings(server::configuration& configuration, actors::store& store) {
  auto& settings = configuration.settings;
  auto& state = store.internals().server;
  state.facts.config_file = configuration.file;
  if (!configuration.file.empty())
    state.hooks.rewrite_config = [&] { return server::rewrite_configuration(configuration); };
  settings.on_change({option::loglevel}, [](const base::options& now) -> base::result<void> {
    actors::log::set_level(static_cast<actors::log::level>(now.get(option::loglevel)));
    return {};
  });
  settings.on_change({option::dir}, [](const base::options& now) -> base::result<void> {
    if (::chdir(now.text(option::dir).c_str()) != 0)
      return base::fault{actors::log::system_error(errno)};
    return {};
  });
}

void announce(const base::options& settings) {
  if (settings.get(option::port) != 0)
    actors::log::notice("Ready to accept connections tcp");
  if (!settings.text(option::unixsocket).empty())
    actors::log::notice("Ready to accept connections unix");
  if (settings.get_as<base::supervision>(option::supervised) != base::supervision::none)
    server::notify_service_manager("READY=1\nSTATUS=Ready to accept connections\n");
}

/// Waits for a signal, or for the store's own end through SHUTDOWN.
void serve_until_told_to_stop(actors::store& store) {
  std::thread waiter{[&store] {
    store.wait();
    server::wake_signal_waiter();
  }};
  const auto signal = server::wait_for_stop_signal();
  if (signal == SIGTERM || signal == SIGINT)
    actors::log::warning("Received {} scheduling shutdown...",
                         signal == SIGTERM ? "SIGTERM" : "SIGINT");
  store.stop();
  waiter.join();
}

int run(server::configuration& configuration) {
  auto& settings = configuration.settings;
  const auto threads = settings.get(option::threads) > 0
                         ? static_cast<std::size_t>(settings.get(option::threads))
                         : std::max(1u, std::thread::hardware_concurrency());
  server::pid_file pid;
  const auto daemon = settings.is_on(option::daemonize);
  if (const auto& path = settings.text(option::pidfile); daemon || !path.empty())
    if (auto written = pid.write(path.empty() ? "/var/run/thespis.pid" : path); !written)
      actors::log::warning("{}", written.why());
  actors::log::notice("Thespis {} (speaks as Redis {}), {} event loops, pid {}",
                      commands::thespis_version, commands::redis_version, threads, ::getpid());
  actors::listening_sockets sockets{threads};
  if (!open_sockets(settings, sockets))
    return 1;
  caf::actor_system_config config;
  actors::use_event_loops(config, threads);
  caf::actor_system system{config};
  {
    actors::store store{system, settings};
    follow_settings(configuration, store);
    store.listen(std::move(sockets));
    announce(settings);
    serve_until_told_to_stop(store);
  }
  actors::log::warning("Thespis is now ready to exit, bye bye...");
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  server::configuration configuration;
  switch (server::load_configuration(arguments, configuration)) {
    case server::next_step::exit_successfully:
      return 0;
    case server::next_step::exit_with_failure:
      return 1;
    case server::next_step::serve:
      break;
  }
  auto& settings = configuration.settings;
  const auto clients = static_cast<std::size_t>(settings.get(option::maxclients));
  if (const auto fit = server::raise_file_limit(clients); fit < clients)
    static_cast<void>(settings.adopt(option::maxclients, std::to_string(fit)));
  if (settings.is_on(option::daemonize))
    server::become_daemon();
  if (!start_log(settings))
    return 1;
  server::block_stop_signals();
  return run(configuration);
}
