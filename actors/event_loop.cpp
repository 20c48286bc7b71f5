#include "actors/event_loop.hpp"

#include "actors/happens_before.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "base/ensure.hpp"

#include <asio/buffer.hpp>
#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace thespis::actors {

namespace {

/// How many messages an actor may handle before others have their turn.
constexpr std::size_t messages_per_turn = 64;

/// How many turns the run queue gets before sockets are looked at again.
constexpr std::size_t turns_per_round = 256;

/// What is to be done before the next wait waits for no more events than these.
constexpr std::size_t events_before_postponed = 64;

/// How often the run queue is served after the end, in case actors keep each other busy.
constexpr int last_rounds_max = 100;

thread_local event_loop* loop_of_this_thread = nullptr;

int make_eventfd() {
  auto fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  THESPIS_ENSURE(fd >= 0);
  return fd;
}

} // namespace

event_loop::event_loop(caf::actor_system& system, std::size_t index)
  : caf::execution_unit(&system),
    io_(ASIO_CONCURRENCY_HINT_UNSAFE),
    wake_up_(io_.get_executor(), make_eventfd()),
    index_(index) {
}

event_loop::~event_loop() {
  take_inbox();
  drop_run_queue();
}

event_loop* event_loop::current() noexcept {
  return loop_of_this_thread;
}

void event_loop::exec_later(caf::resumable* job) noexcept {
  const memory_reserve::own_work now;
  if (loop_of_this_thread == this) {
    run_queue_.push_back(job);
    return;
  }
  published(job);
  auto* mail = new letter{job, inbox_.load(std::memory_order_relaxed)};
  while (!inbox_.compare_exchange_weak(mail->next, mail, std::memory_order_seq_cst,
                                       std::memory_order_relaxed)) {
  }
  if (asleep_.exchange(false))
    wake();
}

void event_loop::wake() noexcept {
  std::uint64_t one = 1;
  [[maybe_unused]] auto n = ::write(wake_up_.native_handle(), &one, sizeof(one));
}

void event_loop::stop() noexcept {
  stopped_.store(true);
  wake();
}

std::uint64_t event_loop::busy_ns() const noexcept {
  constexpr std::uint64_t ns_per_s = 1'000'000'000;
  const auto clock = cpu_clock_.load(std::memory_order_relaxed);
  timespec used{};
  if (clock == no_clock || ::clock_gettime(clock, &used) != 0)
    return 0;
  return static_cast<std::uint64_t>(used.tv_sec) * ns_per_s
         + static_cast<std::uint64_t>(used.tv_nsec);
}

void event_loop::run() {
  loop_of_this_thread = this;
  if (clockid_t clock{}; ::pthread_getcpuclockid(::pthread_self(), &clock) == 0)
    cpu_clock_.store(clock, std::memory_order_relaxed);
  manners_.begin();
  expect_wake_up();
  while (!stopped_.load(std::memory_order_relaxed)) {
    if (inbox_.load(std::memory_order_relaxed) != nullptr)
      take_inbox();
    if (run_queue_.empty()) {
      wait_for_events();
    } else {
      serve_run_queue();
      if (!run_queue_.empty()) {
        turns_.add();
        io_.poll_one();
        act_before_wait();
      }
    }
  }
  // What was ready before the end still has its turn: actors that are about to quit do.
  take_inbox();
  for (int round = 0; round < last_rounds_max && !run_queue_.empty(); ++round)
    serve_run_queue();
  drop_run_queue();
  postponed_.clear();
  loop_of_this_thread = nullptr;
}

/// Ends actors that have not ended by themselves, so that they let go of what their mailboxes hold;
/// that may well be themselves.
void event_loop::drop_run_queue() {
  for (auto* job : std::exchange(run_queue_, {}))
    caf::scheduler::abstract_coordinator::cleanup_and_release(job);
}

/// Sleeps in epoll until a socket, a timer or another thread has something, and runs one handler.
/// The flag goes up before the inbox is looked at for the last time, so that whoever adds to the
/// inbox after that look sees the flag and writes to the eventfd.
void event_loop::wait_for_events() {
  turns_.add();
  if (!before_wait_.empty() || !postponed_.empty())
    return serve_before_wait();
  asleep_.store(true);
  if (inbox_.load() == nullptr)
    io_.run_one();
  asleep_.store(false, std::memory_order_relaxed);
}

/// What was to be done before the next wait waits on, for as long as events are ready.
void event_loop::serve_before_wait() {
  if (++postponed_for_ < events_before_postponed && io_.poll_one() != 0)
    return;
  act_before_wait();
}

void event_loop::act_before_wait() {
  postponed_for_ = 0;
  for (std::size_t i = 0; i < before_wait_.size(); ++i)
    before_wait_[i]->act();
  before_wait_.clear();
  for (auto& one : std::exchange(postponed_, {}))
    post_wrapped(one.to, this, std::move(one.what));
}

void event_loop::expect_wake_up() {
  wake_up_.async_read_some(asio::buffer(wake_up_count_),
                           [this](const asio::error_code& failed, std::size_t) {
                             if (!failed)
                               expect_wake_up();
                           });
}

/// The stack holds the newest first; the run queue wants the oldest first.
void event_loop::take_inbox() {
  auto* mail = inbox_.exchange(nullptr, std::memory_order_acquire);
  letter* oldest = nullptr;
  while (mail != nullptr) {
    auto* next = mail->next;
    mail->next = oldest;
    oldest = mail;
    mail = next;
  }
  while (oldest != nullptr) {
    auto* next = oldest->next;
    run_queue_.push_back(oldest->job);
    delete oldest;
    oldest = next;
  }
}

void event_loop::serve_run_queue() {
  for (std::size_t turn = 0; turn < turns_per_round && !run_queue_.empty(); ++turn) {
    auto* job = run_queue_.front();
    run_queue_.pop_front();
    resume(job);
  }
}

void event_loop::resume(caf::resumable* job) {
  received(job);
  auto state = job->resume(this, messages_per_turn);
  published(job);
  if (state == caf::resumable::resume_later) {
    run_queue_.push_back(job);
  } else {
    const unwatched reference;
    caf::intrusive_ptr_release(job);
  }
  // What a coroutine starts goes to the run queue, so the list does not grow while it is served.
  for (std::size_t i = 0; i < ready_.size(); ++i)
    ready_[i].resume();
  ready_.clear();
}

} // namespace thespis::actors
