/// XREAD and XREADGROUP: entries behind an ID, from several streams, and waiting for them. A
/// request that waits runs again when one of its keys has changed, then perhaps over some of its
/// keys only. What "$" meant when it came is settled then.

#include "commands/rows.hpp"
#include "commands/stream_arguments.hpp"
#include "commands/stream_delivery.hpp"
#include "commands/stream_read_request.hpp"
#include "commands/stream_value.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
using types::stream_id;
namespace errors = protocol::errors;

namespace {

/// A stream of the request, with what it is asked for.
struct wanted_stream {
  std::size_t index;
  keyspace::database::slot at;
  types::consumer_group* group = nullptr;
  /// Entries behind this one.
  stream_id behind{};
  /// XREADGROUP: entries that were never delivered, and not the consumer's own pending ones.
  bool undelivered = false;
};

// -- IDs ------------------------------------------------------------------------------------------

/// Returns false if the word is none; the error has been replied.
bool read_position_in_group(command_context& ctx, std::string_view word, wanted_stream& to) {
  if (word == "$" || word == "+") {
    ctx.reply.error(word == "$" ? errors::stream_new_id_in_group : errors::stream_last_id_in_group);
    return false;
  }
  to.undelivered = word == ">";
  if (to.undelivered)
    return true;
  const auto id = read_stream_id(ctx, word);
  to.behind = id.value_or(stream_id{});
  // Nothing can be behind it, so Redis lets it stand for ">".
  to.undelivered = id == types::last_possible_id;
  return id.has_value();
}

/// The same for XREAD.
bool read_position(command_context& ctx, std::string_view word, wanted_stream& to) {
  if (word == ">") {
    ctx.reply.error(errors::stream_undelivered_without_group);
    return false;
  }
  if (word == "$" || word == "+") {
    const auto value = stream_at(to.at);
    const auto last = value->last();
    if (word == "$")
      to.behind = value->last_id();
    else if (last)
      to.behind = last.id().previous().value_or(stream_id{});
    return true;
  }
  const auto id = read_stream_id(ctx, word);
  to.behind = id.value_or(stream_id{});
  return id.has_value();
}

/// Looks all keys up that are at hand. Returns false if something is wrong, and has been replied.
bool find_wanted(command_context& ctx, const read_request& request,
                 std::vector<wanted_stream>& wanted) {
  wanted.reserve(request.keys.size());
  for (std::size_t i = 0; i < request.keys.size(); ++i) {
    const auto key = request.keys[i];
    if (!ctx.shards.covers(key))
      continue;
    auto& one = wanted.emplace_back(wanted_stream{.index = i, .at = ctx.find_to_read(key)});
    if (one.at && is_not<types::stream>(ctx, one.at))
      return false;
    if (request.of_group) {
      one.group = stream_at(one.at)->find_group(request.group);
      if (one.group == nullptr) {
        ctx.reply.error(errors::no_group_to_read(key, request.group));
        return false;
      }
    }
    const auto word = request.id_words[i];
    if (request.of_group ? !read_position_in_group(ctx, word, one) : !read_position(ctx, word, one))
      return false;
  }
  return true;
}

// -- the reply ------------------------------------------------------------------------------------

/// An array of streams, or in RESP3 a map; begun with the first.
class streams_reply {
public:
  explicit streams_reply(protocol::reply_writer& reply) : reply_(reply) {
  }
  void begin_stream(std::string_view key) {
    const auto is_map = reply_.protocol() > 2;
    if (count_++ == 0)
      head_ = is_map ? reply_.begin_map(1) : reply_.begin_array(1);
    if (!is_map)
      reply_.array(2);
    reply_.bulk(key);
  }
  /// Returns whether there is a reply.
  bool end() {
    if (count_ == 0)
      return false;
    if (reply_.protocol() > 2)
      reply_.end_map(head_, count_);
    else
      reply_.end_array(head_, count_);
    return true;
  }

private:
  protocol::reply_writer& reply_;
  protocol::reply_writer::mark head_{};
  std::size_t count_ = 0;
};

void reply_behind(command_context& ctx, const types::stream& value, const stream_id& behind,
                  std::uint64_t count_max) {
  std::uint64_t count = 0;
  const auto head = ctx.reply.begin_array(std::min<std::uint64_t>(count_max, value.size()));
  const auto from = behind.next();
  if (from)
    for (auto at = value.at_least(*from); at && count < count_max; ++at, ++count)
      reply_entry(ctx.reply, *at);
  ctx.reply.end_array(head, count);
}

void read_stream(command_context& ctx, const read_request& request, const wanted_stream& wanted,
                 streams_reply& out) {
  const auto value = stream_at(wanted.at);
  const auto last = value->last();
  if (!last || last.id() <= wanted.behind)
    return;
  out.begin_stream(request.keys[wanted.index]);
  reply_behind(ctx, *value, wanted.behind, request.count);
}

void read_stream_of_group(command_context& ctx, const read_request& request, wanted_stream& wanted,
                          streams_reply& out) {
  const auto key = request.keys[wanted.index];
  opened_stream value{ctx, key, wanted.at};
  const auto last = value->last();
  const auto has_new = last && last.id() > wanted.group->last_id;
  std::vector<idle_entry> idle;
  if (wanted.undelivered)
    idle = find_idle_entries(request, *wanted.group, ctx.now.ms);
  auto& consumer = use_consumer(ctx, request.words_at(wanted.index), *wanted.group,
                                request.consumer);
  if (wanted.undelivered && !has_new && idle.empty())
    return;
  out.begin_stream(key);
  stream_delivery delivery{ctx, request, wanted.index, *value, *wanted.group, consumer};
  if (wanted.undelivered)
    delivery.reply_undelivered(std::move(idle));
  else if (delivery.reply_history(wanted.behind) == 0)
    return;
  value.did_quietly();
}

/// There is nothing: waits, if the request wants that.
void wait_or_give_up(command_context& ctx, const read_request& request,
                     const std::vector<wanted_stream>& wanted) {
  if (!request.until_ms)
    return ctx.reply.null_array();
  keyspace::wait_wish wish{.keys = request.keys,
                           .wanted = keyspace::value_type::stream,
                           .until_ms = *request.until_ms,
                           .heeds_loss = request.of_group};
  for (const auto& one : wanted)
    if (request.id_words[one.index] == "$")
      wish.settled.push_back({request.ids_at + one.index,
                              std::string{std::string_view{types::stream_id_text{one.behind}}}});
  ctx.wait_for(wish);
}

/// About how many entries the request is going to look at in one of its streams.
std::uint64_t entries_about(const read_request& request, const wanted_stream& wanted,
                            std::size_t enough) {
  if (!wanted.at)
    return 0;
  if (request.of_group && !wanted.undelivered) {
    const auto* const consumer = wanted.group->find_consumer(request.consumer);
    return consumer == nullptr ? 0 : std::min<std::uint64_t>(consumer->pending.size(), enough);
  }
  const auto& behind = request.of_group ? wanted.group->last_id : wanted.behind;
  const auto value = stream_at(wanted.at);
  const auto count = std::min(value->count_about(behind, types::last_possible_id, enough), enough);
  return count + (request.claim_idle_ms ? wanted.group->pending().size() : 0);
}

bool moves(command_context& ctx, const read_request& request,
           const std::vector<wanted_stream>& wanted) {
  const auto enough = std::min<std::uint64_t>(request.count, ctx.many_elements + 1);
  std::uint64_t count = 0;
  for (const auto& one : wanted)
    count += entries_about(request, one, enough);
  return ctx.moves_for(count);
}

void read_streams(command_context& ctx, arguments args, bool of_group) {
  const auto request = read_read_request(ctx, args, of_group);
  if (!request)
    return;
  std::vector<wanted_stream> wanted;
  if (!find_wanted(ctx, *request, wanted) || moves(ctx, *request, wanted))
    return;
  streams_reply out{ctx.reply};
  for (auto& one : wanted)
    if (of_group)
      read_stream_of_group(ctx, *request, one, out);
    else if (one.at)
      read_stream(ctx, *request, one, out);
  if (!out.end())
    wait_or_give_up(ctx, *request, wanted);
}

} // namespace

