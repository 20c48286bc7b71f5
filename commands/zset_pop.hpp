#pragma once

/// Taking members from an end of a sorted set: what ZPOPMIN and ZMPOP do at once, and what serves
/// clients that wait for members.

#include "commands/zset_value.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

enum class zset_end : std::uint8_t { min, max };

/// Takes up to `count` members, the outermost first, replies them (`shape`, with the array around
/// them), and tells "zpopmin" or "zpopmax" and, where none is left, "del". Returns how many there
/// were. REQUIRES: a sorted set, count > 0. Cost: O(log n) each.
std::size_t pop_members(keyspace::command_context& ctx, std::string_view key,
                        keyspace::database::slot& at, zset_end end, std::size_t count,
                        pair_shape shape);

/// The end that `word` names. Empty: neither MIN nor MAX.
std::optional<zset_end> parse_zset_end(std::string_view word) noexcept;

/// The arguments of ZMPOP and, behind the timeout, of BZMPOP.
struct many_zset_pop {
  protocol::arguments keys;
  zset_end end;
  std::size_t count;
};
/// `first`: the index of numkeys. Nothing: an error has been replied.
std::optional<many_zset_pop> read_many_zset_pop(keyspace::command_context& ctx,
                                                protocol::arguments args, std::size_t first);
/// Takes members from the first sorted set that there is, replies [key, [[member, score] …]] and
/// replays it as ZPOPMIN or ZPOPMAX; also done after an error of the type. False: there is none.
bool pop_from_first(keyspace::command_context& ctx, const many_zset_pop& wanted);

} // namespace thespis::commands
