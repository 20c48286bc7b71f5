/// The commands that change the entries of a stream: XADD, XTRIM, XDEL, XSETID; and XLEN.

#include "commands/rows.hpp"
#include "commands/stream_arguments.hpp"
#include "commands/stream_value.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
using types::stream_id;
namespace errors = protocol::errors;

namespace {

/// What an entry's fields and values may have together.
constexpr std::size_t entry_bytes_max = std::size_t{1} << 30;

types::stream_limits stream_limits_at(command_context& ctx, std::string_view key) {
  const auto& access = ctx.home(key).access;
  return {access.stream_node_bytes.load(std::memory_order_relaxed),
          access.stream_node_entries.load(std::memory_order_relaxed)};
}

/// The ID that a new entry gets; nothing if there is none that is higher than the last one.
std::optional<stream_id> new_id(const types::stream& value,
                                const std::optional<types::parsed_stream_id>& wanted,
                                std::int64_t now_ms) {
  const auto& last = value.last_id();
  if (wanted && !wanted->open_sequence)
    return wanted->id > last ? std::optional{wanted->id} : std::nullopt;
  const auto ms = wanted ? wanted->id.ms : std::max(static_cast<std::uint64_t>(now_ms), last.ms);
  if (ms > last.ms || (ms == 0 && last.is_zero() && wanted))
    return stream_id{ms, ms == 0 ? 1u : 0u};
  if (ms < last.ms)
    return std::nullopt;
  const auto next = last.next();
  return wanted && next && next->ms != ms ? std::nullopt : next;
}

/// A trim that has the same outcome, even if it stopped early.
class exact_trim {
public:
  exact_trim(const types::stream_trim& how, const types::stream& value)
    : strategy_(how.length ? "MAXLEN" : "MINID"),
      id_(how.approximate && value.size() != 0 ? value.first_id() : how.min_id),
      threshold_(how.length ? std::to_string(value.size()) : std::string{std::string_view{id_}}),
      references_(name_of(how.references)) {
  }
  std::array<std::string_view, 4> words() const noexcept {
    return {strategy_, "=", threshold_, references_};
  }

private:
  std::string_view strategy_;
  types::stream_id_text id_;
  std::string threshold_;
  std::string_view references_;
};

/// The request with the ID that was made, and with the outcome of its trim.
void replay_add(command_context& ctx, arguments args, const add_or_trim& options,
                const types::stream& value, const stream_id& id) {
  const auto has_id = options.id && !options.id->open_sequence;
  if ((has_id && !options.trim.approximate) || !ctx.home(args[1]).changes.listened_to())
    return;
  const types::stream_id_text id_text{id};
  const exact_trim trim{options.trim, value};
  std::vector<std::string_view> words{args[0], args[1]};
  if (options.trims)
    for (const auto word : trim.words())
      words.push_back(word);
  words.push_back(id_text);
  for (const auto word : args.subspan(options.id_at + 1))
    words.push_back(word);
  ctx.replay_as(args[1], words);
}

} // namespace

/// XADD key [NOMKSTREAM] [KEEPREF | DELREF | ACKED] [MAXLEN | MINID [= | ~] threshold [LIMIT n]]
/// * | id field value [field value …] -> the new entry's ID | null without a stream to add to
/// Errors: options, ID, arity, WRONGTYPE. Cost: O(1), and O(entries that are trimmed).
void cmd_xadd(command_context& ctx, arguments args) {
  const auto options = read_add_or_trim(ctx, args, true);
  if (!options)
    return;
  const auto fields = args.subspan(std::min(options->id_at + 1, args.size()));
  if (fields.empty() || fields.size() % 2 != 0)
    return ctx.reply.error(errors::wrong_arity("xadd"));
  if (options->id && !options->id->open_sequence && options->id->id.is_zero())
    return ctx.reply.error(errors::stream_id_zero);
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  if (at && is_not<types::stream>(ctx, at))
    return;
  if (!at && !options->may_create)
    return ctx.reply.null();
  opened_stream value{ctx, key, at};
  if (value->last_id() == types::last_possible_id)
    return ctx.reply.error(errors::stream_ids_exhausted);
  const auto id = new_id(*value, options->id, ctx.now.ms);
  if (!id)
    return ctx.reply.error(errors::stream_id_too_small);
  std::size_t bytes = 0;
  for (const auto word : fields)
    bytes += word.size();
  if (bytes > entry_bytes_max)
    return ctx.reply.error(errors::stream_entry_too_large);
  if (options->trims && ctx.moves_for(value->trim_about(options->trim, ctx.many_elements)))
    return;
  value->append(*id, fields, stream_limits_at(ctx, key));
  value.did("xadd");
  reply_id(ctx.reply, *id);
  if (options->trims && value->trim(options->trim) != 0)
    ctx.did_unawaited(keyspace::event_class::stream, "xtrim", key, 0);
  replay_add(ctx, args, *options, *value, *id);
}

