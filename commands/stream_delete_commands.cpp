/// XDELEX and XACKDEL: entries are deleted with a word about what is still pending.

#include "commands/rows.hpp"
#include "commands/stream_arguments.hpp"
#include "commands/stream_value.hpp"
#include "protocol/errors.hpp"

#include <utility>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
using types::stream_id;
using types::stream_references;
namespace errors = protocol::errors;

namespace {

/// What is replied for an ID.
enum class deletion : std::int8_t { nothing_there = -1, deleted = 1, still_needed = 2 };

struct delete_request {
  stream_references references = stream_references::keep;
  std::vector<stream_id> ids{};
};

/// [KEEPREF | DELREF | ACKED] IDS numids id [id …]. Nothing: the error has been replied.
std::optional<delete_request> read_delete_request(command_context& ctx, arguments args,
                                                  std::size_t first) {
  protocol::argument_reader in{args, first};
  delete_request request;
  arguments words;
  while (in.more() && words.empty())
    if (const auto references = read_references(in))
      request.references = *references;
    else if (in.option("IDS", 1))
      words = read_id_words(in, true);
    else
      in.fail(errors::syntax);
  if (words.empty())
    in.fail(errors::syntax);
  if (in.failed()) {
    ctx.reply.error(in.error());
    return std::nullopt;
  }
  auto ids = read_stream_ids(ctx, words);
  if (!ids)
    return std::nullopt;
  request.ids = std::move(*ids);
  return request;
}

deletion delete_entry(types::stream& value, const stream_id& id, stream_references references) {
  if (!value.contains(id))
    return deletion::nothing_there;
  if (references == stream_references::respect && value.is_referenced(id))
    return deletion::still_needed;
  value.erase(id);
  if (references == stream_references::remove)
    value.forget_references(id);
  return deletion::deleted;
}

void reply_deletion(command_context& ctx, deletion what) {
  ctx.reply.integer(static_cast<std::int64_t>(what));
}

void reply_nothing_there(command_context& ctx, std::size_t count) {
  ctx.reply.array(count);
  for (; count > 0; --count)
    reply_deletion(ctx, deletion::nothing_there);
}

} // namespace

/// XDELEX key [KEEPREF | DELREF | ACKED] IDS numids id [id …]
/// -> for each ID 1: deleted, 2: kept, because a group still needs it, -1: there is none
/// Errors: options, ID, WRONGTYPE. Cost: O(groups * log pending) for each.
void cmd_xdelex(command_context& ctx, arguments args) {
  const auto request = read_delete_request(ctx, args, 2);
  if (!request)
    return;
  auto at = ctx.find_to_write(args[1]);
  if (!at)
    return reply_nothing_there(ctx, request->ids.size());
  if (is_not<types::stream>(ctx, at))
    return;
  opened_stream value{ctx, args[1], at};
  std::uint64_t gone = 0;
  ctx.reply.array(request->ids.size());
  for (const auto& id : request->ids) {
    const auto what = delete_entry(*value, id, request->references);
    gone += what == deletion::deleted ? 1 : 0;
    reply_deletion(ctx, what);
  }
  if (gone != 0)
    value.did_unawaited("xdel", gone);
}

/// XACKDEL key group [KEEPREF | DELREF | ACKED] IDS numids id [id …]
/// -> for each ID 1: acknowledged and deleted, 2: acknowledged and kept, because a group still
/// needs it, -1: it was not pending
/// Errors: options, ID, WRONGTYPE. Cost: O(groups * log pending) for each.
void cmd_xackdel(command_context& ctx, arguments args) {
  const auto request = read_delete_request(ctx, args, 3);
  if (!request)
    return;
  auto at = ctx.find_to_write(args[1]);
  if (at && is_not<types::stream>(ctx, at))
    return;
  auto* const group = stream_at(at)->find_group(args[2]);
  if (group == nullptr)
    return reply_nothing_there(ctx, request->ids.size());
  opened_stream value{ctx, args[1], at};
  std::uint64_t acknowledged = 0;
  std::uint64_t gone = 0;
  ctx.reply.array(request->ids.size());
  for (const auto& id : request->ids) {
    if (!group->acknowledge(id)) {
      reply_deletion(ctx, deletion::nothing_there);
      continue;
    }
    ++acknowledged;
    const auto what = delete_entry(*value, id, request->references);
    gone += what == deletion::deleted ? 1 : 0;
    // An entry that was deleted before is deleted now.
    reply_deletion(ctx, what == deletion::nothing_there ? deletion::deleted : what);
  }
  if (gone != 0)
    value.did_unawaited("xdel", acknowledged);
  else if (acknowledged != 0)
    value.did_quietly(acknowledged);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec stream_delete_table[] = {
  {.name = "xackdel", .arity = -6, .flags = write | fast, .acl = acl_stream,
   .keys = key_at<1, key_rw | key_update | key_delete>, .run = cmd_xackdel,
   .group = command_group::stream, .since = "8.2.0",
   .complexity = "O(1) for each message ID processed.",
   .summary = "Acknowledges entries of a group, and deletes them.",
   .syntax = "key group [condition(KEEPREF|DELREF|ACKED)] <IDS ids{numids:integer id...}>"},
  {.name = "xdelex", .arity = -5, .flags = write | fast, .acl = acl_stream,
   .keys = key_at<1, key_rw | key_delete>, .run = cmd_xdelex, .group = command_group::stream,
   .since = "8.2.0",
   .complexity =
     "O(1) for each single item to delete in the stream, regardless of the stream size.",
   .summary = "Deletes entries from a stream, with regard to what is pending.",
   .syntax = "key [condition(KEEPREF|DELREF|ACKED)] <IDS ids{numids:integer id...}>"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> stream_delete_rows() noexcept {
  return stream_delete_table;
}

} // namespace thespis::commands
