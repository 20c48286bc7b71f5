#pragma once

/// Takes the requests of one client to whoever runs them: its session, its batch, and the one
/// request that runs outside of a batch. It has no socket and no coroutine, so a connection and an
/// embedded client share it. The client calls it in this order, and never while something is in
/// flight:
///
///     place(words) … place(words)   until it does not answer `batched`
///     send()                        if `must_send()`; wait for batch_done, unless it says no
///     take_answers()                replies are in output(), if they are complete()
///
/// A request that cannot join a batch with requests in it is given back (`run_first`) and has to be
/// placed again after the batch; so session commands, policies and errors keep their place in
/// order.
///
/// What a client says between MULTI and EXEC is gathered in the batch, as views, in the hope that
/// EXEC is already there: then all of it is one request of the batch, or of the next one. Otherwise
/// the session gets it, once what is before it has been answered, and EXEC will run by itself.
///
/// An allocation that fails costs the request that needed it, never the process: the request is
/// answered with an error and has not been run. Where not even an error can be written, or replies
/// got lost, the client learns that there are none from there on (`complete`), and has to close.

#include "actors/batch.hpp"
#include "actors/batch_builder.hpp"
#include "actors/blocked_request.hpp"
#include "actors/core.hpp"
#include "actors/rendezvous.hpp"
#include "base/byte_buffer.hpp"
#include "commands/client_record.hpp"
#include "protocol/session.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace thespis::actors {

class dispatcher {
public:
  enum class step : std::uint8_t {
    /// It is in the batch.
    batched,
    /// It was given back (its words are gone): run the batch, then place it again.
    run_first,
    /// It runs by itself: send, wait, take the answers.
    alone,
    /// It has been answered.
    answered,
    /// The same, and the client is to be closed.
    hang_up,
    /// It was given back: clients are paused.
    paused,
  };

  /// What differs from client to client.
  struct manners {
    /// The peer is on this machine (protocol::session).
    bool local;
    /// Words stay where they are when the requests before them have been answered.
    bool words_stay;
    /// It restores the data set: no state of the server stops it.
    bool restores = false;
  };

  /// `loop`: which set of statistics to count in. `record` outlives it.
  dispatcher(core& home, std::size_t loop, commands::client_record& record, manners client);

  /// Before the first request: who gets batch_done, and messages if anybody does.
  void start(caf::actor owner, pubsub::subscriber* subscriber) {
    batch_.owner = std::move(owner);
    batch_.subscriber = subscriber;
  }
  /// Where the owner is a coroutine: before every send, what to resume with the answer.
  void expect(event_loop& loop, std::coroutine_handle<> waiting) noexcept {
    batch_.home = &loop;
    batch_.waiting = waiting;
  }
  /// The owner got batch_done.
  void resume() {
    batch_.waiting.resume();
  }
  /// Whether that wait of the request in flight is not over.
  bool waits(keyspace::waiter::number wait) const noexcept {
    return blocked_->waits(wait);
  }
  /// The client is gone: a request in flight that waits for a key comes back without a reply.
  void give_up_waiting() {
    blocked_->give_up(keyspace::wait_note::gone);
  }
  /// After the last answer: drops the reference to the owner, and ends what the client watches.
  void end() noexcept;

  /// The time of all requests from here on.
  void set_time(keyspace::instant now) noexcept {
    batch_.time = now;
  }
  const keyspace::instant& time() const noexcept {
    return batch_.time;
  }

  /// Where the words of the next request go.
  std::vector<std::string_view>& words() noexcept {
    return batch_.words;
  }

  /// Places the request whose words are words() from `first_word` on.
  step place(std::size_t first_word, caf::execution_unit* here) noexcept {
    try {
      return try_to_place(first_word, here);
    } catch (const std::bad_alloc&) {
      return refuse(first_word,
                    resolve(protocol::arguments{batch_.words}.subspan(first_word)).spec);
    }
  }

  /// There is no memory for the request whose words would be words() from `first_word` on: answers
  /// it with an error, or asks to run first what is in the batch, which frees some.
  step refuse(std::size_t first_word, const protocol::command_spec* asked = nullptr) noexcept;

  /// No request follows for the moment: a transaction whose EXEC has not come is the session's from
  /// now on. To be called before anything that is not a placed request is replied, or waited for.
  void end_gathering() noexcept {
    if (gathers() && batch_.empty()) [[unlikely]]
      queue_gathered();
  }

  /// Writes the error for a request that cannot even be read. Without room for it its reply is
  /// lost.
  void reply_out_of_memory() noexcept;

  /// Whether the batch takes more requests.
  bool has_room() const noexcept;
  bool must_send() const noexcept {
    return !batch_.empty() || lone_spec_ != nullptr;
  }
  /// Whether what is to be sent may be answered much later.
  bool may_wait() const noexcept {
    constexpr auto waits = protocol::blocking | protocol::waits_for_disk;
    return lone_spec_ != nullptr && (lone_spec_->flags & waits) != 0;
  }
  /// Whether part of a batch is still to be run, after its output has been taken.
  bool unfinished() const noexcept {
    return batch_.unfinished();
  }

  /// Whether what is to be sent asks about clients, this one perhaps.
  bool asks_administrator() const noexcept {
    return lone_spec_ != nullptr && lone_place_ == placement::administrator;
  }
  /// Whether what is to be sent changes what the client subscribes to: it is answered with as many
  /// confirmations as it has names.
  bool changes_subscriptions() const noexcept {
    return lone_spec_ != nullptr && lone_place_ == placement::fan_out;
  }
  /// Bytes of the words that have been placed and not been answered.
  std::size_t argument_bytes() const noexcept;
  /// Bytes of memory that is kept for the requests to come, without the output.
  std::size_t capacity_bytes() const noexcept {
    return batch_.capacity_bytes() + builder_.capacity_bytes()
           + (session_.queued ? session_.queued->bytes() : 0);
  }
  /// Gives these back. REQUIRES: !must_send().
  void release() noexcept {
    batch_.release();
    builder_.release();
    session_.release();
  }
  /// Whether somebody else may be using the output.
  bool in_flight() const noexcept {
    return in_flight_;
  }

