#pragma once

/// Requests inside of a request: what a client has queued, run by EXEC over the shards that were
/// borrowed for all of it. Each of them is counted, timed and told to the slow log by itself.

#include "commands/statistics.hpp"
#include "keyspace/command_context.hpp"
#include "keyspace/shard.hpp"

#include <span>

namespace thespis::commands {

/// Somebody who tells the broker what has been changed so far.
class effect_teller {
public:
  virtual void tell_effects() noexcept = 0;

protected:
  ~effect_teller() = default;
};

class inner_requests final : public keyspace::request_runner {
public:
  /// `borrowed`: the shards at hand, those of the outer request's shard_map. `teller`: called
  /// before a request publishes, so that messages come behind the events of what was changed
  /// before; null if nothing is.
  inner_requests(command_statistics& statistics, std::span<keyspace::shard* const> borrowed = {},
                 effect_teller* teller = nullptr) noexcept
    : statistics_(statistics), borrowed_(borrowed), teller_(teller) {
  }

  void run(keyspace::command_context& outer, const protocol::transaction::request& what,
           protocol::arguments words) override;

  void start_clock() noexcept override {
    statistics_.start();
  }
  void note_rejection(const protocol::command_spec* spec, std::string_view error_code) override {
    statistics_.rejected(spec, error_code);
  }

private:
  void run_elsewhere(keyspace::command_context& outer, const protocol::command_spec& spec,
                     protocol::arguments words);
  void run_here(keyspace::command_context& outer, const keyspace::shard_map& shards,
                const protocol::command_spec& spec, protocol::arguments words,
                std::span<keyspace::shard* const> borrowed);
  void run_by_cursor(keyspace::command_context& outer, const keyspace::shard_map& shards,
                     const protocol::transaction::request& what, protocol::arguments words,
                     std::span<keyspace::shard* const> borrowed);

  command_statistics& statistics_;
  std::span<keyspace::shard* const> borrowed_;
  effect_teller* teller_;
};

} // namespace thespis::commands
