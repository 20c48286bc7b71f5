#pragma once

/// A request that waits for a key: what BLPOP and its like become when there is nothing for them.
///
/// One record, shared by all who may end the wait: the partitions of its keys (something came), the
/// scheduler (the time is over), and the client's side (CLIENT UNBLOCK, the end of the connection).
/// Whoever claims it owns the request until it says what comes of it. A partition that claims may
/// find that there is nothing after all (another type, an entry that has gone again), and resumes
/// the wait; whoever wanted to end it meanwhile has left a note, and the partition ends it for him.
///
///     waiting --claim()--> claimed --resume()--> waiting
///        |                    | give_up(why) leaves the note;
///        +--give_up(why)--> ended         resume() then returns it, and the wait is over
///
/// Thread-safe; everything but the state is set before anybody else sees the record.

#include "keyspace/entry.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace thespis::keyspace {

/// Why a wait ended without what was waited for.
enum class wait_end : std::uint8_t {
  none,
  /// Its time is over, or CLIENT UNBLOCK … TIMEOUT: the reply is the null of a timeout.
  timeout,
  /// CLIENT UNBLOCK … ERROR.
  error,
  /// Nobody is there to be answered any more.
  gone,
};

class waiter {
public:
  waiter(int in_database, value_type type, std::vector<std::string> of)
    : database(in_database), wanted(type), keys(std::move(of)) {
  }
  virtual ~waiter() = default;
  waiter(const waiter&) = delete;
  waiter& operator=(const waiter&) = delete;

  const int database;
  /// Entries of other types are not worth a look.
  const value_type wanted;
  const std::vector<std::string> keys;

  /// Takes the request over. False if somebody else has it, or if the wait is over.
  bool claim() noexcept {
    auto expected = state::waiting;
    return state_.compare_exchange_strong(expected, state::claimed, std::memory_order_acq_rel);
  }
  /// Ends the wait. True: the caller owns the request and must answer it. False: it is over, or
  /// whoever has claimed it will see the note.
  bool give_up(wait_end why) noexcept;
  /// Goes on waiting. Returns a reason if the wait is over instead; the caller still owns the
  /// request then. REQUIRES: claimed by the caller.
  wait_end resume() noexcept;
  /// REQUIRES: claimed by the caller, who has answered the request.
  void finish() noexcept {
    state_.store(state::ended, std::memory_order_release);
  }
  bool is_over() const noexcept {
    return state_.load(std::memory_order_acquire) == state::ended;
  }

private:
  enum class state : std::uint8_t {
    waiting,
    claimed,
    claimed_timeout,
    claimed_error,
    claimed_gone,
    ended,
  };

  std::atomic<state> state_{state::waiting};
};

using waiter_ptr = std::shared_ptr<waiter>;

} // namespace thespis::keyspace
