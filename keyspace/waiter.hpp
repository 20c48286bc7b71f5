#pragma once

/// A client whose request may wait for a key: what BLPOP and its like become when there is nothing
/// for them. One per client, for all its waits, which are numbered.
///
/// Several may end a wait: the partitions of its keys (something came), the scheduler (the time is
/// over), and the client's side (CLIENT UNBLOCK, the end of the connection). Whoever claims it owns
/// the request until he says what comes of it. A partition that claims may find that there is
/// nothing after all, and resumes the wait; whoever comes meanwhile leaves a note, and the
/// partition acts for him. So nothing that came, and nobody who wanted the wait to end, is
/// overlooked.
///
///     idle --start()--> waiting --claim()--> claimed --finish()--> idle
///                          ^                    | notes: look again, timeout, error, gone
///                          +------resume()------+
///
/// Thread-safe, where nothing else is said.

#include "keyspace/entry.hpp"
#include "protocol/arguments.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace thespis::keyspace {

/// A word of a request that means something else once it waits (XREAD's "$").
struct settled_word {
  std::size_t index;
  std::string text;
};

/// What a handler wants to wait for.
struct wait_wish {
  /// Words of the request.
  protocol::arguments keys;
  /// Entries of other types are not worth a look.
  value_type wanted;
  /// Unix time; 0: for ever.
  std::int64_t until_ms = 0;
  /// Whether the reply of a request that may not wait is a null array, and not a null. (At the end
  /// of the time it is a null array for all.)
  bool null_array = true;
  /// Whether the request needs all the keys that it names at once.
  bool needs_all_keys = false;
  /// Whether it is also worth a look that a key is gone or has another type now.
  bool heeds_loss = false;
  /// What the request is run again with.
  std::vector<settled_word> settled{};
  /// It waits for the disk, not for keys, and is not run again (WAITAOF).
  bool for_disk = false;
  /// ... and for replicas, of which there are none: only its time ends it.
  bool for_replicas = false;
};

/// What somebody else wanted of a request that was claimed, or why a wait ends without what was
/// waited for.
enum class wait_note : std::uint8_t {
  none,
  /// Another of its keys has changed.
  look_again,
  /// Its time is over, or CLIENT UNBLOCK … TIMEOUT.
  timeout,
  /// CLIENT UNBLOCK … ERROR.
  error,
  /// Nobody is there to be answered any more.
  gone,
};

enum class claim_result : std::uint8_t {
  mine,
  /// Somebody else has it; a note was left to look again.
  busy,
  over,
};

class waiter {
public:
  using number = std::uint64_t;

  waiter() = default;
  virtual ~waiter() = default;
  waiter(const waiter&) = delete;
  waiter& operator=(const waiter&) = delete;

  claim_result claim(number which) noexcept;
  /// Ends the wait, if the client waits; if somebody has claimed it, he will see the note. Returns
  /// whether it waited.
  bool give_up(wait_note why);
  /// The same for one wait, and no later one.
  bool give_up(number which, wait_note why);
  /// Whether that wait is not over.
  bool waits(number which) const noexcept;

protected:
  // Of the request's owner: whoever is to start the wait, or has claimed it.

  /// The number of the wait that start() will start.
  number next_number() const noexcept {
    return (state_.load(std::memory_order_relaxed) >> state_bits) + 1;
  }
  void start(number which) noexcept {
    state_.store(which << state_bits | waiting, std::memory_order_release);
  }
  /// Goes on waiting, if nothing but `look_again` or `none` is returned.
  wait_note resume(number which) noexcept;
  void finish(number which) noexcept {
    state_.store(which << state_bits, std::memory_order_release);
  }
  /// The wait was claimed for this: answers the request, if there is somebody to answer.
  virtual void end(wait_note why) = 0;

private:
  static constexpr int state_bits = 3;
  /// The lowest bits. `claimed` with a note is `claimed` plus the note.
  enum state : std::uint64_t { idle = 0, waiting = 1, claimed = 2 };

  std::atomic<std::uint64_t> state_{idle};
};

using waiter_ptr = std::shared_ptr<waiter>;

} // namespace thespis::keyspace
