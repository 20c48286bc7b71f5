#pragma once

/// Where a request is that a partition, or a meeting of partitions, runs: in the partition itself,
/// or on the way. A request goes on elsewhere if it is going to take long (a worker), or comes to
/// something inside of it, in a transaction or a script, that belongs to another actor (the broker,
/// the administrator, the client's fan-out). Its partitions stay parked meanwhile, and lend it
/// their shards wherever it is.
///
/// Lives as long as the actor's handler runs.

#include "keyspace/command_context.hpp"

#include <caf/fwd.hpp>

#include <optional>

namespace thespis::actors {

struct keys_changed;

class stopover {
public:
  /// `here`: the actor's execution unit; null on a thread of its own. `where`: not set in the
  /// partition itself.
  explicit stopover(caf::execution_unit* unit, std::optional<keyspace::place> where = {}) noexcept
    : here(unit), where_(where) {
  }
  stopover(const stopover&) = delete;
  stopover& operator=(const stopover&) = delete;

  caf::execution_unit* const here;

  bool at_home() const noexcept {
    return !where_.has_value();
  }
  bool at_worker() const noexcept {
    return where_ == keyspace::place::worker;
  }

  /// What only this actor can lend.
  virtual void lend_to(keyspace::command_context&) {
  }
  /// What has been changed so far, for the broker to tell. Returns false if this is not the broker.
  virtual bool take(const keys_changed&) {
    return false;
  }
  /// The request has been run here as far as it gets; it has not been answered, nor has it left.
  virtual void leave() {
  }

protected:
  ~stopover() = default;

private:
  std::optional<keyspace::place> where_;
};

/// One where there is nothing to be lent.
class plain_stopover final : public stopover {
public:
  using stopover::stopover;
};

} // namespace thespis::actors
