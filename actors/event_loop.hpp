#pragma once

/// An event loop: one thread that serves sockets and timers (Asio) and runs actors (it is a CAF
/// execution unit). There is one per core by default, and where the loops are CAF's scheduler (see
/// loop_coordinator.hpp) no other thread runs an actor of the server.
///
///     other threads --exec_later--> inbox (lock-free stack) --+
///                                                             v
///     sockets, timers --handler--> exec_later --> run queue --> resume(actor)
///
/// - An actor that is made ready on this thread goes to the run queue, which is served before the
///   loop goes back to Asio. So a floating actor runs where the message that woke it was sent.
/// - An actor that is made ready by another thread and is pinned here goes through the inbox; the
///   loop is woken by an eventfd, and only if it sleeps.
/// - The io_context is built without locks (ASIO_CONCURRENCY_HINT_UNSAFE): only the loop's own
///   thread may touch `io()`. Everything from elsewhere comes through `exec_later` or `stop`.

#include "actors/wake_up_manners.hpp"
#include "base/byte_buffer.hpp"
#include "base/counter.hpp"

#include <asio/io_context.hpp>
#include <asio/posix/basic_stream_descriptor.hpp>
#include <caf/actor.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>

#include <array>
#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <deque>
#include <utility>
#include <vector>

namespace thespis::actors {

class event_loop final : public caf::execution_unit {
public:
  using executor_type = asio::io_context::executor_type;

  event_loop(caf::actor_system& system, std::size_t index);
  ~event_loop() override;
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  /// How many a loop has beside those of its sockets: epoll, Asio's timer, Asio's interrupter and
  /// `wake_up_`.
  static constexpr std::size_t own_descriptors = 4;

  /// The loop that the calling thread runs, or null.
  static event_loop* current() noexcept;

  /// Makes `job` ready to run here. From any thread. Takes over one reference. A job that got lost
  /// would wait for ever, so that without memory (see memory_reserve.hpp) the process ends.
  void exec_later(caf::resumable* job) noexcept override;

  /// Resumes a coroutine of this loop once the actor that runs now has had its turn. Only for the
  /// loop's own thread.
  void resume_soon(std::coroutine_handle<> waiting) noexcept {
    ready_.push_back(waiting);
  }

  /// Who is called when the loop has no more to do for the moment, or has been at work for long.
  class before_wait {
  public:
    virtual void act() = 0;

  protected:
    ~before_wait() = default;
  };
  /// Calls `who` then, once. Only for the loop's own thread. Throws std::bad_alloc.
  void call_before_wait(before_wait& who) {
    before_wait_.push_back(&who);
  }
  /// Puts a message into an actor's mailbox then. Only for the loop's own thread. Throws
  /// std::bad_alloc.
  void send_before_wait(caf::actor to, caf::mailbox_element_ptr what) {
    postponed_.push_back({std::move(to), std::move(what)});
  }
  /// Never mind.
  void forget_call(const before_wait& who) noexcept {
    std::erase(before_wait_, &who);
  }

  /// Serves until stop() is called. The calling thread becomes the loop's thread.
  void run();

  /// Makes run() return soon. From any thread.
  void stop() noexcept;

  /// Only for the loop's own thread.
  asio::io_context& io() noexcept {
    return io_;
  }

  std::size_t index() const noexcept {
    return index_;
  }

  /// Memory for large replies that goes from client to client. Only for the loop's own thread.
  base::byte_buffer& spare_output() noexcept {
    return spare_output_;
  }

  /// To be called once a second, on the loop.
  void review_manners() noexcept {
    manners_.review();
  }

  /// How often the loop has looked at its sockets so far. From any thread.
  std::uint64_t turns() const noexcept {
    return turns_.get();
  }

  /// How long the loop has been at work so far: the time that its thread had a core, which is the
  /// time that it was not waiting. From any thread while run() is. Cost: a system call.
  std::uint64_t busy_ns() const noexcept;

private:
  static constexpr clockid_t no_clock = -1;

  struct letter {
    caf::resumable* job;
    letter* next;
  };

  struct postponed_message {
    caf::actor to;
    caf::mailbox_element_ptr what;
  };

  void serve_run_queue();
  void drop_run_queue();
  void take_inbox();
  void wait_for_events();
  void serve_before_wait();
  void act_before_wait();
  void expect_wake_up();
  void wake() noexcept;
  void resume(caf::resumable* job);

  asio::io_context io_;
  asio::posix::basic_stream_descriptor<executor_type> wake_up_;
  std::array<std::uint64_t, 2> wake_up_count_{};
  std::deque<caf::resumable*> run_queue_;
  std::vector<std::coroutine_handle<>> ready_;
  std::vector<before_wait*> before_wait_;
  std::vector<postponed_message> postponed_;
  /// Events served since these had to wait.
  std::size_t postponed_for_ = 0;
  base::byte_buffer spare_output_;
  thread_manners manners_;
  std::size_t index_;
  base::counter turns_;
  std::atomic<clockid_t> cpu_clock_{no_clock};

  alignas(64) std::atomic<letter*> inbox_{nullptr};
  std::atomic<bool> asleep_{false};
  std::atomic<bool> stopped_{false};
};

} // namespace thespis::actors
