#include "commands/zset_range_spec.hpp"

#include "base/number.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

namespace thespis::commands {

using protocol::argument_reader;
using protocol::arguments;
using types::sorted_set;
namespace errors = protocol::errors;

namespace {

rank_span between(std::size_t begin, std::size_t end) noexcept {
  return begin < end ? rank_span{begin, end - begin} : rank_span{};
}

/// Redis reads these bounds with a bare strtod: nothing at all is 0, space in front and overflow
/// are allowed, and what follows a zero byte does not count.
std::optional<double> parse_bound(std::string_view text) {
  if (const auto value = base::parse_double(text))
    return value;
  const std::string terminated{text};
  char* end = nullptr;
  const auto value = std::strtod(terminated.c_str(), &end);
  if (*end != '\0' || std::isnan(value))
    return std::nullopt;
  return value;
}

std::optional<lex_bounds::bound> parse_lex_bound(std::string_view text) noexcept {
  using kind = lex_bounds::kind;
  if (text == "+")
    return lex_bounds::bound{kind::highest, {}};
  if (text == "-")
    return lex_bounds::bound{kind::lowest, {}};
  if (text.empty() || (text[0] != '(' && text[0] != '['))
    return std::nullopt;
  return lex_bounds::bound{text[0] == '(' ? kind::excluded : kind::included, text.substr(1)};
}

/// How many members lie before the bound; `with_it`: or on it.
std::size_t count_before(const sorted_set& set, const lex_bounds::bound& bound,
                         bool with_it) noexcept {
  switch (bound.is) {
    case lex_bounds::kind::lowest:
      return 0;
    case lex_bounds::kind::highest:
      return set.size();
    default:
      return set.count_below(bound.member, with_it);
  }
}

void read_options(argument_reader& in, const range_grammar& grammar, range_request& out) {
  while (in.more()) {
    if (!grammar.stores && in.option("withscores")) {
      out.with_scores = true;
    } else if (in.option("limit", 2)) {
      out.offset = in.integer();
      out.limit = in.integer();
    } else if (grammar.direction == range_direction::any && !out.descending && in.option("rev")) {
      out.descending = true;
    } else if (out.kind == range_kind::any && in.option("bylex")) {
      out.kind = range_kind::lex;
    } else if (out.kind == range_kind::any && in.option("byscore")) {
      out.kind = range_kind::score;
    } else {
      in.fail(errors::syntax);
    }
  }
}

void read_bounds_of_kind(argument_reader& in, std::string_view min, std::string_view max,
                         range_request& out) {
  if (in.failed())
    return;
  if (out.kind == range_kind::rank) {
    out.ranks.start = in.integer();
    out.ranks.stop = in.integer();
  } else if (out.kind == range_kind::score) {
    if (const auto bounds = score_bounds::parse(min, max))
      out.scores = *bounds;
    else
      in.fail(errors::score_range_not_floats);
  } else {
    if (const auto bounds = lex_bounds::parse(min, max))
      out.members = *bounds;
    else
      in.fail(errors::lex_range_invalid);
  }
}

} // namespace

// -- bounds --------------------------------------------------------------------------------------

rank_span rank_bounds::in(const sorted_set& set) const noexcept {
  const auto size = static_cast<std::int64_t>(set.size());
  const auto begin = std::max<std::int64_t>(start < 0 ? start + size : start, 0);
  const auto last = std::min(stop < 0 ? stop + size : stop, size - 1);
  if (begin > last)
    return {};
  return {static_cast<std::size_t>(begin), static_cast<std::size_t>(last - begin + 1)};
}

rank_span score_bounds::in(const sorted_set& set) const noexcept {
  return between(set.count_below(min, min_excluded), set.count_below(max, !max_excluded));
}

std::optional<score_bounds> score_bounds::parse(std::string_view min, std::string_view max) {
  score_bounds out;
  out.min_excluded = min.starts_with('(');
  out.max_excluded = max.starts_with('(');
  const auto low = parse_bound(min.substr(out.min_excluded ? 1 : 0));
  const auto high = low ? parse_bound(max.substr(out.max_excluded ? 1 : 0)) : low;
  if (!high)
    return std::nullopt;
  out.min = *low;
  out.max = *high;
  return out;
}

rank_span lex_bounds::in(const sorted_set& set) const noexcept {
  return between(count_before(set, min, min.is == kind::excluded),
                 count_before(set, max, max.is != kind::excluded));
}

std::optional<lex_bounds> lex_bounds::parse(std::string_view min, std::string_view max) noexcept {
  const auto low = parse_lex_bound(min);
  const auto high = parse_lex_bound(max);
  if (!low || !high)
    return std::nullopt;
  return lex_bounds{*low, *high};
}

// -- requests ------------------------------------------------------------------------------------

rank_span range_request::in(const sorted_set& set) const noexcept {
  auto span = kind == range_kind::rank    ? ranks.in(set)
              : kind == range_kind::score ? scores.in(set)
                                          : members.in(set);
  if (kind == range_kind::rank) {
    if (descending && span.count != 0)
      span.first = set.size() - span.first - span.count;
    return span;
  }
  if (offset < 0 || static_cast<std::size_t>(offset) >= span.count)
    return {};
  const auto skipped = static_cast<std::size_t>(offset);
  const auto left = span.count - skipped;
  const auto count = limit < 0 ? left : std::min(left, static_cast<std::size_t>(limit));
  return {descending ? span.first + left - count : span.first + skipped, count};
}

std::optional<range_request> read_range(keyspace::command_context& ctx, arguments args,
                                        std::size_t first, const range_grammar& grammar) {
  range_request out;
  out.kind = grammar.kind;
  out.descending = grammar.direction == range_direction::descending;
  argument_reader options{args, first + 2};
  read_options(options, grammar, out);
  if (out.kind == range_kind::any)
    out.kind = range_kind::rank;
  if (out.limit != -1 && out.kind == range_kind::rank)
    options.fail(errors::limit_without_by);
  if (out.with_scores && out.kind == range_kind::lex)
    options.fail(errors::scores_with_by_lex);
  if (options.failed()) {
    ctx.reply.error(options.error());
    return std::nullopt;
  }
  argument_reader bounds{args, first};
  const auto swapped = out.descending ? 1u : 0u;
  read_bounds_of_kind(bounds, args[first + swapped], args[first + 1 - swapped], out);
  if (bounds.failed()) {
    ctx.reply.error(bounds.error());
    return std::nullopt;
  }
  return out;
}

std::optional<range_request> read_bounds(keyspace::command_context& ctx, arguments args,
                                         range_kind kind) {
  range_request out;
  out.kind = kind;
  argument_reader in{args, 2};
  read_bounds_of_kind(in, args[2], args[3], out);
  if (!in.failed())
    return out;
  ctx.reply.error(in.error());
  return std::nullopt;
}

} // namespace thespis::commands
