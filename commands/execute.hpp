#pragma once

/// Runs one request that passed admission: the handler, and what has to be known about its run.
/// This is on the way of every command, so the plain case is kept to: one reading of the clock
/// (half of the cost), two additions, one histogram bucket, four branches that are never taken:
/// about 15 ns.
///
/// An allocation that fails does not end the actor: whatever the handler wrote is taken back and
/// the client gets an OOM error. There is always room for that error, and so for every reply of
/// `reply_bytes_min`: it is made before the handler runs (`make_room`). What the handler did to the
/// keyspace stays, so handlers allocate before they change anything; a short reply behind the
/// change cannot fail.

#include "base/byte_buffer.hpp"
#include "commands/statistics.hpp"
#include "keyspace/command_context.hpp"

#include <cstddef>
#include <new>
#include <span>

namespace thespis::commands {

/// A handler finds room for so many bytes in the reply's buffer.
inline constexpr std::size_t reply_bytes_min = 128;

/// To be called before each execute(). Returns false without memory for it: then the request cannot
/// be run, nor any that comes behind it, because replies have no other name than their place.
inline bool make_room(base::byte_buffer& replies) noexcept {
  try {
    replies.prepare(reply_bytes_min);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

/// `shards`: those that the request may touch (one, those that were borrowed, or none); their
/// effects learn where the request ends. Never throws for lack of memory, nor lets the handler.
/// A request that moves (command_context::moves) has not been run and is not counted.
/// REQUIRES: make_room(ctx.reply.buffer()); spec.run is set; `spec` is a row that `statistics`
/// knows.
void execute(keyspace::command_context& ctx, const protocol::command_spec& spec,
             protocol::arguments args, command_statistics& statistics,
             std::span<keyspace::shard* const> shards = {});

} // namespace thespis::commands
