#pragma once

/// The arguments of stream commands: IDs, intervals of them, lists of them, and how to trim.

#include "keyspace/command_context.hpp"
#include "protocol/argument_reader.hpp"
#include "types/stream.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace thespis::commands {

/// An ID of digits; without a sequence that is `missing_seq`. Nothing: it is none, and the error
/// has been replied.
std::optional<types::stream_id> read_stream_id(keyspace::command_context& ctx,
                                               std::string_view word,
                                               std::uint64_t missing_seq = 0);
/// All of these words. Nothing: one of them is none, and the error has been replied.
std::optional<std::vector<types::stream_id>> read_stream_ids(keyspace::command_context& ctx,
                                                             protocol::arguments words);

/// Both ends belong to it. It may be empty.
struct id_interval {
  types::stream_id start;
  types::stream_id end;
};
/// Each end is an ID, "-", "+", or "(" and an ID. Nothing: the error has been replied.
std::optional<types::stream_id> read_interval_start(keyspace::command_context& ctx,
                                                    std::string_view word);
std::optional<id_interval> read_interval(keyspace::command_context& ctx, std::string_view start,
                                         std::string_view end);

/// What XADD and XTRIM have in front of the ID.
struct add_or_trim {
  bool may_create = true;
  bool trims = false;
  types::stream_trim trim{};
  /// XADD: the ID, unless it is "*"; and where its word is.
  std::optional<types::parsed_stream_id> id{};
  std::size_t id_at = 0;
};
/// Nothing: the error has been replied.
std::optional<add_or_trim> read_add_or_trim(keyspace::command_context& ctx,
                                            protocol::arguments args, bool adds);

/// KEEPREF, DELREF or ACKED, if the next word is one.
std::optional<types::stream_references> read_references(protocol::argument_reader& in);
inline std::string_view name_of(types::stream_references what) noexcept {
  return what == types::stream_references::keep     ? "KEEPREF"
         : what == types::stream_references::remove ? "DELREF"
                                                    : "ACKED";
}

/// IDS numids id [id …]; none and a latched error if they are not there. Those of the IDs that are
/// none are left for read_stream_ids().
protocol::arguments read_id_words(protocol::argument_reader& in, bool last);

} // namespace thespis::commands
