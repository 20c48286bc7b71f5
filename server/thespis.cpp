#include "server/thespis.hpp"

#include "actors/loop_coordinator.hpp"
#include "actors/store.hpp"
#include "server/stop_signals.hpp"

namespace thespis {

base::result<void> configure(options& settings, std::string_view name, std::string_view value) {
  return settings.load(name, base::option_words{&value, 1});
}

void use_event_loops(caf::actor_system_config& config, std::size_t threads) {
  actors::use_event_loops(config, threads);
}

/// Keeps the headers of the inner store out of the host's sources.
class hidden_store {
public:
  hidden_store(caf::actor_system& system, options& settings_of_it)
    : settings(settings_of_it), inner(system, settings_of_it) {
  }

  const options& settings;
  actors::store inner;
};

store::store(caf::actor_system& system, options& settings)
  : hidden_(std::make_unique<hidden_store>(system, settings)) {
}

store::~store() = default;

caf::actor store::connect() {
  return hidden_->inner.connect();
}

base::result<void> store::listen() {
  auto sockets = actors::open_sockets_of(hidden_->settings, hidden_->inner.loop_count());
  if (!sockets)
    return base::fault{sockets.why()};
  hidden_->inner.listen(std::move(*sockets));
  return {};
}

void store::stop() {
  hidden_->inner.stop();
}

void store::wait() {
  hidden_->inner.wait();
}

void store::serve_until_stopped() {
  server::serve_until_stopped(hidden_->inner);
}

void block_stop_signals() {
  server::block_stop_signals();
}

} // namespace thespis