  /// Returns false if there was no memory to send it: then there will be no batch_done, and the
  /// answers, errors all of them, can be taken at once.
  bool send(caf::execution_unit* here);
  void take_answers() noexcept;

  /// Whether every request has its reply in output() or before it. If not, replies are missing
  /// behind what is there; for those one has been told.
  bool complete() noexcept {
    return !std::exchange(lost_replies_, false);
  }

  /// Whether the client has ceased to subscribe to anything, and its fan-out has to be told.
  bool leaves_all_topics() const noexcept {
    return leaves_all_topics_;
  }
  /// It has been.
  void left_all_topics() noexcept {
    leaves_all_topics_ = false;
    mirror_session();
  }

  base::byte_buffer& output() noexcept {
    return output_;
  }
  bool output_is_empty() const noexcept {
    return output_.empty();
  }
  /// Where in the output the reply to the request begins that ran last outside of a batch.
  std::size_t last_reply_at() const noexcept {
    return std::min(output_before_, output_.size());
  }
  protocol::session& session() noexcept {
    return session_;
  }

private:
  /// The command that ran last, as the client spells it. Never a subcommand.
  struct recent_command {
    const protocol::command_spec* spec = nullptr;
    std::size_t size = 0;
    std::array<char, 16> letters{};

    std::string_view name() const noexcept {
      return {letters.data(), size};
    }
  };

  step try_to_place(std::size_t first_word, caf::execution_unit* here);
  protocol::resolved_command resolve(protocol::arguments words) noexcept;
  std::unique_lock<std::mutex> lock_statistics() const;
  step look_closer(const protocol::resolved_command& found, protocol::arguments words,
                   caf::execution_unit* here);
  void show_to_monitors(const protocol::command_spec& spec, protocol::arguments words,
                        caf::execution_unit* here) noexcept;
  void run_session_command(const protocol::command_spec& spec, caf::execution_unit* here);
  /// Those that stop some requests. A password is no matter once the client has logged in; until
  /// then the client itself is special.
  std::uint32_t raised_gates() const noexcept {
    return core_.gates.raised.load(std::memory_order_relaxed) & ~unheeded_gates_;
  }
  /// Whether no policy needs a closer look at the request.
  bool is_plain(const protocol::command_spec& spec) const noexcept {
    return (raised_gates() | session_.special | (spec.flags & protocol::protected_command)) == 0;
  }
  bool is_plainly_queued(const protocol::resolved_command& found) const noexcept;
  step queue(const protocol::command_spec& spec, protocol::arguments words);
  void add_to_queue(const protocol::command_spec& spec, protocol::arguments words);
  /// Between MULTI and EXEC, and the batch has it.
  bool gathers() const noexcept {
    return (session_.special & protocol::special_gathering) != 0;
  }
  bool can_begin_to_gather(const protocol::command_spec& spec) const noexcept;
  void begin_to_gather(const protocol::command_spec& spec);
  step gather(const protocol::resolved_command& found, std::size_t first_word);
  bool try_to_gather(const protocol::resolved_command& found, std::size_t first_word);
  void queue_gathered() noexcept;
  bool takes_several() const noexcept;
  std::size_t requests_max() const noexcept;
  void note_rejection(const protocol::resolved_command& found, std::size_t reply_at);
  void note_refusal(const protocol::command_spec* asked) noexcept;
  void end_transaction() noexcept;
  void note_end_of_watch(caf::execution_unit* here) noexcept;
  bool has_broken_watch() const noexcept {
    const auto* const watched = session_.watched();
    return watched != nullptr && watched->is_broken(batch_.time.ms);
  }
  void mirror_transaction() const noexcept;
  void add_lone_item();
  void meet(std::vector<partition_index> partitions, caf::execution_unit* here);
  void hand_over(caf::execution_unit* here);
  void refuse_gathered(std::uint32_t request) noexcept;
  void refuse_all() noexcept;
  void finish_request(const protocol::command_spec* spec);
  void apply_reply_mode();
  void note_subscriptions() noexcept;
  void mirror_session() const;

  core& core_;
  /// Those that are nothing to this client.
  std::uint32_t unheeded_gates_;
  /// Whose fan-out and statistics are this client's.
  std::uint32_t loop_;
  commands::command_statistics& statistics_;
  commands::client_record& record_;
  protocol::session session_;
  base::byte_buffer output_;
  /// The output's size when the first request of what is in flight was placed (CLIENT REPLY).
  std::size_t output_before_ = 0;
  batch batch_;
  batch_builder builder_;
  recent_command recent_;
  /// The request that runs outside of the batch, if there is one, and who runs it.
  const protocol::command_spec* lone_spec_ = nullptr;
  std::unique_ptr<rendezvous> meeting_;
  std::shared_ptr<blocked_request> blocked_;
  placement lone_place_ = placement::session;
  /// Something has been sent and not been answered: everything above is lent out.
  bool in_flight_ = false;
  /// It could not be sent.
  bool unsent_ = false;
  bool leaves_all_topics_ = false;
  bool lost_replies_ = false;
  /// See manners.
  const bool words_stay_;
  /// A transaction of which all is gathered waits for the next batch: there is no place in this
  /// one.
  bool keeps_gathered_ = false;
};

} // namespace thespis::actors
