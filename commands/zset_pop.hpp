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

/// ZMPOP's part for one key: replies [key, [[member, score] …]] and replays it as ZPOPMIN or
/// ZPOPMAX. REQUIRES: as pop_members.
void pop_and_name_key(keyspace::command_context& ctx, std::string_view key,
                      keyspace::database::slot& at, zset_end end, std::size_t count);

} // namespace thespis::commands
