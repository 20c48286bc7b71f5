/// An actor that hears of what happens in the store: of messages that others publish, and of a
/// session that expires. They come to it as messages, like everything else.
///
///     subscribe_from_actor                  on CAF's own scheduler
///     subscribe_from_actor --event-loops    on the store's event loops

#include <thespis/server/thespis.hpp>

#include <caf/all.hpp>

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using ready = caf::atom_constant<caf::atom("ready")>;
using words = std::vector<std::string>;

/// Prints what it hears, until a session has expired. Its client ends when it does. `host` is told
/// when the subscriptions hold.
caf::behavior reporter(caf::event_based_actor* self, thespis::store* store, caf::actor host) {
  const auto client = store->connect(caf::actor{self});
  const auto subscribe = [=](words command) {
    return self->request(client, caf::infinite, thespis::request{std::move(command)});
  };
  subscribe({"SUBSCRIBE", "news", "sport"}).then([](const thespis::reply&) {});
  subscribe({"PSUBSCRIBE", "__keyevent@*__:expired"}).then([=](const thespis::reply&) {
    self->send(host, ready::value);
  });
  return {[=](const thespis::channel_message& message) {
    if (message.kind == thespis::topic_kind::channel) {
      std::cout << message.channel << ": " << message.payload << '\n';
    } else {
      std::cout << message.payload << " has expired\n";
      self->quit();
    }
  }};
}

/// Another part of the application. Returns whether the store has done what it was asked for.
bool publish(caf::scoped_actor& self, const caf::actor& client) {
  auto good = true;
  for (const auto& command :
       {words{"PUBLISH", "news", "the house is open"},
        words{"PUBLISH", "weather", "nobody listens to this"},
        words{"PUBLISH", "sport", "one to nil"}, words{"SET", "session:7", "Namal", "PX", "20"}})
    self->request(client, caf::infinite, thespis::request{command})
      .receive([&](const thespis::reply& reply) { good = good && !reply.is_error(); },
               [&](const caf::error&) { good = false; });
  return good;
}

} // namespace

int main(int argc, char** argv) {
  caf::actor_system_config config;
  if (argc > 1 && std::string_view{argv[1]} == "--event-loops")
    thespis::use_event_loops(config, 2);
  caf::actor_system system{config};
  thespis::options settings;
  // Events of keys are told if asked for: E by the name of the event, x those that expire.
  auto good = static_cast<bool>(thespis::configure(settings, "notify-keyspace-events", "Ex"));
  thespis::store store{system, settings};
  caf::scoped_actor self{system};
  const auto listener = system.spawn(reporter, &store, caf::actor{self});
  self->receive([](ready) {});
  good = publish(self, store.connect()) && good;
  self->wait_for(listener);
  return good ? 0 : 1;
}
