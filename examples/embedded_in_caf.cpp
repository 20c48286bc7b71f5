/// A CAF application that keeps its data in a store of its own: in the same actor system, without a
/// socket. Guests sign the guest book all at once; when they have, the host reads it.
///
///     embedded_in_caf                  on CAF's own scheduler
///     embedded_in_caf --event-loops    on the store's event loops

#include <thespis/server/thespis.hpp>

#include <caf/all.hpp>

#include <iostream>
#include <string>
#include <string_view>

namespace {

constexpr int guest_count = 8;

using signed_atom = caf::atom_constant<caf::atom("signed")>;

/// One of the application's actors: sends requests, gets the replies as messages, tells the host.
/// The second handler is for a store that is not there any more; without it the guest would just
/// die.
caf::behavior guest(caf::event_based_actor* self, caf::actor client, caf::actor host, int number) {
  const auto key = "guest:" + std::to_string(number);
  const auto tell_host = [=](const caf::error& gone) { self->send(host, gone); };
  self->request(client, caf::infinite, thespis::request{{"SET", key, "was here"}})
    .then(
      [=](const thespis::reply& reply) {
        if (!reply.is_ok())
          std::cerr << reply.text() << '\n';
        self->request(client, caf::infinite, thespis::request{{"INCR", "guests"}})
          .then(
            [=](const thespis::reply& count) {
              self->send(host, signed_atom::value, number, count.integer());
            },
            tell_host);
      },
      tell_host);
  return {};
}

/// The application: how many guests the book counts and how many of their entries it has.
int welcome_guests(caf::actor_system& system, thespis::store& store) {
  caf::scoped_actor host{system};
  const auto client = store.connect();
  for (int number = 0; number < guest_count; ++number)
    system.spawn(guest, client, caf::actor{host}, number);
  for (int seen = 0; seen < guest_count; ++seen)
    host->receive(
      [](signed_atom, int number, std::int64_t place) {
        std::cout << "guest " << number << " signed as number " << place << '\n';
      },
      [&](const caf::error& gone) { std::cerr << system.render(gone) << '\n'; });
  bool complete = false;
  host->request(client, caf::infinite, thespis::request{{"MGET", "guests", "guest:0", "guest:7"}})
    .receive(
      [&](const thespis::reply& book) {
        complete = book.items().size() == 3 && book.items()[0].text == std::to_string(guest_count)
                   && book.items()[1].text == "was here" && book.items()[2].text == "was here";
      },
      [&](const caf::error& gone) { std::cerr << system.render(gone) << '\n'; });
  std::cout << (complete ? "the book is complete\n" : "the book has lost a page\n");
  return complete ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  caf::actor_system_config config;
  if (argc > 1 && std::string_view{argv[1]} == "--event-loops")
    thespis::use_event_loops(config, 2);
  caf::actor_system system{config};
  thespis::options settings;
  thespis::store store{system, settings};
  return welcome_guests(system, store);
}
