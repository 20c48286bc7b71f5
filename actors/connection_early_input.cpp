/// Input that comes while the client does not take its replies (see connection.hpp).
///
/// Redis reads on and collects the replies. Here the replies wait: the requests are collected,
/// which are the client's own bytes and usually far fewer. Without that a client that sends all of
/// a long pipeline before it reads anything would wait for the server, and the server for the
/// client.
///
/// The socket has one reader at a time: serve() waits for the end of read_early() (reader_awaiter)
/// before it goes on.

#include "actors/connection.hpp"

#include "actors/memory_reserve.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

namespace thespis::actors {

/// How many bytes the next receive may bring: what a client has sent and nobody has looked at is
/// never more than client-query-buffer-limit, and of a stranger nothing is kept.
std::size_t connection::make_early_room() noexcept try {
  constexpr std::size_t receive_bytes = 64 * 1024;
  const auto held = input_.size() + early_->bytes.size();
  const auto held_max = static_cast<std::size_t>(
    core_.options.get(base::option::client_query_buffer_limit));
  if (closing_ || killed_ || early_->waits_for_reader || held >= held_max
      || !core_.trusts(dispatcher_.session()))
    return 0;
  const auto room = std::min(receive_bytes, held_max - held);
  early_->bytes.prepare(room);
  return room;
} catch (const std::bad_alloc&) {
  return 0;
}

/// Without memory for it the client has to take some replies first.
void connection::begin_reading_early() noexcept try {
  const memory_reserve::client_work may_fail;
  if (!early_)
    early_ = std::make_unique<early_input>();
  read_early(caf::actor_cast<caf::strong_actor_ptr>(this));
} catch (const std::bad_alloc&) {
  return;
}

/// Until the socket takes replies again (reader_awaiter), or there is no room or nothing to come.
free_coroutine connection::read_early([[maybe_unused]] caf::strong_actor_ptr keeps_alive) {
  early_->reading = true;
  while (const auto room = make_early_room()) {
    const auto received = co_await socket_.receive(early_->bytes.prepare(room), room);
    if (received == 0)
      break;
    early_->bytes.commit(received);
    count_received(received);
  }
  early_->reading = false;
  if (const auto waiting = std::exchange(early_->waits_for_reader, nullptr))
    waiting.resume();
}

/// It becomes the input, all of which has been answered but for the beginning of a request. Returns
/// false if there is no memory for it.
bool connection::take_early_input() noexcept try {
  input_.add(early_->bytes);
  early_.reset();
  input_parsed_ = false;
  borrow_output();
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

} // namespace thespis::actors
