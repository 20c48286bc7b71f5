#include "actors/connection.hpp"

#include "actors/fan_out.hpp"
#include "actors/listener.hpp"
#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "protocol/reply_writer.hpp"

#include <asio/post.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>

namespace thespis::actors {

namespace {

/// So much is sent before other clients have their turn.
constexpr std::size_t sent_bytes_max = 1024 * 1024;

/// With CAF's 64 bytes of bookkeeping it just fits an allocator's class of 2,560 bytes.
static_assert(sizeof(void*) != 8 || sizeof(connection) <= 2'560 - 64);

} // namespace

// -- what the coroutine suspends for --------------------------------------------------------------

/// Waits until CLIENT PAUSE ends or is lifted; without memory to wait, the client is sent away.
class connection::pause_awaiter {
public:
  explicit pause_awaiter(connection& self) : self_(self) {
  }
  bool await_ready() const noexcept {
    return false;
  }
  bool await_suspend(std::coroutine_handle<> waiting) noexcept try {
    self_.begin_wait();
    auto& timer = self_.pause_timer_;
    if (!timer)
      timer = std::make_unique<steady_timer>(self_.loop().io().get_executor());
    const auto until_ms = self_.core_.gates.pause_until_ms.load(std::memory_order_relaxed);
    const auto left_ms = std::clamp<std::int64_t>(until_ms - self_.core_.now().ms, 1, 60'000);
    timer->expires_after(std::chrono::milliseconds{left_ms});
    timer->async_wait([waiting](const asio::error_code&) { waiting.resume(); });
    return true;
  } catch (const std::bad_alloc&) {
    self_.refuse_for_memory();
    self_.closing_ = true;
    return false;
  }
  void await_resume() const {
    self_.end_wait();
    self_.note_time();
  }

private:
  connection& self_;
};

/// Waits for drain_pushes().
class connection::pushes_awaiter {
public:
  explicit pushes_awaiter(connection& self) : self_(self) {
  }
  bool await_ready() const noexcept {
    return !self_.draining_;
  }
  void await_suspend(std::coroutine_handle<> waiting) noexcept {
    self_.waits_for_pushes_ = waiting;
  }
  void await_resume() const {
    self_.note_time();
  }

private:
  connection& self_;
};

/// Lets the loop serve whoever else is ready.
class connection::turn_awaiter {
public:
  explicit turn_awaiter(connection& self) : self_(self) {
  }
  bool await_ready() const noexcept {
    return false;
  }
  void await_suspend(std::coroutine_handle<> waiting) {
    asio::post(self_.loop().io(), [waiting] { waiting.resume(); });
  }
  void await_resume() const {
    self_.note_time();
  }

private:
  connection& self_;
};

/// Waits until nobody else reads from the socket.
class connection::reader_awaiter {
public:
  explicit reader_awaiter(connection& self) : self_(self) {
  }
  bool await_ready() const noexcept {
    return !self_.early_ || !self_.early_->reading;
  }
  void await_suspend(std::coroutine_handle<> waiting) noexcept {
    self_.early_->waits_for_reader = waiting;
    self_.socket_.cancel();
  }
  void await_resume() const noexcept {
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
    self_.in_step_ = self_.dispatcher_.output().empty() && self_.pushes_.empty();
    self_.dispatcher_.expect(self_.loop(), waiting);
    return self_.dispatcher_.send(&self_.loop());
  }
  void await_resume() const {
    self_.end_wait();
    const auto protocol = self_.record_->protocol.load(std::memory_order_relaxed);
    self_.dispatcher_.take_answers();
    if (!self_.later_pushes_.empty()) [[unlikely]]
      self_.follow_protocol(protocol);
    if (self_.dispatcher_.leaves_all_topics()) [[unlikely]]
      self_.leave_topics();
    if (self_.dispatcher_.session().listens_anew) [[unlikely]]
      self_.follow_session();
    if (self_.input_parsed_)
      return;
    // It may have taken long.
    self_.note_time();
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
    dispatcher_(home, loop.index(), *record_, {.local = local, .words_stay = true}),
    fan_out_(
      dynamic_cast<fan_out&>(*caf::actor_cast<caf::abstract_actor*>(home.fan_outs[loop.index()]))) {
}

connection::~connection() {
  outlived_references(*this);
}

caf::behavior connection::make_behavior() {
  caf::behavior behavior;
  try {
    const memory_reserve::client_work may_fail;
    behavior.assign([this](const batch_done&) { go_on(); },
                    [this](const request_waits& news) { note_waiting(news); },
                    [this](const redirected_keys& news) { take_redirected(news); },
                    [this](const redirect_broken&) { note_broken_redirect(); },
                    [this](const close_connection&) {
                      const turn now{this};
                      ended_ ? quit() : close();
                    });
    dispatcher_.start(caf::actor_cast<caf::actor>(this), this);
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
  while (!closing_) {
    const auto is_early = early_ && !early_->bytes.empty();
    if (!is_early)
      early_.reset();
    if (is_early ? !take_early_input() : !input_.make_room()) {
      refuse_for_memory();
      flush();
      break;
    }
    if (!is_early) {
      const auto received = co_await socket_.receive(input_.room(), input_.room_bytes());
      if (received == 0 && !std::exchange(trimming_, false)) {
        log::verbose("Client closed connection {}", record_->address);
        break;
      }
      if (received == 0) {
        shrink_buffers();
        continue;
      }
      note_received(received);
    }
    auto next = advance();
    while (next != wait::input) {
      if (next == wait::answers) {
        co_await answer_awaiter{*this};
      } else if (next == wait::pause) {
        co_await pause_awaiter{*this};
      } else if (next == wait::pushes) {
        begin_reading_early();
        co_await pushes_awaiter{*this};
      } else if (next == wait::turn) {
        co_await turn_awaiter{*this};
      } else {
        publish_buffers(true);
        check_output_limit();
        begin_reading_early();
        if (!killed_)
          killed_ = !co_await socket_.writable() || killed_;
        note_time();
      }
      co_await reader_awaiter{*this};
      next = advance();
    }
    forget_parsed_input();
  }
  end();
}

/// Does all that can be done without waiting, and says what to wait for next: `input` when
/// everything that came has been answered, or the connection is to end.
connection::wait connection::advance() {
  using step = dispatcher::step;
  for (;;) {
    closing_ = closing_ || !dispatcher_.complete() || dispatcher_.session().close_after_reply;
    if (draining_ && !killed_)
      return wait::pushes;
    if (has_to_flush())
      if (const auto first = flush(); first && !killed_)
        return *first;
    closing_ = closing_ || killed_;
    if (closing_ || (input_parsed_ && !dispatcher_.unfinished()))
      return wait::input;
    const auto next = fill_batch();
    input_parsed_ = next == step::batched && dispatcher_.has_room();
    closing_ = next == step::hang_up;
    // Replies to what came before do not wait for what may take long.
    if (dispatcher_.may_wait() || next == step::paused) {
      if (const auto first = flush(); first && !killed_)
        return *first;
      hand_on_output();
    }
    if (dispatcher_.must_send())
      return wait::answers;
    if (next == step::paused)
      return wait::pause;
  }
}

bool connection::has_to_flush() noexcept {
  return dispatcher_.output().size() > unsent_bytes_max || input_parsed_ || closing_
         || dispatcher_.unfinished() || !pushes_.empty() || !later_pushes_.empty();
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
  dispatcher_.give_up_waiting();
}

void connection::begin_wait() {
  record_->set_flag(commands::client_blocked, true);
  if (!socket_.is_watching())
    watch_peer(caf::actor_cast<caf::strong_actor_ptr>(this));
}

/// It may have been answered meanwhile.
void connection::note_waiting(const request_waits& news) {
  const turn now{this};
  if (!dispatcher_.waits(news.wait))
    return;
  if (killed_)
    return dispatcher_.give_up_waiting();
  begin_wait();
  if (in_step_)
    send_later_pushes();
}

void connection::end_wait() {
  if (!record_->has_flag(commands::client_blocked)) [[likely]]
    return;
  record_->set_flag(commands::client_blocked, false);
  if (socket_.is_watching())
    socket_.cancel();
}

void connection::count_received(std::size_t bytes) noexcept {
  auto& figures = core_.network[loop().index()];
  figures.bytes_in.add(bytes);
  figures.reads.add();
  note_time();
}

void connection::note_received(std::size_t bytes) {
  input_.received(bytes);
  input_parsed_ = false;
  count_received(bytes);
  borrow_output();
  if (input_.size()
      > static_cast<std::size_t>(core_.options.get(base::option::client_query_buffer_limit))) {
    log::warning("Closing client that reached max query buffer length: {}", record_->address);
    core_.network[loop().index()].query_buffer_limit_disconnections.add();
    closing_ = true;
  }
}

/// Something happened: the client is not idle, and its next requests happen now.
void connection::note_time() noexcept {
  const auto now = core_.now();
  dispatcher_.set_time(now);
  record_->last_interaction_ms.store(now.ms, std::memory_order_relaxed);
}

/// Parses until the input is used up (`batched`, and there is room for more) or something has to be
/// done before the rest.
dispatcher::step connection::fill_batch() try {
  using step = dispatcher::step;
  if (dispatcher_.unfinished() || dispatcher_.may_wait())
    return step::run_first;
  const memory_reserve::delivery may_fail;
  auto& parser = input_.parser();
  parser.set_authenticated(core_.trusts(dispatcher_.session()));
  parser.set_bulk_bytes_max(core_.options.get(base::option::proto_max_bulk_len));
  while (dispatcher_.has_room()) {
    auto& words = dispatcher_.words();
    const auto first_word = words.size();
    const auto status = input_.next(words);
    if (status == protocol::parse_status::incomplete) {
      dispatcher_.end_gathering();
      return step::batched;
    }
    if (status == protocol::parse_status::error)
      return refuse_protocol_error();
    const auto next = dispatcher_.place(first_word, &loop());
    if (next == step::run_first || next == step::paused)
      input_.take_back();
    if (next != step::batched)
      return next;
  }
  return step::run_first;
} catch (const std::bad_alloc&) {
  return refuse_for_memory();
}

/// The parser repeats its error, so what came before it runs first.
dispatcher::step connection::refuse_protocol_error() {
  dispatcher_.end_gathering();
  if (dispatcher_.must_send())
    return dispatcher::step::run_first;
  auto& session = dispatcher_.session();
  if (session.replies != protocol::reply_mode::off)
    protocol::reply_writer{dispatcher_.output(), session.protocol}.error(input_.parser().error());
  return dispatcher::step::hang_up;
}

/// A request cannot be read. What is in the batch runs first, and frees some memory: perhaps the
/// request can be read then.
dispatcher::step connection::refuse_for_memory() noexcept {
  dispatcher_.end_gathering();
  if (dispatcher_.must_send())
    return dispatcher::step::run_first;
  log::warning("Closing client, there is no memory for its request: {}", record_->address);
  dispatcher_.reply_out_of_memory();
  return dispatcher::step::hang_up;
}

void connection::forget_parsed_input() {
  input_.forget_parsed();
  if (!input_.empty()) [[unlikely]]
    publish_buffers();
  hand_on_output();
}

/// Sends what the socket takes. Returns what to wait for if some is left.
std::optional<connection::wait> connection::flush() {
  auto& output = dispatcher_.output();
  auto& figures = core_.network[loop().index()];
  output_peak_ = std::max(output_peak_, output.size());
  if (!send_pushes())
    return wait::pushes;
  const auto sent_before = sent_;
  while (sent_ < output.size()) {
    if (sent_ - sent_before >= sent_bytes_max)
      return wait::turn;
    const auto n = socket_.send(output.data() + sent_, output.size() - sent_);
    if (n >= 0) {
      sent_ += static_cast<std::size_t>(n);
      figures.bytes_out.add(static_cast<std::uint64_t>(n));
      figures.writes.add();
    } else if (errno == EAGAIN) {
      return wait::room;
    } else if (errno != EINTR) {
      closing_ = true;
      break;
    }
  }
  output.clear();
  sent_ = 0;
  if (!send_later_pushes())
    return wait::pushes;
  return std::nullopt;
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
  dispatcher_.give_up_waiting();
}

void connection::end_pause() {
  if (pause_timer_)
    pause_timer_->cancel();
}

/// The coroutine's last act: nothing is in flight any more. Once the listener forgets its last
/// connection the core may go.
void connection::end() noexcept {
  killed_ = true;
  socket_.close();
  pause_timer_.reset();
  fan_out_.forget(*this);
  pushes_.clear();
  later_pushes_.clear();
  dispatcher_.end();
  ended_ = true;
  try {
    // The coroutine may run outside of a handler, where an actor cannot quit.
    post(caf::actor_cast<caf::actor>(this), &loop(), close_connection{});
    post(core_.administrator, &loop(), client_went{record_->id});
  } catch (const std::bad_alloc&) {
    log::warning("No memory to forget a client that has gone: {}", record_->address);
  }
  owner_.forget(*this);
}

} // namespace thespis::actors
