#include "commands/zset_add.hpp"

#include "commands/zset_value.hpp"

#include <cmath>
#include <cstdint>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using types::sorted_set;
namespace errors = protocol::errors;

namespace {

/// What became of one member.
struct zadd_outcome {
  bool added = false;
  bool updated = false;
  /// Neither the options nor arithmetic had anything against it.
  bool accepted = false;
  bool not_a_number = false;
  double score = 0;
};

zadd_outcome add_one(sorted_set& value, std::string_view member, double score,
                     const zadd_options& options, const types::packed_limits& limits) {
  zadd_outcome out;
  auto at = value.find(member);
  if (!at) {
    if (options.xx)
      return out;
    value.insert(at, member, score, limits);
    out.added = out.accepted = true;
    out.score = score;
    return out;
  }
  if (options.nx)
    return out;
  const auto old = at.score();
  if (options.incr) {
    score += old;
    out.not_a_number = std::isnan(score);
    if (out.not_a_number)
      return out;
  }
  if ((options.lt && score >= old) || (options.gt && score <= old))
    return out;
  out.accepted = true;
  out.score = score;
  out.updated = score != old;
  if (out.updated)
    value.set_score(at, score);
  return out;
}

void reply_increment(command_context& ctx, const zadd_outcome& outcome) {
  if (outcome.not_a_number)
    ctx.reply.error(errors::score_not_a_number);
  else if (outcome.accepted)
    ctx.reply.dbl(outcome.score);
  else
    ctx.reply.null();
}

} // namespace

void add_members(command_context& ctx, std::string_view key, const member_groups& members,
                 const double* scores, const zadd_options& options) {
  auto at = ctx.find_to_write(key);
  if (at && is_not<sorted_set>(ctx, at))
    return;
  if (!at && options.xx)
    return options.incr ? ctx.reply.null() : ctx.reply.integer(0);
  const auto limits = zset_limits_at(ctx, key);
  opened<sorted_set> value{ctx, key, at};
  value->expect(members.size(), 0, limits);
  std::size_t added = 0;
  std::size_t updated = 0;
  zadd_outcome outcome;
  for (std::size_t i = 0; i < members.size(); ++i) {
    outcome = add_one(*value, members.member(i), scores[i], options, limits);
    added += outcome.added ? 1 : 0;
    updated += outcome.updated ? 1 : 0;
  }
  if (added + updated != 0)
    value.close(event_class::zset, options.incr ? "zincr" : "zadd", added + updated);
  if (options.incr)
    reply_increment(ctx, outcome);
  else
    ctx.reply.integer(static_cast<std::int64_t>(options.ch ? added + updated : added));
}

} // namespace thespis::commands
