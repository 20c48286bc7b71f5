#pragma once

/// One client: its socket, its session and the coroutine that serves it.
///
///     receive -> parse -> batch -> partitions -> (batch_done) -> send -> receive …
///
/// - The coroutine is a straight loop (connection::serve); it suspends for the socket, for a batch
///   that partitions run, and for the end of a CLIENT PAUSE.
/// - At most one batch is in flight, and the socket is not read meanwhile: that is the
///   back-pressure.
/// - A client may send all of a long pipeline before it takes the first reply. So while the socket
///   is full of replies input is received all the same, by a coroutine of its own (read_early), but
///   not looked at: what is kept for the client are its requests, not the replies to them.
/// - Requests that are not the keyspace's end the batch: what came before them runs first, so the
///   order of a client's requests always holds.
/// - While something is in flight, session, buffers and batch are lent out (see batch.hpp).
/// - Messages of channels are sent between replies, by a coroutine of their own (drain_pushes)
/// where
///   the socket has to be waited for. Requests wait until all messages before them have been sent.
/// - Input that there is no memory for cannot be skipped: the client gets an error and is closed.
///
/// A connection always runs on its loop. It neither monitors nor links core actors. Its listener,
/// on the same loop, keeps a list of its connections and is called directly.

#include "actors/client_input.hpp"
#include "actors/core.hpp"
#include "actors/coroutine.hpp"
#include "actors/dispatcher.hpp"
#include "actors/pinned_actor.hpp"
#include "actors/push_queue.hpp"
#include "actors/steady_timer.hpp"
#include "actors/stream_socket.hpp"
#include "base/byte_buffer.hpp"
#include "commands/client_record.hpp"
#include "commands/output_limits.hpp"
#include "protocol/resp_parser.hpp"
#include "pubsub/subscriber_table.hpp"

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>

namespace thespis::actors {

class fan_out;
class listener;
struct redirected_keys;

class connection final : public pinned_actor, public pubsub::subscriber {
public:
  /// `home` and `owner` outlive the connection.
  connection(caf::actor_config& config, event_loop& loop, core& home, listener& owner,
             owned_fd socket, commands::client_record_ptr record, bool local);
  ~connection() override;

  caf::behavior make_behavior() override;

  /// Ends the connection as soon as nothing is in flight. On the loop only.
  void close();

  /// CLIENT UNPAUSE: whoever waits looks again. On the loop only.
  void end_pause();

  /// Gives back buffers that have grown, if the client is idle; the output's only if it is much
  /// larger than what was in it of late (reply_buffer_settings). On the loop only.
  void trim();

  /// Once a second: brings the figures of CLIENT LIST up to date. On the loop only.
  void tick();

  /// Whether it is the client's turn, and not that of a request. On the loop only.
  bool waits_for_client() const noexcept {
    return socket_.waits_for_peer();
  }

  /// Messages. Called by the loop's fan-out.
  void push(const std::shared_ptr<const pubsub::delivery>& from,
            const pubsub::delivery::run& which) override;
  void flush_pushes() override;
  bool send_ahead_of(base::byte_buffer& output, std::size_t at) noexcept override;

  const commands::client_record& record() const noexcept {
    return *record_;
  }

  /// Where the listener keeps this connection in its list.
  std::size_t place_in_list = 0;

private:
  /// What the coroutine waits for.
  enum class wait : std::uint8_t {
    input,
    answers,
    /// CLIENT PAUSE
    pause,
    /// In the socket's send buffer.
    room,
    /// That messages have been sent, by the coroutine that does so.
    pushes,
    /// Of the other clients, because this one has been sent much in one go.
    turn,
  };
  /// Output beyond this is sent before more of the input is looked at.
  static constexpr std::size_t unsent_bytes_max = 64 * 1024;

  class answer_awaiter;
  class pause_awaiter;
  class pushes_awaiter;
  class turn_awaiter;
  class reader_awaiter;

  /// What the client goes on to send while it does not take its replies.
  struct early_input {
    base::byte_buffer bytes;
    std::coroutine_handle<> waits_for_reader;
    bool reading = false;
  };

  free_coroutine serve(caf::strong_actor_ptr keeps_alive);
  free_coroutine watch_peer(caf::strong_actor_ptr keeps_alive);
  free_coroutine drain_pushes(caf::strong_actor_ptr keeps_alive);
  free_coroutine read_early(caf::strong_actor_ptr keeps_alive);
  void begin_wait();
  void end_wait();
  void note_waiting(const request_waits& news);

  wait advance();
  bool has_to_flush() noexcept;
  dispatcher::step fill_batch();
  dispatcher::step refuse_protocol_error();
  dispatcher::step refuse_for_memory() noexcept;
  void note_received(std::size_t bytes);
  void count_received(std::size_t bytes) noexcept;
  void begin_reading_early() noexcept;
  std::size_t make_early_room() noexcept;
  bool take_early_input() noexcept;
  void note_time() noexcept;
  void forget_parsed_input();
  void borrow_output() noexcept;
  void hand_on_output() noexcept;
  void shrink_buffers();
  bool output_may_shrink() noexcept;
  std::optional<wait> flush();
  bool may_push_now() const noexcept;
  bool send_pushes();
  bool send_later_pushes();
  bool write_pushes();
  template <class Add>
  void queue(Add&& add);
  void add_published(const std::shared_ptr<const pubsub::delivery>& from,
                     const pubsub::delivery::run& which, push_queue& to) const;
  void add_changed_keys(const std::shared_ptr<const pubsub::delivery>& from,
                        const pubsub::delivery::run& which, push_queue& to);
  void take_redirected(const redirected_keys& news);
  void note_broken_redirect();
  void follow_session();
  void follow_protocol(int before) noexcept;
  void leave_topics();
  std::size_t unread_bytes() noexcept;
  void check_output_limit();
  void publish_buffers(bool waits_to_write = false) noexcept;
  void go_on();
  void end() noexcept;

  core& core_;
  listener& owner_;
  stream_socket socket_;
  commands::client_record_ptr record_;
  dispatcher dispatcher_;
  client_input input_;
  std::unique_ptr<early_input> early_;
  /// How much of the output has been sent.
  std::size_t sent_ = 0;
  /// The most output that there was since `output_peak_since_ms_` (reply_buffer_settings).
  std::size_t output_peak_ = 0;
  std::int64_t output_peak_since_ms_ = 0;
  std::unique_ptr<steady_timer> pause_timer_;
  commands::output_watch output_watch_;
  fan_out& fan_out_;
  /// Messages that are to be sent before anything else, …
  push_queue pushes_;
  /// … and those that came while something was in flight: they come behind its replies.
  push_queue later_pushes_;
  std::coroutine_handle<> waits_for_pushes_;
  /// The coroutine that sends messages waits for the socket.
  bool draining_ = false;
  bool flush_expected_ = false;
  /// All replies had been sent when what is in flight was sent.
  bool in_step_ = false;
  /// Everything that has come is in a batch, or answered.
  bool input_parsed_ = false;
  /// No more requests are read; what has been answered is still sent …
  bool closing_ = false;
  /// … unless the client would have to be waited for.
  bool killed_ = false;
  bool trimming_ = false;
  bool ended_ = false;
};

} // namespace thespis::actors
