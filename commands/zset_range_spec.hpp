#pragma once

/// Ranges of sorted sets: the bounds that requests name, the options around them, and the places
/// that they come to.

#include "keyspace/command_context.hpp"
#include "protocol/argument_reader.hpp"
#include "types/sorted_set.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

/// Members with neighbouring places, in ascending order.
struct rank_span {
  std::size_t first = 0;
  std::size_t count = 0;
};

/// By place; negative numbers count from the end.
struct rank_bounds {
  std::int64_t start = 0;
  std::int64_t stop = 0;

  rank_span in(const types::sorted_set& set) const noexcept;
};

/// By score: "1.5", "(1.5" (without 1.5 itself), "-inf".
struct score_bounds {
  double min = 0;
  double max = 0;
  bool min_excluded = false;
  bool max_excluded = false;

  rank_span in(const types::sorted_set& set) const noexcept;
  /// Empty: one of them is no number.
  static std::optional<score_bounds> parse(std::string_view min, std::string_view max);
};

/// By member: "[a", "(a", "-" and "+" for before and behind all.
struct lex_bounds {
  enum class kind : std::uint8_t { lowest, included, excluded, highest };
  struct bound {
    kind is = kind::lowest;
    std::string_view member{};
  };
  bound min;
  bound max;

  rank_span in(const types::sorted_set& set) const noexcept;
  /// Empty: one of them is no such text. Views of the texts.
  static std::optional<lex_bounds> parse(std::string_view min, std::string_view max) noexcept;
};

enum class range_kind : std::uint8_t { any, rank, score, lex };
enum class range_direction : std::uint8_t { any, ascending, descending };

/// What a command of ranges allows.
struct range_grammar {
  range_kind kind = range_kind::any;
  range_direction direction = range_direction::any;
  bool stores = false;
};

/// A range as ZRANGE and its kin name it.
struct range_request {
  range_kind kind = range_kind::any;
  bool descending = false;
  bool with_scores = false;
  std::int64_t offset = 0;
  /// Negative: all.
  std::int64_t limit = -1;
  rank_bounds ranks;
  score_bounds scores;
  lex_bounds members;

  /// The members that are meant, with offset and limit. Cost: O(log n), or O(n) when packed.
  rank_span in(const types::sorted_set& set) const noexcept;
  /// Where sorted_set::visit() begins.
  std::size_t first_visited(const rank_span& span) const noexcept {
    return descending && span.count != 0 ? span.first + span.count - 1 : span.first;
  }
};

/// Reads bounds from index `first` of the request on, and the options behind them. Views of the
/// request. Empty: an error has been replied.
std::optional<range_request> read_range(keyspace::command_context& ctx, protocol::arguments args,
                                        std::size_t first, const range_grammar& grammar);

/// Reads nothing but bounds: args[2] and args[3], ascending. Empty: an error has been replied.
std::optional<range_request> read_bounds(keyspace::command_context& ctx, protocol::arguments args,
                                         range_kind kind);

} // namespace thespis::commands
