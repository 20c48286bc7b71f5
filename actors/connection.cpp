#include "actors/connection.hpp"

#include "actors/listener.hpp"
#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "protocol/reply_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <new>

namespace thespis::actors {

namespace {

/// What a receive asks for at first; doubled while the client fills it, up to the maximum.
constexpr std::size_t receive_bytes_min = 2 * 1024;
constexpr std::size_t receive_bytes_max = 64 * 1024;

/// Output beyond this is sent before more of the input is looked at.
constexpr std::size_t unsent_bytes_max = 64 * 1024;

/// As much output counts as the client's own buffer, what is beyond it as a list of replies.
constexpr std::size_t first_output_bytes = 16 * 1024;

} // namespace

// -- what the coroutine suspends for --------------------------------------------------------------

/// Waits until CLIENT PAUSE ends or is lifted. Throws std::bad_alloc instead of waiting.
class connection::pause_awaiter {
public:
  explicit pause_awaiter(connection& self) : self_(self) {
  }
  bool await_ready() const noexcept {
    return false;
  }
  void await_suspend(std::coroutine_handle<> waiting) {
    self_.begin_wait();
    auto& timer = self_.pause_timer_;
    if (!timer)
      timer = std::make_unique<steady_timer>(self_.loop().io().get_executor());
    const auto until_ms = self_.core_.gates.pause_until_ms.load(std::memory_order_relaxed);
    const auto left_ms = std::clamp<std::int64_t>(until_ms - self_.core_.now().ms, 1, 60'000);
    timer->expires_after(std::chrono::milliseconds{left_ms});
    timer->async_wait([waiting](const asio::error_code&) { waiting.resume(); });
  }
  void await_resume() const {
    self_.end_wait();
    self_.dispatcher_.set_time(self_.core_.now());
  }

private:
  connection& self_;
};

/// Sends what is to be sent and waits for batch_done, unless it could not be sent.
class connection::answer_awaiter {
public:
  explicit answer_awaiter(connection& self) : self_(self) {
  }
  bool await_ready() const noexcept {
    return false;
  }
  bool await_suspend(std::coroutine_handle<> waiting) {
    if (self_.dispatcher_.asks_administrator()) [[unlikely]]
      self_.publish_buffers();
    self_.dispatcher_.expect(self_.loop(), waiting);
    return self_.dispatcher_.send(&self_.loop());
  }
  void await_resume() const noexcept {
  }

private:
  connection& self_;
};

// -- the actor ------------------------------------------------------------------------------------

connection::connection(caf::actor_config& config, event_loop& loop, core& home, listener& owner,
                       owned_fd socket, commands::client_record_ptr record, bool local)
  : pinned_actor(config, loop),
    core_(home),
    owner_(owner),
    socket_(loop, std::move(socket)),
    record_(std::move(record)),
    dispatcher_(home, loop.index(), record_, local),
    receive_bytes_(receive_bytes_min) {
}

connection::~connection() {
  outlived_references(*this);
}

caf::behavior connection::make_behavior() {
  caf::behavior behavior;
  try {
    const memory_reserve::client_work may_fail;
    behavior.assign([this](const batch_done&) { go_on(); },
                    [this](const close_connection&) {
                      const turn now{this};
                      ended_ ? quit() : close();
                    });
    dispatcher_.start(caf::actor_cast<caf::actor>(this));
    serve(caf::actor_cast<caf::strong_actor_ptr>(this));
  } catch (const std::bad_alloc&) {
    // There is not even room for the coroutine's frame: it has not begun.
    end();
  }
  return behavior;
}

/// The life of a client.
/// `keeps_alive` is the coroutine's own reference to the actor.
free_coroutine connection::serve([[maybe_unused]] caf::strong_actor_ptr keeps_alive) {
  using step = dispatcher::step;
  while (!closing_) {
    if (!make_room()) {
      refuse_for_memory();
      flush();
      break;
    }
    auto* const to = input_.data() + input_.size();
    const auto received = co_await socket_.receive(to, input_.capacity() - input_.size());
    if (received == 0) {
      if (!std::exchange(trimming_, false))
        break;
      shrink_buffers();
      continue;
    }
    note_received(received);
    auto starved = false;
    while (!starved && !closing_) {
      auto full = false;
      auto next = fill_batch();
      starved = next == step::batched && dispatcher_.has_room();
      if (dispatcher_.must_send()) {
        co_await answer_awaiter{*this};
        dispatcher_.take_answers();
        full = dispatcher_.unfinished();
        starved = starved && !full;
      } else if (next == step::paused) {
        try {
          co_await pause_awaiter{*this};
        } catch (const std::bad_alloc&) {
          end_wait();
          next = refuse_for_memory();
        }
      }
      closing_ = closing_ || next == step::hang_up || !dispatcher_.complete()
                 || dispatcher_.session().close_after_reply;
      if (dispatcher_.output().size() > unsent_bytes_max || starved || full || closing_)
        while (!flush() && !killed_) {
          publish_buffers(true);
          killed_ = !co_await socket_.writable() || killed_;
        }
      closing_ = closing_ || killed_;
    }
    forget_parsed_input();
  }
  end();
}

/// While the client's request is held back: notices that the client is gone, and drops the request.
free_coroutine connection::watch_peer([[maybe_unused]] caf::strong_actor_ptr keeps_alive) {
  auto gone = false;
  while (!gone && record_->has_flag(commands::client_blocked))
    gone = co_await socket_.hang_up();
  if (!gone)
    co_return;
  closing_ = true;
  killed_ = true;
  end_pause();
}

void connection::begin_wait() {
  record_->set_flag(commands::client_blocked, true);
  if (!socket_.is_watching())
    watch_peer(caf::actor_cast<caf::strong_actor_ptr>(this));
}

void connection::end_wait() {
  record_->set_flag(commands::client_blocked, false);
  if (socket_.is_watching())
    socket_.cancel();
}

/// Room for what is expected, and for more; without memory for more, what room there is will do.
bool connection::make_room() noexcept {
  try {
    input_.prepare(std::max(parser_.bytes_wanted(), receive_bytes_));
    return true;
  } catch (const std::bad_alloc&) {
    const auto room = input_.capacity() - input_.size();
    return room != 0 && room >= parser_.bytes_wanted();
  }
}

void connection::note_received(std::size_t bytes) {
  input_.commit(bytes);
  auto& figures = core_.network[loop().index()];
  figures.bytes_in.add(bytes);
  figures.reads.add();
  const auto now = core_.now();
  dispatcher_.set_time(now);
  record_->last_interaction_ms.store(now.ms, std::memory_order_relaxed);
  if (input_.size()
      > static_cast<std::size_t>(core_.options.get(base::option::client_query_buffer_limit))) {
    log::warning("Closing client that reached max query buffer length: {}", record_->address);
    figures.query_buffer_limit_disconnections.add();
    closing_ = true;
  }
  // A client that fills what it is given gets more the next time.
  if (bytes >= receive_bytes_ && receive_bytes_ < receive_bytes_max)
    receive_bytes_ *= 2;
}

/// Parses until the input is used up (`batched`, and there is room for more) or something has to be
/// done before the rest.
dispatcher::step connection::fill_batch() try {
  using step = dispatcher::step;
  if (dispatcher_.unfinished())
    return step::run_first;
  const memory_reserve::delivery may_fail;
  parser_.set_authenticated(dispatcher_.session().authenticated());
  parser_.set_bulk_bytes_max(core_.options.get(base::option::proto_max_bulk_len));
  while (dispatcher_.has_room()) {
    auto& words = dispatcher_.words();
    const auto first_word = words.size();
    std::size_t consumed = 0;
    const auto status = parser_.next(input_.view().substr(parsed_), consumed, words);
    parsed_ += consumed;
    if (status == protocol::parse_status::incomplete)
      return step::batched;
    if (status == protocol::parse_status::error)
      return refuse_protocol_error();
    const auto next = dispatcher_.place(first_word, &loop());
    if (next == step::run_first || next == step::paused)
      parsed_ -= consumed;
    if (next != step::batched)
      return next;
  }
  return step::run_first;
} catch (const std::bad_alloc&) {
  return refuse_for_memory();
}

/// The parser repeats its error, so what came before it runs first.
dispatcher::step connection::refuse_protocol_error() {
  if (dispatcher_.must_send())
    return dispatcher::step::run_first;
  auto& session = dispatcher_.session();
  if (session.replies != protocol::reply_mode::off)
    protocol::reply_writer{dispatcher_.output(), session.protocol}.error(parser_.error());
  return dispatcher::step::hang_up;
}

/// A request cannot be read. What is in the batch runs first, and frees some memory: perhaps the
/// request can be read then.
dispatcher::step connection::refuse_for_memory() noexcept {
  if (dispatcher_.must_send())
    return dispatcher::step::run_first;
  log::warning("Closing client, there is no memory for its request: {}", record_->address);
  dispatcher_.reply_out_of_memory();
  return dispatcher::step::hang_up;
}

void connection::forget_parsed_input() {
  input_.consume(parsed_);
  parsed_ = 0;
  if (!input_.empty()) [[unlikely]]
    publish_buffers();
  parser_.release_inline();
  if (input_.empty() && input_.capacity() > receive_bytes_max)
    input_.release();
  if (dispatcher_.output().capacity() > unsent_bytes_max)
    dispatcher_.output().release();
}

/// Sends what the socket takes. Returns false if some is left and the socket has to be waited for.
bool connection::flush() {
  auto& output = dispatcher_.output();
  auto& figures = core_.network[loop().index()];
  output_peak_ = std::max(output_peak_, output.size());
  while (sent_ < output.size()) {
    const auto n = socket_.send(output.data() + sent_, output.size() - sent_);
    if (n >= 0) {
      sent_ += static_cast<std::size_t>(n);
      figures.bytes_out.add(static_cast<std::uint64_t>(n));
      figures.writes.add();
    } else if (errno == EAGAIN) {
      return false;
    } else if (errno != EINTR) {
      closing_ = true;
      break;
    }
  }
  output.clear();
  sent_ = 0;
  return true;
}

// -- from the loop --------------------------------------------------------------------------------

void connection::go_on() {
  received(static_cast<caf::abstract_actor*>(this));
  dispatcher_.resume();
}

void connection::close() {
  closing_ = true;
  killed_ = true;
  socket_.cancel();
  end_pause();
}

void connection::end_pause() {
  if (pause_timer_)
    pause_timer_->cancel();
}

void connection::trim() {
  if (!socket_.is_receiving() || (input_.capacity() <= receive_bytes_min && !output_may_shrink()))
    return;
  trimming_ = true;
  socket_.cancel();
}

bool connection::output_may_shrink() noexcept {
  const auto bytes = dispatcher_.output().capacity();
  return bytes > receive_bytes_min && output_peak_ < bytes / 2
         && core_.reply_buffers.resizing.load(std::memory_order_relaxed);
}

void connection::shrink_buffers() {
  if (output_may_shrink())
    dispatcher_.output().release();
  receive_bytes_ = receive_bytes_min;
  if (input_.empty())
    input_.release();
}

void connection::tick() {
  if (dispatcher_.in_flight())
    return;
  publish_buffers(sent_ < dispatcher_.output().size());
  const auto reset_ms = core_.reply_buffers.peak_reset_ms.load(std::memory_order_relaxed);
  const auto now_ms = core_.now().ms;
  if (reset_ms < 0 || now_ms - output_peak_since_ms_ <= reset_ms)
    return;
  output_peak_ = dispatcher_.output().size();
  output_peak_since_ms_ = now_ms;
}

/// What CLIENT LIST shows of the buffers. Not for every request: only when this client may be about
/// to ask, when something stays in a buffer for longer, and with every tick.
void connection::publish_buffers(bool waits_to_write) noexcept {
  const auto put = [](auto& figure, auto value) { figure.store(value, std::memory_order_relaxed); };
  const auto& output = dispatcher_.output();
  const auto waiting = output.size() - sent_;
  put(record_->query_bytes, input_.size());
  put(record_->query_free_bytes, input_.capacity() - input_.size());
  put(record_->argument_bytes, dispatcher_.argument_bytes());
  put(record_->output_capacity_bytes, output.capacity());
  put(record_->output_peak_bytes, output_peak_);
  // Redis has a buffer of 16 KiB and a list for what does not fit; tools watch the list.
  put(record_->output_bytes, std::min(waiting, first_output_bytes));
  put(record_->output_list_length, waiting > first_output_bytes ? 1u : 0u);
  put(record_->output_list_bytes, waiting - std::min(waiting, first_output_bytes));
  put(record_->total_bytes, sizeof *this + sizeof *record_ + input_.capacity() + output.capacity());
  put(record_->write_pending, waits_to_write);
}

/// The coroutine's last act: nothing is in flight any more.
void connection::end() noexcept {
  socket_.close();
  pause_timer_.reset();
  owner_.forget(*this);
  dispatcher_.end();
  ended_ = true;
  try {
    // The coroutine may run outside of a handler, where an actor cannot quit.
    post(caf::actor_cast<caf::actor>(this), &loop(), close_connection{});
    post(core_.administrator, &loop(), client_went{record_->id});
  } catch (const std::bad_alloc&) {
    log::warning("No memory to forget a client that has gone: {}", record_->address);
  }
}

} // namespace thespis::actors
