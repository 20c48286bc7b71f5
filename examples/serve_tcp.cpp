/// A server for Redis clients: serve_tcp [port]

#include <thespis/server/thespis.hpp>

#include <caf/all.hpp>

#include <iostream>

int main(int argc, char** argv) {
  thespis::block_stop_signals();
  thespis::options settings;
  if (auto set = thespis::configure(settings, "port", argc > 1 ? argv[1] : "6379"); !set) {
    std::cerr << set.why() << '\n';
    return 1;
  }
  caf::actor_system_config config;
  thespis::use_event_loops(config, 2);
  caf::actor_system system{config};
  thespis::store store{system, settings};
  if (auto listening = store.listen(); !listening) {
    std::cerr << listening.why() << '\n';
    return 1;
  }
  store.serve_until_stopped();
}
