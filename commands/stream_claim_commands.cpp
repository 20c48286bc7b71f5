/// Pending entries change hands: XCLAIM, XAUTOCLAIM.

#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/stream_arguments.hpp"
#include "commands/stream_value.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
using types::stream_id;
namespace errors = protocol::errors;

namespace {

struct claim_options {
  std::int64_t idle_min_ms = 0;
  /// When the entries count as delivered, Unix ms.
  std::int64_t delivered_ms = 0;
  std::optional<std::int64_t> deliveries{};
  bool force = false;
  bool only_ids = false;
  stream_id last{};
};

/// What both commands do with one entry, and the parts of their requests for it. What was done is
/// told in the end, also if the memory did not suffice for all of it.
class claiming {
public:
  claiming(command_context& ctx, const group_words& words, types::consumer_group& group,
           const types::stream& value, types::stream_consumer& consumer,
           const claim_options& options)
    : ctx_(ctx),
      words_(words),
      group_(group),
      value_(value),
      consumer_(consumer),
      options_(options) {
  }
  ~claiming() {
    if (changes_ != 0)
      ctx_.home(words_.key).changes.did_quietly(ctx_.client.database, changes_);
  }
  claiming(const claiming&) = delete;
  claiming& operator=(const claiming&) = delete;

  bool exists(const stream_id& id) const noexcept {
    return value_.contains(id);
  }
  /// Its entry has been deleted.
  void drop(const stream_id& id) {
    const auto* const pending = group_.pending().find(id);
    if (pending == nullptr)
      return;
    const types::stream_id_text text{id};
    group_.acknowledge(id);
    ctx_.replay_as(words_.key, {"XACK", words_.key, words_.group, text});
    ++changes_;
  }
  bool is_idle(const types::pending_entry& entry) const noexcept {
    return entry.owner == nullptr || options_.idle_min_ms == 0
           || ctx_.now.ms - entry.delivered_ms >= options_.idle_min_ms;
  }
  /// REQUIRES: exists(). Throws std::bad_alloc with the entry as it was.
  void take(const stream_id& id) {
    if (options_.only_ids)
      reply_id(ctx_.reply, id);
    else
      reply_entry(ctx_.reply, *value_.at_least(id));
    const auto is_new = group_.pending().find(id) == nullptr;
    auto& entry = group_.assign(id, &consumer_);
    if (is_new)
      entry.deliveries = 1;
    entry.delivered_ms = options_.delivered_ms;
    if (options_.deliveries)
      entry.deliveries = *options_.deliveries;
    else if (!options_.only_ids)
      entry.count_delivery();
    consumer_.active_ms = ctx_.now.ms;
    replay_claim(ctx_, words_, group_, id, entry);
    ++changes_;
    ++taken_;
  }

  /// The group has read up to there.
  void move_group(const stream_id& last) {
    group_.last_id = last;
    replay_group_position(ctx_, words_, group_);
    ++changes_;
  }

  std::size_t taken() const noexcept {
    return taken_;
  }

private:
  command_context& ctx_;
  group_words words_;
  types::consumer_group& group_;
  const types::stream& value_;
  types::stream_consumer& consumer_;
  const claim_options& options_;
  std::size_t taken_ = 0;
  std::uint64_t changes_ = 0;
};

/// The options behind the IDs.
void read_claim_options(command_context& ctx, protocol::argument_reader& in,
                        claim_options& options) {
  std::int64_t delivered = -1;
  while (in.more()) {
    if (in.option("FORCE")) {
      options.force = true;
    } else if (in.option("JUSTID")) {
      options.only_ids = true;
    } else if (in.option("IDLE", 1)) {
      // As far back as a difference of two numbers goes.
      const auto idle = in.integer(errors::stream_claim_idle_option);
      delivered = idle < 0 ? int64_max : ctx.now.ms - idle;
    } else if (in.option("TIME", 1)) {
      delivered = in.integer(errors::stream_claim_time_option);
    } else if (in.option("RETRYCOUNT", 1)) {
      const auto count = in.integer(errors::stream_claim_retry_option);
      options.deliveries = count < 0 ? std::nullopt : std::optional{count};
    } else if (in.option("LASTID", 1)) {
      const auto id = types::parse_stream_id(in.next(), 0);
      if (!id)
        in.fail(errors::invalid_stream_id);
      options.last = id ? id->id : stream_id{};
    } else {
      in.fail(errors::unrecognized_claim_option(in.next()));
    }
  }
  const auto is_time = delivered >= 0 && delivered <= ctx.now.ms;
  options.delivered_ms = is_time ? delivered : ctx.now.ms;
}

} // namespace

