#include "server/thespis.hpp"

#include "actors/loop_coordinator.hpp"
#include "actors/store.hpp"
#include "server/stop_signals.hpp"

#include <utility>

namespace thespis {

base::result<void> configure(options& settings, std::string_view name, std::string_view value) {
  return settings.load(name, base::option_words{&value, 1});
}

void use_event_loops(caf::actor_system_config& config, std::size_t threads) {
  actors::use_event_loops(config, threads);
}

/// Keeps the headers of the inner store out of the host's sources.
struct store::implementation {
  implementation(caf::actor_system& system, const options& from)
    : as_given(from), settings(from), inner(system, prepared(settings)) {
  }

  /// A host does not expect files that it has not asked for.
  static options& prepared(options& given) {
    if (!given.is_loaded(base::option::save))
      static_cast<void>(given.adopt(base::option::save, ""));
    return given;
  }

  /// For the host's thread. Those of the inner store are its administrator's.
  const options as_given;
  options settings;
  actors::store inner;
};

store::store(caf::actor_system& system, const options& settings)
  : inside_(std::make_unique<implementation>(system, settings)) {
}

store::~store() = default;

caf::actor store::connect() {
  return inside_->inner.connect();
}

caf::actor store::connect(caf::actor receiver) {
  return inside_->inner.connect(std::move(receiver));
}

base::result<void> store::listen() {
  auto sockets = actors::open_sockets_of(inside_->as_given, inside_->inner.loop_count());
  if (!sockets)
    return base::fault{sockets.why()};
  inside_->inner.listen(std::move(*sockets));
  return {};
}

base::result<void> store::load() {
  if (auto loaded = inside_->inner.load(); !loaded)
    return base::fault{loaded.why()};
  return {};
}

void store::stop() {
  inside_->inner.stop();
}

void store::wait() {
  inside_->inner.wait();
}

void store::serve_until_stopped() {
  const server::stop_signals obeyed{inside_->inner};
  inside_->inner.wait();
}

void block_stop_signals() {
  server::block_stop_signals();
}

} // namespace thespis
