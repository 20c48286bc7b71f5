/// The pending entries of a consumer group: XACK, XPENDING, XNACK.

#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/stream_arguments.hpp"
#include "commands/stream_value.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <new>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
using types::stream_id;
namespace errors = protocol::errors;

/// XACK key group id [id …] -> how many entries were pending. Errors: ID, WRONGTYPE.
/// Cost: O(log pending) for each.
void cmd_xack(command_context& ctx, arguments args) {
  auto at = ctx.find_to_read(args[1]);
  if (at && is_not<types::stream>(ctx, at))
    return;
  auto* const group = stream_at(at)->find_group(args[2]);
  if (group == nullptr)
    return ctx.reply.integer(0);
  const auto words = args.subspan(3);
  std::uint64_t count = 0;
  if (words.size() == 1) {
    const auto id = read_stream_id(ctx, words[0]);
    if (!id)
      return;
    count = group->acknowledge(*id) ? 1 : 0;
  } else {
    const auto ids = read_stream_ids(ctx, words);
    if (!ids)
      return;
    for (const auto& id : *ids)
      count += group->acknowledge(id) ? 1 : 0;
  }
  if (count != 0)
    ctx.home(args[1]).changes.did_quietly(ctx.client.database, count);
  ctx.reply.integer(static_cast<std::int64_t>(count));
}

// -- XPENDING -------------------------------------------------------------------------------------

namespace {

struct pending_filter {
  id_interval range;
  std::uint64_t count;
  std::int64_t idle_min_ms = 0;
  std::optional<std::string_view> consumer{};
};

/// Nothing: the error has been replied.
std::optional<pending_filter> read_pending_filter(command_context& ctx, arguments args) {
  protocol::argument_reader in{args, 3};
  pending_filter filter{};
  if (in.option("IDLE")) {
    filter.idle_min_ms = in.integer();
    if (args.size() < 8)
      in.fail(errors::syntax);
  }
  const auto ends = in.next(2);
  filter.count = static_cast<std::uint64_t>(std::max<std::int64_t>(in.integer(), 0));
  if (in.failed()) {
    ctx.reply.error(in.error());
    return std::nullopt;
  }
  const auto range = read_interval(ctx, ends[0], ends[1]);
  if (!range)
    return std::nullopt;
  filter.range = *range;
  if (in.more())
    filter.consumer = in.next();
  return filter;
}

void reply_pending_summary(command_context& ctx, const types::consumer_group& group) {
  auto& reply = ctx.reply;
  const auto& pending = group.pending();
  reply.array(4);
  reply.integer(static_cast<std::int64_t>(pending.size()));
  if (pending.empty()) {
    reply.null();
    reply.null();
    return reply.null_array();
  }
  reply_id(reply, pending.first().id());
  reply_id(reply, pending.last().id());
  const auto head = reply.begin_array(group.consumers().size());
  std::size_t count = 0;
  for (const auto& [name, consumer] : group.consumers()) {
    if (consumer->pending.empty())
      continue;
    ++count;
    reply.array(2);
    reply.bulk(name);
    reply.bulk_integer(static_cast<std::int64_t>(consumer->pending.size()));
  }
  reply.end_array(head, count);
}

void reply_pending(command_context& ctx, const types::consumer_group& group,
                   const pending_filter& filter) {
  auto& reply = ctx.reply;
  const auto* pending = &group.pending();
  if (filter.consumer) {
    const auto* const consumer = group.find_consumer(*filter.consumer);
    if (consumer == nullptr)
      return reply.array(0);
    pending = &consumer->pending;
  }
  const auto head = reply.begin_array();
  std::uint64_t count = 0;
  for (auto at = pending->at_least(filter.range.start);
       at && count < filter.count && at.id() <= filter.range.end; ++at) {
    const auto idle_ms = ctx.now.ms - at->delivered_ms;
    if (filter.idle_min_ms != 0 && idle_ms < filter.idle_min_ms)
      continue;
    ++count;
    reply.array(4);
    reply_id(reply, at.id());
    reply.bulk(at->owner == nullptr ? std::string_view{} : at->owner->name);
    reply.integer(std::max<std::int64_t>(idle_ms, 0));
    reply.integer(at->deliveries);
  }
  reply.end_array(head, count);
}

} // namespace

/// XPENDING key group -> [count, lowest ID, highest ID, [[consumer, count] …]]
/// XPENDING key group [IDLE ms] start end count [consumer]
/// -> [[ID, consumer, ms since the delivery, deliveries] …]
/// Errors: syntax, numbers, interval, NOGROUP, WRONGTYPE. Cost: O(consumers), O(entries looked at).
void cmd_xpending(command_context& ctx, arguments args) {
  constexpr std::size_t with_range_min = 6;
  constexpr std::size_t with_range_max = 9;
  const auto is_summary = args.size() == 3;
  if (!is_summary && (args.size() < with_range_min || args.size() > with_range_max))
    return ctx.reply.error(errors::syntax);
  std::optional<pending_filter> filter;
  if (!is_summary && !(filter = read_pending_filter(ctx, args)))
    return;
  const auto at = ctx.find_to_read(args[1]);
  const auto* const group = find_group(ctx, at, {args[1], args[2]});
  if (group == nullptr)
    return;
  if (is_summary)
    reply_pending_summary(ctx, *group);
  else
    reply_pending(ctx, *group, *filter);
}