/// XCLAIM key group consumer min-idle-time id [id …] [IDLE ms] [TIME unix-ms] [RETRYCOUNT n]
/// [FORCE] [JUSTID] [LASTID id] -> the entries, or their IDs, that are the consumer's now
/// Errors: NOGROUP, numbers, options, WRONGTYPE. Cost: O(log pending) for each ID.
void cmd_xclaim(command_context& ctx, arguments args) {
  const auto at = ctx.find_to_read(args[1]);
  const group_words words{args[1], args[2]};
  auto* const group = find_group(ctx, at, words);
  if (group == nullptr)
    return;
  protocol::argument_reader in{args, 4};
  claim_options options;
  options.idle_min_ms = std::max<std::int64_t>(in.integer(errors::stream_claim_idle), 0);
  std::vector<stream_id> ids;
  while (in.more()) {
    const auto id = types::parse_stream_id(in.peek(), 0);
    if (!id)
      break;
    ids.push_back(id->id);
    in.skip(1);
  }
  read_claim_options(ctx, in, options);
  if (in.failed())
    return ctx.reply.error(in.error());
  auto& consumer = use_consumer(ctx, words, *group, args[3]);
  const auto value = stream_at(at);
  claiming work{ctx, words, *group, *value, consumer, options};
  const auto head = ctx.reply.begin_array(ids.size());
  for (const auto& id : ids) {
    if (!work.exists(id)) {
      work.drop(id);
      continue;
    }
    const auto* const entry = group->pending().find(id);
    if (entry == nullptr ? options.force : work.is_idle(*entry))
      work.take(id);
  }
  ctx.reply.end_array(head, work.taken());
  if (group->last_id < options.last)
    work.move_group(options.last);
}

/// XAUTOCLAIM key group consumer min-idle-time start [COUNT n] [JUSTID]
/// -> [where to go on, or 0-0 at the end; entries or IDs that are the consumer's now; IDs of
/// entries that have been deleted, and are pending no more]
/// Errors: numbers, interval, options, NOGROUP, WRONGTYPE. Cost: O(count).
void cmd_xautoclaim(command_context& ctx, arguments args) {
  constexpr std::int64_t count_max = int64_max / 16;
  constexpr std::int64_t attempts_per_entry = 10;
  protocol::argument_reader in{args, 4};
  claim_options options;
  options.delivered_ms = ctx.now.ms;
  options.idle_min_ms = std::max<std::int64_t>(in.integer(errors::stream_autoclaim_idle), 0);
  if (in.failed())
    return ctx.reply.error(in.error());
  const auto start = read_interval_start(ctx, in.next());
  if (!start)
    return;
  std::int64_t count = 100;
  while (in.more())
    if (in.option("COUNT", 1))
      count = in.integer_in(1, count_max, errors::stream_claim_count);
    else if (in.option("JUSTID"))
      options.only_ids = true;
    else
      in.fail(errors::syntax);
  if (in.failed())
    return ctx.reply.error(in.error());
  const auto at = ctx.find_to_read(args[1]);
  const group_words words{args[1], args[2]};
  auto* const group = find_group(ctx, at, words);
  if (group == nullptr)
    return;
  auto& consumer = use_consumer(ctx, words, *group, args[3]);
  const auto value = stream_at(at);
  claiming work{ctx, words, *group, *value, consumer, options};

  // What is there in the end is known before anything is written: the cursor comes first.
  std::vector<stream_id> idle;
  std::vector<stream_id> deleted;
  auto next = group->pending().at_least(*start);
  for (auto attempts = count * attempts_per_entry; next && attempts > 0 && count > 0; ++next) {
    --attempts;
    if (!work.exists(next.id()))
      deleted.push_back(next.id());
    else if (work.is_idle(**next))
      idle.push_back(next.id());
    else
      continue;
    --count;
  }
  const auto cursor = next ? next.id() : stream_id{};
  ctx.reply.array(3);
  reply_id(ctx.reply, cursor);
  ctx.reply.array(idle.size());
  for (const auto& id : idle)
    work.take(id);
  ctx.reply.array(deleted.size());
  for (const auto& id : deleted) {
    work.drop(id);
    reply_id(ctx.reply, id);
  }
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec stream_claim_table[] = {
  {.name = "xautoclaim", .arity = -6, .flags = write | fast, .acl = acl_stream,
   .keys = key_at<1, key_rw | key_delete>, .run = cmd_xautoclaim,
   .group = command_group::stream, .since = "6.2.0", .complexity = "O(1) if COUNT is small.",
   .summary = "Makes pending entries of a group, from an ID on, those of a consumer.",
   .syntax = "key group consumer min-idle-time start [COUNT count:integer] [JUSTID]",
   .tips = "nondeterministic_output"},
  {.name = "xclaim", .arity = -6, .flags = write | fast, .acl = acl_stream,
   .keys = key_at<1, key_rw | key_update>, .run = cmd_xclaim, .group = command_group::stream,
   .since = "5.0.0",
   .complexity =
     "O(log N) with N being the number of messages in the PEL of the consumer group.",
   .summary = "Makes pending entries of a group those of a consumer.",
   .syntax = "key group consumer min-idle-time ID:string... [IDLE ms:integer]"
             " [TIME unix-time-milliseconds:unix-time] [RETRYCOUNT count:integer] [FORCE] [JUSTID]"
             " [LASTID lastid]",
   .tips = "nondeterministic_output"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> stream_claim_rows() noexcept {
  return stream_claim_table;
}

} // namespace thespis::commands
