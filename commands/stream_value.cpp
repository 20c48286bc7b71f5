#include "commands/stream_value.hpp"

#include "base/number.hpp"
#include "protocol/errors.hpp"

namespace thespis::commands {

using keyspace::command_context;
namespace errors = protocol::errors;

types::consumer_group* find_group(command_context& ctx, const keyspace::database::slot& at,
                                  const group_words& words) {
  if (at && is_not<types::stream>(ctx, at))
    return nullptr;
  auto* const group = stream_at(at)->find_group(words.group);
  if (group == nullptr)
    ctx.reply.error(errors::no_key_or_group(words.key, words.group));
  return group;
}

types::stream_consumer& use_consumer(command_context& ctx, const group_words& words,
                                     types::consumer_group& group, std::string_view name) {
  if (auto* const known = group.find_consumer(name)) {
    known->seen_ms = ctx.now.ms;
    return *known;
  }
  auto& made = group.add_consumer(name, ctx.now.ms);
  ctx.did_around(keyspace::event_class::stream, "xgroup-createconsumer", words.key);
  ctx.replay_as(words.key, {"XGROUP", "CREATECONSUMER", words.key, words.group, name});
  return made;
}

// -- replies --------------------------------------------------------------------------------------

void reply_fields(protocol::reply_writer& reply, const types::stream_entry& entry) {
  reply.array(entry.field_count * 2);
  entry.for_each([&](std::string_view field, std::string_view value) {
    reply.bulk(field);
    reply.bulk(value);
  });
}

void reply_entry(protocol::reply_writer& reply, const types::stream_entry& entry) {
  reply.array(2);
  reply_id(reply, entry.id);
  reply_fields(reply, entry);
}

// -- replays --------------------------------------------------------------------------------------

void replay_claim(command_context& ctx, const group_words& words,
                  const types::consumer_group& group, const types::stream_id& id,
                  const types::pending_entry& entry) {
  if (!ctx.home(words.key).changes.listened_to()) [[likely]]
    return;
  char count_text[24];
  char time_text[24];
  const types::stream_id_text id_text{id};
  const types::stream_id_text last_text{group.last_id};
  const auto count = base::format_int64(entry.deliveries, count_text);
  ctx.replay_as(words.key, {"XCLAIM", words.key, words.group, entry.owner->name, "0", id_text,
                            "TIME", base::format_int64(entry.delivered_ms, time_text), "RETRYCOUNT",
                            count, "FORCE", "JUSTID", "LASTID", last_text});
}

void replay_group_position(command_context& ctx, const group_words& words,
                           const types::consumer_group& group) {
  if (!ctx.home(words.key).changes.listened_to()) [[likely]]
    return;
  char read_text[24];
  const types::stream_id_text last_text{group.last_id};
  ctx.replay_as(words.key, {"XGROUP", "SETID", words.key, words.group, last_text, "ENTRIESREAD",
                            base::format_int64(group.entries_read, read_text)});
}

} // namespace thespis::commands
