/// Messages of channels between the replies of a client (see connection.hpp).

#include "actors/connection.hpp"

#include "actors/fan_out.hpp"
#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "base/byte_buffer.hpp"
#include "protocol/reply_writer.hpp"

#include <array>
#include <cerrno>
#include <new>
#include <utility>

namespace thespis::actors {

using pubsub::topic_kind;

/// Without memory for a message the client is closed: it would not know that it missed one.
void connection::push(const std::shared_ptr<const pubsub::delivery>& from,
                      const pubsub::delivery::run& which) {
  queue([&](push_queue& to) {
    switch ((*from)[which.first].kind) {
      case topic_kind::copies:
      case topic_kind::key_prefix:
        return add_changed_keys(from, which, to);
      case topic_kind::monitor:
        return to.add(from, from->frames(which, 3));
      default:
        return add_published(from, which, to);
    }
  });
}

/// `add`: puts something into the push_queue that it gets.
template <class Add>
void connection::queue(Add&& add) try {
  if (closing_ || ended_)
    return;
  const memory_reserve::client_work may_fail;
  auto& queue = may_push_now() ? pushes_ : later_pushes_;
  add(queue);
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

void connection::add_published(const std::shared_ptr<const pubsub::delivery>& from,
                               const pubsub::delivery::run& which, push_queue& to) const {
  const auto frames = from->frames(which, record_->protocol.load(std::memory_order_relaxed));
  if (!frames.empty()) [[likely]]
    to.add(from, frames);
  else
    for (auto i = which.first; i < which.end; ++i)
      to.add(from, (*from)[i].frame, '*');
}

// -- changes of keys that the client has copies of ------------------------------------------------

/// RESP2 has no words for them: another client gets them, or nobody does.
void connection::add_changed_keys(const std::shared_ptr<const pubsub::delivery>& from,
                                  const pubsub::delivery::run& which, push_queue& to) {
  if (from->origin == record_->id && record_->has_flag(commands::client_no_loop)
      && !(*from)[which.first].tells_of_all())
    return;
  const auto redirect = record_->redirect.load(std::memory_order_relaxed);
  if (redirect > 0)
    post(core_.administrator, &loop(),
         redirected_keys{record_->id, static_cast<std::uint64_t>(redirect), from, which});
  else if (record_->protocol.load(std::memory_order_relaxed) == 3)
    to.add(from, from->frames(which, 3));
}

/// In RESP2 they come as messages of a channel, to those who subscribe to anything.
void connection::take_redirected(const redirected_keys& news) {
  const turn now{this};
  queue([&](push_queue& to) {
    if (record_->protocol.load(std::memory_order_relaxed) == 3)
      return to.add(news.messages, news.messages->frames(news.run, 3));
    if (!subscribes())
      return;
    base::byte_buffer frame;
    protocol::reply_writer writer{frame, 2};
    for (auto i = news.run.first; i < news.run.end; ++i) {
      const auto one = (*news.messages)[i];
      writer.push(3);
      writer.bulk("message");
      writer.bulk("__redis__:invalidate");
      if (one.tells_of_all())
        writer.null_array();
      else
        frame.append(one.payload);
    }
    to.add(frame.view());
  });
}

void connection::note_broken_redirect() {
  const turn now{this};
  record_->set_flag(commands::client_broken_redirect, true);
  if (record_->protocol.load(std::memory_order_relaxed) != 3)
    return;
  queue([&](push_queue& to) {
    base::byte_buffer frame;
    protocol::reply_writer writer{frame, 3};
    writer.push(2);
    writer.bulk("tracking-redir-broken");
    writer.integer(record_->redirect.load(std::memory_order_relaxed));
    to.add(frame.view());
  });
}

/// Of a request that changes what the client subscribes to: messages that came before it has run
/// come before its confirmations.
bool connection::send_ahead_of(base::byte_buffer& output, std::size_t at) noexcept try {
  if (later_pushes_.empty()) [[likely]]
    return true;
  base::byte_buffer reply;
  reply.append(output.view().substr(at));
  output.prepare(later_pushes_.bytes());
  output.truncate(at);
  later_pushes_.append_to(output);
  output.append(reply.view());
  later_pushes_.clear();
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

/// HELLO: what was written in the protocol before comes ahead of the reply that changes it.
void connection::follow_protocol(int before) noexcept {
  if (before != record_->protocol.load(std::memory_order_relaxed)
      && !send_ahead_of(dispatcher_.output(), dispatcher_.last_reply_at())) [[unlikely]]
    close();
}

/// CLIENT TRACKING, MONITOR and RESET change what the client gets.
void connection::follow_session() try {
  auto& session = dispatcher_.session();
  session.listens_anew = false;
  fan_out_.follow(*this, session);
} catch (const std::bad_alloc&) {
  log::warning("Closing client, there is no memory to send it messages: {}", record_->address);
  close();
}

// -- sending them ---------------------------------------------------------------------------------

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
      // Who hears something is not idle.
      record_->last_interaction_ms.store(core_.now().ms, std::memory_order_relaxed);
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