/// XREAD [COUNT n] [BLOCK ms] STREAMS key [key …] id [id …]
/// -> [[key, entries] …], in RESP3 a map; null if there is nothing
/// Errors: options, ID, WRONGTYPE. Cost: O(entries of the reply).
void cmd_xread(command_context& ctx, arguments args) {
  read_streams(ctx, args, false);
}

/// XREADGROUP GROUP group consumer [COUNT n] [BLOCK ms] [CLAIM idle-ms] [NOACK] STREAMS key [key …]
/// id [id …] -> as XREAD; entries that were deleted meanwhile are [ID, null]; with CLAIM each entry
/// also has the time since its last delivery and the number of deliveries
/// Errors: options, ID, NOGROUP, WRONGTYPE. Cost: O(entries of the reply), with CLAIM O(pending).
void cmd_xreadgroup(command_context& ctx, arguments args) {
  read_streams(ctx, args, true);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec xread_keys[] = {
  {.flags = key_ro | key_access, .begin_search = key_spec::begin::keyword, .position = 1,
   .keyword = "STREAMS", .last_key = -1, .limit = 2},
};
constexpr key_spec xreadgroup_keys[] = {
  {.flags = key_ro | key_access, .begin_search = key_spec::begin::keyword, .position = 4,
   .keyword = "STREAMS", .last_key = -1, .limit = 2},
};

constexpr command_spec stream_read_table[] = {
  {.name = "xread", .arity = -4, .flags = readonly | blocking, .acl = acl_stream,
   .keys = xread_keys, .route = way::borrow, .run = cmd_xread, .waits_with = "BLOCK", .group = command_group::stream,
   .since = "5.0.0",
   .summary = "Reads the entries of streams behind given IDs, or waits for some.",
   .syntax = "[COUNT count:integer] [BLOCK milliseconds:integer]"
             " <STREAMS streams{key... ID:string...}>"},
  {.name = "xreadgroup", .arity = -7, .flags = write | blocking, .acl = acl_stream,
   .keys = xreadgroup_keys, .route = way::borrow, .run = cmd_xreadgroup, .waits_with = "BLOCK",
   .group = command_group::stream, .since = "5.0.0",
   .complexity =
     "For each stream mentioned: O(M) with M being the number of elements returned. If M is"
     " constant (e.g. always asking for the first 10 elements with COUNT), you can consider it"
     " O(1). On the other side when XREADGROUP blocks, XADD will pay the O(N) time in order to"
     " serve the N clients blocked on the stream getting new data.",
   .summary = "Reads entries of streams as a consumer of a group, or waits for some.",
   .syntax = "<GROUP group-block{group consumer}> [COUNT count:integer]"
             " [BLOCK milliseconds:integer] [CLAIM min-idle-time:integer@8.4.0] [NOACK]"
             " <STREAMS streams{key... ID:string...}>"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> stream_read_rows() noexcept {
  return stream_read_table;
}

} // namespace thespis::commands