/// XTRIM key MAXLEN | MINID [= | ~] threshold [LIMIT n] [KEEPREF | DELREF | ACKED]
/// -> how many entries went. Errors: options, WRONGTYPE. Cost: O(entries that go).
void cmd_xtrim(command_context& ctx, arguments args) {
  const auto options = read_add_or_trim(ctx, args, false);
  if (!options)
    return;
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<types::stream>(ctx, at))
    return;
  opened_stream value{ctx, key, at};
  if (ctx.moves_for(value->trim_about(options->trim, ctx.many_elements)))
    return;
  const auto gone = value->trim(options->trim);
  ctx.reply.integer(static_cast<std::int64_t>(gone));
  if (gone == 0)
    return;
  value.did_unawaited("xtrim", gone);
  if (!options->trim.approximate || !ctx.home(key).changes.listened_to())
    return;
  const exact_trim trim{options->trim, *value};
  const auto words = trim.words();
  ctx.replay_as(key, {"XTRIM", key, words[0], words[1], words[2], words[3]});
}

/// XDEL key id [id …] -> how many entries were deleted. Errors: ID, WRONGTYPE. Cost: O(1) for each.
void cmd_xdel(command_context& ctx, arguments args) {
  auto at = ctx.find_to_write(args[1]);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<types::stream>(ctx, at))
    return;
  const auto ids = read_stream_ids(ctx, args.subspan(2));
  if (!ids)
    return;
  opened_stream value{ctx, args[1], at};
  std::uint64_t gone = 0;
  for (const auto& id : *ids)
    gone += value->erase(id) ? 1 : 0;
  if (gone != 0)
    value.did_unawaited("xdel", gone);
  ctx.reply.integer(static_cast<std::int64_t>(gone));
}

/// XLEN key -> number of entries. Errors: WRONGTYPE. Cost: O(1).
void cmd_xlen(command_context& ctx, arguments args) {
  const auto at = ctx.find_to_read(args[1]);
  if (at && is_not<types::stream>(ctx, at))
    return;
  ctx.reply.integer(static_cast<std::int64_t>(stream_at(at)->size()));
}

namespace {

struct set_id_options {
  stream_id last;
  std::optional<std::uint64_t> entries_added{};
  stream_id max_deleted{};
};

std::optional<set_id_options> read_set_id_options(command_context& ctx, arguments args) {
  const auto last = read_stream_id(ctx, args[2]);
  if (!last)
    return std::nullopt;
  set_id_options options{.last = *last};
  protocol::argument_reader in{args, 3};
  while (in.more()) {
    if (in.option("ENTRIESADDED", 1)) {
      const auto added = in.integer();
      if (added < 0)
        in.fail(errors::stream_added_negative);
      options.entries_added = static_cast<std::uint64_t>(added);
    } else if (in.option("MAXDELETEDID", 1)) {
      const auto id = types::parse_stream_id(in.next(), 0);
      if (!id)
        in.fail(errors::invalid_stream_id);
      else if (*last < id->id)
        in.fail(errors::stream_set_id_below_given_deleted);
      else
        options.max_deleted = id->id;
    } else {
      in.fail(errors::syntax);
    }
  }
  if (!in.failed())
    return options;
  ctx.reply.error(in.error());
  return std::nullopt;
}

/// Empty: the options may be put into effect.
std::string_view what_forbids(const set_id_options& options, const types::stream& value) {
  if (options.last < value.max_deleted_id())
    return errors::stream_set_id_below_deleted;
  if (const auto top = value.last()) {
    if (options.last < top.id())
      return errors::stream_set_id_below_top;
    if (options.entries_added && *options.entries_added < value.size())
      return errors::stream_added_below_length;
  }
  return {};
}

} // namespace

