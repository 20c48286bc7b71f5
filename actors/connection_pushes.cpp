/// Messages of channels between the replies of a client (see connection.hpp).

#include "actors/connection.hpp"

#include "actors/fan_out.hpp"
#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"

#include <array>
#include <cerrno>
#include <new>
#include <utility>

namespace thespis::actors {

/// Without memory for a message the client is closed: it would not know that it missed one.
void connection::push(const std::shared_ptr<const pubsub::delivery>& from,
                      const pubsub::delivery::run& which) try {
  if (closing_ || ended_)
    return;
  const memory_reserve::client_work may_fail;
  auto& queue = may_push_now() ? pushes_ : later_pushes_;
  const auto frames = from->frames(which, record_->protocol.load(std::memory_order_relaxed));
  if (!frames.empty()) [[likely]]
    queue.add(from, frames);
  else
    for (auto i = which.first; i < which.end; ++i)
      queue.add(from, (*from)[i].frame, '*');
  if (queue.bytes() > unsent_bytes_max && !dispatcher_.in_flight()) [[unlikely]]
    publish_buffers(draining_);
  check_output_limit();
  if (!flush_expected_) {
    fan_out_.flush_later(*this);
    flush_expected_ = true;
  }
} catch (const std::bad_alloc&) {
  log::warning("Closing client, there is no memory for its messages: {}", record_->address);
  close();
}

/// Whether messages may be sent at once: no replies are under way, or all before have been sent and
/// the request waits for a key.
bool connection::may_push_now() const noexcept {
  if (dispatcher_.in_flight())
    return in_step_ && record_->has_flag(commands::client_blocked);
  return later_pushes_.empty() && dispatcher_.output_is_empty();
}

void connection::flush_pushes() {
  flush_expected_ = false;
  if (!closing_ && !ended_ && may_push_now())
    send_pushes();
}

/// The replies before them have been sent. Returns as send_pushes().
bool connection::send_later_pushes() {
  pushes_.swap(later_pushes_);
  return send_pushes();
}

/// Returns false if the socket has to be waited for; then that is under way.
bool connection::send_pushes() {
  if (!draining_ && !write_pushes())
    drain_pushes(caf::actor_cast<caf::strong_actor_ptr>(this));
  return !draining_;
}

/// Returns false if some are left and the socket is full.
bool connection::write_pushes() {
  constexpr std::size_t pieces_max = 64;
  auto& figures = core_.network[loop().index()];
  while (!pushes_.empty()) {
    std::array<iovec, pieces_max> pieces;
    const auto n = socket_.send({pieces.data(), pushes_.gather(pieces)});
    if (n >= 0) {
      pushes_.sent(static_cast<std::size_t>(n));
      figures.bytes_out.add(static_cast<std::uint64_t>(n));
      figures.writes.add();
    } else if (errno == EAGAIN) {
      return false;
    } else if (errno != EINTR) {
      pushes_.clear();
      close();
    }
  }
  return true;
}

/// A wait for the socket may also be cancelled for another reason than the end (trim).
free_coroutine connection::drain_pushes([[maybe_unused]] caf::strong_actor_ptr keeps_alive) {
  draining_ = true;
  auto finished = false;
  while (!finished && !killed_) {
    co_await socket_.writable();
    finished = killed_ || write_pushes();
  }
  draining_ = false;
  if (const auto waiting = std::exchange(waits_for_pushes_, nullptr))
    waiting.resume();
}

/// RESET: what came for the client meanwhile is dropped.
void connection::leave_topics() {
  fan_out_.forget(*this);
  flush_expected_ = false;
  later_pushes_.clear();
  dispatcher_.left_all_topics();
}

} // namespace thespis::actors
