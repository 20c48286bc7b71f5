#include "actors/embedded_subscriber.hpp"

#include "actors/event_loop.hpp"
#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"

#include <new>
#include <utility>

namespace thespis::actors {

embedded_subscriber::embedded_subscriber(caf::actor client)
  : client_(std::move(client)), close_(wrap(close_connection{})) {
}

embedded_subscriber::~embedded_subscriber() = default;

void embedded_subscriber::push(const std::shared_ptr<const pubsub::delivery>& from,
                               const pubsub::delivery::run& which) try {
  if (!close_)
    return;
  auto news = [&] {
    const memory_reserve::client_work may_fail;
    return wrap(forward{from, which});
  }();
  post_wrapped(client_, event_loop::current(), std::move(news));
} catch (const std::bad_alloc&) {
  log::warning("Closing an embedded client, there is no memory for its messages");
  post_wrapped(client_, event_loop::current(), std::move(close_));
}

} // namespace thespis::actors