/// XSETID key last-id [ENTRIESADDED n] [MAXDELETEDID id] -> OK. Errors: options, no such key,
/// WRONGTYPE, what does not fit the entries that there are. Cost: O(1).
void cmd_xsetid(command_context& ctx, arguments args) {
  const auto options = read_set_id_options(ctx, args);
  if (!options)
    return;
  auto at = ctx.find_to_write(args[1]);
  if (!at)
    return ctx.reply.error(errors::no_such_key);
  if (is_not<types::stream>(ctx, at))
    return;
  opened_stream value{ctx, args[1], at};
  if (const auto why = what_forbids(*options, *value); !why.empty())
    return ctx.reply.error(why);
  value->set_last_id(options->last);
  if (options->entries_added)
    value->set_entries_added(*options->entries_added);
  if (!options->max_deleted.is_zero())
    value->set_max_deleted_id(options->max_deleted);
  value.did_around("xsetid");
  ctx.reply.ok();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec xadd_keys[] = {
  {.flags = key_rw | key_update, .position = 1,
   .notes = "UPDATE instead of INSERT because of the optional trimming feature"},
};

constexpr command_spec stream_table[] = {
  {.name = "xadd", .arity = -5, .flags = write | denyoom | fast, .acl = acl_stream,
   .keys = xadd_keys, .run = cmd_xadd, .group = command_group::stream, .since = "5.0.0",
   .complexity =
     "O(1) when adding a new entry, O(N) when trimming where N being the number of entries"
     " evicted.",
   .summary = "Adds an entry to a stream, and may trim its beginning.",
   .syntax =
     "key [NOMKSTREAM@6.2.0] [condition(KEEPREF|DELREF|ACKED)@8.2.0] [trim{strategy(MAXLEN|MINID@6.2.0)"
     " [operator('=' equal:token|'~' approximately:token)] threshold [LIMIT count:integer@6.2.0]}]"
     " id-selector('*' auto-id:token|id) data{field value}...",
   .tips = "nondeterministic_output"},
  {.name = "xdel", .arity = -3, .flags = write | fast, .acl = acl_stream,
   .keys = key_at<1, key_rw | key_delete>, .run = cmd_xdel, .group = command_group::stream,
   .since = "5.0.0",
   .complexity =
     "O(1) for each single item to delete in the stream, regardless of the stream size.",
   .summary = "Deletes entries from a stream.", .syntax = "key ID:string..."},
  {.name = "xlen", .arity = 2, .flags = readonly | fast, .acl = acl_stream,
   .keys = key_at<1, key_ro>, .run = cmd_xlen, .group = command_group::stream, .since = "5.0.0",
   .complexity = "O(1)", .summary = "Counts the entries of a stream.", .syntax = "key"},
  {.name = "xsetid", .arity = -3, .flags = write | denyoom | fast, .acl = acl_stream,
   .keys = key_at<1, key_rw | key_update>, .run = cmd_xsetid, .group = command_group::stream,
   .since = "5.0.0", .complexity = "O(1)",
   .summary = "Sets the last ID of a stream, for replication.",
   .syntax = "key last-id [ENTRIESADDED entries-added:integer@7.0.0]"
             " [MAXDELETEDID max-deleted-id@7.0.0]"},
  {.name = "xtrim", .arity = -4, .flags = write, .acl = acl_stream,
   .keys = key_at<1, key_rw | key_delete>, .run = cmd_xtrim, .group = command_group::stream,
   .since = "5.0.0",
   .complexity =
     "O(N), with N being the number of evicted entries. Constant times are very small however,"
     " since entries are organized in macro nodes containing multiple entries that can be released"
     " with a single deallocation.",
   .summary = "Deletes the beginning of a stream.",
   .syntax =
     "key trim{strategy(MAXLEN|MINID@6.2.0) [operator('=' equal:token|'~' approximately:token)] threshold"
     " [LIMIT count:integer@6.2.0] [condition(KEEPREF|DELREF|ACKED)@8.2.0]}",
   .tips = "nondeterministic_output"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> stream_rows() noexcept {
  return stream_table;
}

} // namespace thespis::commands
