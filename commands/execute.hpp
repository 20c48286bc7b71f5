#pragma once

/// Runs one request that passed admission: the handler, and what has to be known about its run.
/// This is on the way of every command, so the plain case is kept to: one reading of the clock
/// (half of the cost), two additions, one histogram bucket, three branches that are never taken:
/// about 15 ns.
///
/// An allocation that fails does not end the actor: whatever the handler wrote is taken back and
/// the client gets an OOM error. What the handler did to the keyspace stays, so handlers allocate
/// first.

#include "commands/statistics.hpp"
#include "keyspace/command_context.hpp"

#include <span>

namespace thespis::commands {

/// `shards`: those that the request may touch (one, those that were borrowed, or none); their
/// effects learn where the request ends. Never throws what a handler throws for lack of memory.
/// REQUIRES: spec.run is set; `spec` is a row that `statistics` knows.
void execute(keyspace::command_context& ctx, const protocol::command_spec& spec,
             protocol::arguments args, command_statistics& statistics,
             std::span<keyspace::shard* const> shards = {});

} // namespace thespis::commands
