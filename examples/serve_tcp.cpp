/// A server for Redis clients: serve_tcp [port]

#include <thespis/server/thespis.hpp>

#include <caf/all.hpp>

#include <iostream>

int main(int argc, char** argv) {
  thespis::block_stop_signals();
  thespis::options settings;
  auto good = thespis::configure(settings, "port", argc > 1 ? argv[1] : "6379");
  caf::actor_system_config config;
  thespis::use_event_loops(config, 2);
  caf::actor_system system{config};
  thespis::store store{system, settings};
  if (good && (good = store.listen()))
    store.serve_until_stopped();
  else
    std::cerr << good.why() << '\n';
  return good ? 0 : 1;
}
