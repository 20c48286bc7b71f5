#pragma once

/// A partition's place in the order of multicasts: what it runs, whom it has asked to come as far
/// (order_point.hpp), and who has asked that of it.
///
/// A question comes behind everything that it asks for, so it can be answered as soon as it is met,
/// unless the partition is parked. Even then it must be if it can be: the one that asks might be
/// needed for what this one is parked for. That no two wait for each other follows from this: who
/// waits at a point in the order waits for what is before that point.

#include "actors/messages.hpp"
#include "actors/multicast.hpp"

#include <caf/actor.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace thespis::actors {

class place_in_order {
public:
  /// `partitions`: all of them, once they have been started.
  place_in_order(multicast_order& order, const std::vector<caf::actor>& partitions,
                 partition_index mine) noexcept
    : order_(order), partitions_(partitions), mine_(mine) {
  }

  /// The partition's part of a multicast begins; or it goes on.
  void begin(multicast_number which) noexcept;
  /// Nothing is being run.
  void end() noexcept;

  /// Of what is being run, if it is no batch or has just begun.
  order_point where() const noexcept;
  /// Behind a request of the batch that is being run.
  order_point where_at(std::uint32_t request) const noexcept;

  /// Asks the others to pass `where`, where this one is. Throws std::bad_alloc.
  void ask(std::span<const partition_index> others, order_point where, caf::execution_unit* here);
  /// One has. Returns whether it was the last.
  bool note_answer() noexcept;

  void note_question(const pass& question);
  bool is_asked() const noexcept {
    return !questions_.empty();
  }
  /// `multicast_waits`: one has been met, and is still to be run.
  void answer(bool multicast_waits, caf::execution_unit* here);

private:
  bool can_answer(const pass& question, bool multicast_waits) const noexcept;

  multicast_order& order_;
  const std::vector<caf::actor>& partitions_;
  const partition_index mine_;
  /// What is being run or has been run last.
  multicast_number number_ = 0;
  /// Something is being run that has this number.
  bool inside_ = false;
  std::size_t unanswered_ = 0;
  std::vector<pass> questions_;
};

} // namespace thespis::actors