// -- XNACK ----------------------------------------------------------------------------------------

namespace {

enum class nack_mode : std::uint8_t { silent, fail, fatal };

struct nack_options {
  nack_mode mode;
  arguments ids{};
  std::optional<std::int64_t> deliveries{};
  bool force = false;
};

std::optional<nack_options> read_nack_options(command_context& ctx, arguments args) {
  protocol::argument_reader in{args, 3};
  nack_options options{};
  if (in.option("SILENT"))
    options.mode = nack_mode::silent;
  else if (in.option("FAIL"))
    options.mode = nack_mode::fail;
  else if (in.option("FATAL"))
    options.mode = nack_mode::fatal;
  else
    in.fail(errors::syntax);
  if (!in.option("IDS", 1))
    in.fail(errors::syntax);
  options.ids = read_id_words(in, false);
  while (in.more())
    if (in.option("RETRYCOUNT", 1))
      options.deliveries = in.integer_in(0, int64_max, errors::stream_nack_retry_option);
    else if (in.option("FORCE"))
      options.force = true;
    else
      in.fail(errors::syntax);
  if (!in.failed())
    return options;
  ctx.reply.error(in.error());
  return std::nullopt;
}

/// Entries of the stream that are not pending become so, without an owner. Throws std::bad_alloc
/// with nothing changed.
void make_pending(types::consumer_group& group, const types::stream& value,
                  const std::vector<stream_id>& ids) {
  std::vector<stream_id> made;
  made.reserve(ids.size());
  try {
    for (const auto& id : ids)
      if (group.pending().find(id) == nullptr && value.contains(id)) {
        group.assign(id, nullptr);
        made.push_back(id);
      }
  } catch (const std::bad_alloc&) {
    for (const auto& id : made)
      group.acknowledge(id);
    throw;
  }
}

} // namespace

/// XNACK key group SILENT | FAIL | FATAL IDS numids id [id …] [RETRYCOUNT n] [FORCE]
/// -> how many entries were given back to the group
/// They have no consumer then and have been idle for ever. Their count of deliveries: one less
/// (SILENT), the same (FAIL), the highest possible (FATAL), or RETRYCOUNT.
/// Errors: options, ID, NOGROUP, WRONGTYPE. Cost: O(log pending) for each.
void cmd_xnack(command_context& ctx, arguments args) {
  const auto options = read_nack_options(ctx, args);
  if (!options)
    return;
  const auto at = ctx.find_to_read(args[1]);
  const group_words words{args[1], args[2]};
  auto* const group = find_group(ctx, at, words);
  if (group == nullptr)
    return;
  const auto ids = read_stream_ids(ctx, options->ids);
  if (!ids)
    return;
  if (options->force)
    make_pending(*group, *stream_at(at), *ids);
  std::uint64_t count = 0;
  for (const auto& id : *ids) {
    if (group->pending().find(id) == nullptr)
      continue;
    auto& entry = group->assign(id, nullptr);
    entry.delivered_ms = 0;
    if (options->deliveries)
      entry.deliveries = *options->deliveries;
    else if (options->mode == nack_mode::fatal)
      entry.deliveries = int64_max;
    else if (options->mode == nack_mode::silent && entry.deliveries > 0)
      --entry.deliveries;
    ++count;
  }
  // Somebody may wait for entries to claim.
  if (count != 0)
    ctx.did_several(keyspace::event_class::stream, "xnack", args[1], count);
  ctx.reply.integer(static_cast<std::int64_t>(count));
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec stream_pending_table[] = {
  {.name = "xack", .arity = -4, .flags = write | fast, .acl = acl_stream,
   .keys = key_at<1, key_rw | key_update>, .run = cmd_xack, .group = command_group::stream,
   .since = "5.0.0", .complexity = "O(1) for each message ID processed.",
   .summary = "Acknowledges entries that were delivered to a consumer group.",
   .syntax = "key group ID:string..."},
  {.name = "xnack", .arity = -7, .flags = write | fast, .acl = acl_stream,
   .keys = key_at<1, key_rw | key_update>, .run = cmd_xnack, .group = command_group::stream,
   .since = "8.8.0", .complexity = "O(1) for each message ID processed.",
   .summary = "Gives pending entries back to their consumer group.",
   .syntax = "key group mode(SILENT|FAIL|FATAL) <IDS ids{numids:integer id...}>"
             " [RETRYCOUNT count:integer] [FORCE]"},
  {.name = "xpending", .arity = -3, .flags = readonly, .acl = acl_stream,
   .keys = key_at<1, key_ro | key_access>, .run = cmd_xpending, .group = command_group::stream,
   .since = "5.0.0",
   .complexity =
     "O(N) with N being the number of elements returned, so asking for a small fixed number of"
     " entries per call is O(1). O(M), where M is the total number of entries scanned when used"
     " with the IDLE filter. When the command returns just the summary and the list of consumers is"
     " small, it runs in O(1) time; otherwise, an additional O(N) time for iterating every"
     " consumer.",
   .summary = "Tells which entries a consumer group has not acknowledged.",
   .syntax = "key group [filters{[IDLE min-idle-time:integer@6.2.0] start end count:integer"
             " [consumer]}]",
   .tips = "nondeterministic_output"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> stream_pending_rows() noexcept {
  return stream_pending_table;
}

} // namespace thespis::commands
