/// thespis-server: reads its settings, opens its sockets, runs a store until a signal or a client
/// asks for the end.

#include "actors/listening_sockets.hpp"
#include "actors/log.hpp"
#include "actors/loop_coordinator.hpp"
#include "actors/process_figures.hpp"
#include "actors/sizing.hpp"
#include "actors/store.hpp"
#include "base/version.hpp"
#include "server/configuration.hpp"
#include "server/process.hpp"
#include "server/settings_without_effect.hpp"
#include "server/stop_signals.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cerrno>
#include <unistd.h>
#include <vector>

namespace {

using namespace thespis;
using base::option;

bool start_log(const base::options& settings) {
  actors::log::set_level(static_cast<actors::log::level>(settings.get(option::loglevel)));
  if (actors::log::open(settings.text(option::logfile)))
    return true;
  fmt::print(stderr, "Can't open the log file: {}\n", actors::log::system_error(errno));
  return false;
}

base::result<void> fit_clients(const base::options& now) {
  const auto wanted = static_cast<std::size_t>(now.get(option::maxclients));
  const auto fit = server::raise_file_limit(wanted, server::reserved_descriptors(now));
  if (fit < wanted)
    return base::fault{
      fmt::format("The operating system is not able to handle the specified number "
                  "of clients, try with {}",
                  fit)};
  return {};
}

/// Clients of a TLS port trust that nobody listens: they do not get another one instead.
base::result<void> refuse_encryption(const base::options& now) {
  if (now.get(option::tls_port) == 0)
    return {};
  return base::fault{"tls-port is set, but connections cannot be encrypted by this server."};
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
  settings.on_change({option::dir}, [&settings](const base::options& now) -> base::result<void> {
    if (::chdir(now.text(option::dir).c_str()) != 0)
      return base::fault{actors::log::system_error(errno)};
    return server::adopt_directory(settings);
  });
  settings.on_change({option::maxclients}, fit_clients);
  settings.on_change({option::tls_port}, [](const base::options& now) -> base::result<void> {
    auto refused = refuse_encryption(now);
    if (refused)
      return refused;
    actors::log::warning("{}", refused.why());
    return base::fault{"Unable to update TLS configuration. Check server logs."};
  });
  const auto follow_allocator = [](const base::options& now) -> base::result<void> {
    actors::use_allocator_thread(now.is_on(option::jemalloc_bg_thread));
    return {};
  };
  settings.on_change({option::jemalloc_bg_thread}, follow_allocator);
  static_cast<void>(follow_allocator(settings));
}

/// Fewer clients than asked for where the system has not enough files. A fault if it is not enough
/// for the server itself.
base::result<void> lower_maxclients(base::options& settings) {
  const auto wanted = static_cast<std::size_t>(settings.get(option::maxclients));
  const auto reserved = server::reserved_descriptors(settings);
  const auto fit = server::raise_file_limit(wanted, reserved);
  if (fit == wanted)
    return {};
  if (fit == 0)
    return base::fault{
      fmt::format("The limit of open files ('ulimit -n') is too low for {} event loops and their "
                  "sockets, {} are needed at the least.",
                  actors::loop_count_of(settings), reserved + 1)};
  static_cast<void>(settings.adopt(option::maxclients, std::to_string(fit)));
  actors::log::warning(
    "The limit of open files is too low for {} clients. maxclients has been reduced "
    "to {}.",
    wanted, fit);
  return {};
}

/// For the log, and for who waits that a daemon gets ready.
void report_failure(std::string_view why, bool is_daemon) {
  actors::log::warning("{}", why);
  if (is_daemon)
    fmt::print(stderr, "{}\n", why);
}

void announce(const base::options& settings, base::supervision supervisor, bool is_daemon) {
  if (settings.get(option::port) != 0)
    actors::log::notice("Ready to accept connections tcp");
  if (!settings.text(option::unixsocket).empty())
    actors::log::notice("Ready to accept connections unix");
  server::report_ready(supervisor);
  if (is_daemon)
    server::release_parent();
}

/// The environment may not know of the service manager that the setting names.
void warn_of_missing_supervisor(const base::options& settings, base::supervision found) {
  const auto asked = settings.get_as<base::supervision>(option::supervised);
  if (found != base::supervision::none || asked == base::supervision::none
      || asked == base::supervision::automatic)
    return;
  actors::log::warning(
    "supervised {} is set, but the environment knows of no such supervisor: {} is "
    "not set",
    server::name_of(asked), asked == base::supervision::systemd ? "NOTIFY_SOCKET" : "UPSTART_JOB");
}

int run(server::configuration& configuration, base::supervision supervisor, bool is_daemon) {
  auto& settings = configuration.settings;
  const auto threads = actors::loop_count_of(settings);
  auto sockets = actors::open_sockets_of(settings, threads);
  if (!sockets) {
    report_failure(sockets.why(), is_daemon);
    return 1;
  }
  actors::log::notice("Thespis {} (speaks as Redis {}), {} event loops, pid {}",
                      base::thespis_version, base::redis_version, threads, ::getpid());
  // From the store's start on the settings are its administrator's.
  for (const auto& sentence : server::explain_settings_without_effect(settings))
    actors::log::warning("{}", sentence);
  server::pid_file pid;
  if (const auto& path = settings.text(option::pidfile); is_daemon || !path.empty())
    if (auto written = pid.write(path.empty() ? "/var/run/thespis.pid" : path); !written)
      actors::log::warning("{}", written.why());
  caf::actor_system_config config;
  actors::use_event_loops(config, threads);
  caf::actor_system system{config};
  {
    actors::store store{system, settings};
    follow_settings(configuration, store);
    store.internals().server.facts.supervised = server::name_of(supervisor);
    store.expect_data();
    const server::stop_signals obeyed{store};
    store.listen(std::move(*sockets));
    const auto loaded = store.load();
    if (!loaded) {
      report_failure(fmt::format("Fatal error loading the DB: {}. Exiting.", loaded.why()),
                     is_daemon);
      store.stop();
      return 1;
    }
    if (*loaded)
      announce(settings, supervisor, is_daemon);
    store.wait();
    server::report_stopping(supervisor);
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
  const auto supervisor = server::find_supervisor(
    settings.get_as<base::supervision>(option::supervised));
  const auto is_daemon = settings.is_on(option::daemonize) && supervisor == base::supervision::none;
  if (is_daemon)
    server::become_daemon();
  if (!start_log(settings))
    return 1;
  actors::log::write_last_words();
  warn_of_missing_supervisor(settings, supervisor);
  for (auto check : {refuse_encryption(settings), lower_maxclients(settings)}) {
    if (check)
      continue;
    report_failure(check.why(), is_daemon);
    return 1;
  }
  server::block_stop_signals();
  return run(configuration, supervisor, is_daemon);
}
