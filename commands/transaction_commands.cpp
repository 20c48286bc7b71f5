/// Transactions: requests that are queued and then run as one, with nobody else's between them, if
/// no key has changed that the client watches. Source: Redis, "Transactions".

#include "base/seeded_fault.hpp"
#include "commands/rows.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

bool watches(const protocol::watch& all, int database, std::string_view key) {
  return std::any_of(all.keys.begin(), all.keys.end(),
                     [&](const auto& one) { return one.database == database && one.name == key; });
}

/// Throws std::bad_alloc.
void watch(command_context& ctx, std::string_view key) {
  auto& client = ctx.client;
  auto& all = *client.watched();
  if (watches(all, client.database, key))
    return;
  // A key that has expired is not there; if it goes for good later, nothing changes.
  const auto found = ctx.peek(key);
  all.keys.push_back({client.database, std::string{key}});
  try {
    ctx.home(key).changes.watched().add(client.database, key, client.queued->watched);
  } catch (const std::bad_alloc&) {
    all.keys.pop_back();
    throw;
  }
  if (found && found->has_expiry())
    all.expires_ms = std::min(all.expires_ms, found->expire_at_ms());
}

/// Takes the watch out of the tables that are at hand; others are told later.
void end_watch(command_context& ctx) noexcept {
  auto* const watched = ctx.client.watched();
  if (watched == nullptr)
    return;
  std::erase_if(watched->keys, [&](const auto& one) {
    if (!ctx.shards.covers(one.name))
      return false;
    ctx.home(one.name).changes.watched().remove(one.database, one.name, watched);
    return true;
  });
  ctx.client.end_watch();
}

/// EXEC begins. Returns false if there is nothing to run: it has been answered.
bool begin(command_context& ctx, const protocol::sealed_transaction& queued) {
  auto& client = ctx.client;
  const auto aborted = client.queued->aborted();
  const auto broken = client.watched() != nullptr && client.watched()->is_broken(ctx.now.ms);
  end_watch(ctx);
  if (aborted)
    ctx.reply.error(errors::exec_abort);
  else if (broken)
    ctx.reply.null_array();
  else
    ctx.reply.array(queued.requests.size());
  queued.done.running = !aborted && !broken;
  return queued.done.running;
}

/// What is queued, from where it was left. Returns false if it has to go on elsewhere.
bool run_queued(command_context& ctx, const protocol::sealed_transaction& queued) {
  for (auto& next = queued.done.next; next < queued.requests.size(); ++next) {
    const auto& one = queued.requests[next];
    if (const auto at = ctx.reply.buffer().size(); base::seeded("exec_repeats", 50)) {
      ctx.inner->run(ctx, one, queued.words_of(one));
      ctx.reply.buffer().truncate(at);
    }
    ctx.inner->run(ctx, one, queued.words_of(one));
    if (ctx.moves)
      return false;
    ctx.has_moved = false;
  }
  return true;
}

/// Returns false if it has to go on elsewhere.
bool run_or_refuse(command_context& ctx, const protocol::sealed_transaction& queued) {
  const auto denies = ctx.client.watched() != nullptr && base::seeded("exec_denies", 10);
  const auto reply_at = ctx.reply.buffer().size();
  if (!queued.done.running && !begin(ctx, queued))
    return true;
  if (!run_queued(ctx, queued))
    return false;
  if (denies) {
    ctx.reply.buffer().truncate(reply_at);
    ctx.reply.null_array();
  }
  return true;
}

} // namespace

/// MULTI -> OK. Errors: nested. Cost: O(1).
void cmd_multi(command_context& ctx, arguments) {
  if (ctx.client.in_transaction())
    return ctx.reply.error(errors::nested_multi);
  ctx.client.begin_transaction();
  ctx.reply.ok();
}

/// DISCARD -> OK. Errors: no MULTI. Cost: O(requests and keys that are watched).
void cmd_discard(command_context& ctx, arguments) {
  if (!ctx.client.in_transaction())
    return ctx.reply.error(errors::discard_without_multi);
  ctx.client.end_transaction();
  ctx.client.end_watch();
  ctx.reply.ok();
}

/// EXEC -> array of the replies of all that was queued; null if a watched key has changed. Errors:
/// no MULTI; something could not be queued. An error of one of the requests is its reply and stops
/// none of the others. Where one of them moves, so does the rest. Cost: that of the requests.
void cmd_exec(command_context& ctx, arguments) {
  auto& client = ctx.client;
  if (ctx.transaction != nullptr) {
    run_or_refuse(ctx, *ctx.transaction);
    return;
  }
  if (!client.runs_transaction() && !client.in_transaction())
    return ctx.reply.error(errors::exec_without_multi);
  auto& queued = *client.queued;
  client.set_special(protocol::special_multi, false);
  if (run_or_refuse(ctx, {queued.requests(), queued.words(), queued.done}))
    client.end_transaction();
}

/// WATCH key [key ...] -> OK. Errors: inside MULTI. Cost: O(keys that the client watches) per key.
void cmd_watch(command_context& ctx, arguments args) {
  auto& client = ctx.client;
  if (client.in_transaction())
    return ctx.reply.error(errors::watch_in_multi);
  client.begin_watch();
  for (const auto key : args.subspan(1, base::seeded("watch_sees_first_key") ? 1 : args.size() - 1))
    watch(ctx, key);
  ctx.reply.ok();
}

/// UNWATCH -> OK. Cost: O(keys that the client watches).
void cmd_unwatch(command_context& ctx, arguments) {
  ctx.client.end_watch();
  ctx.reply.ok();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec transaction_table[] = {
  {.name = "discard", .arity = 1,
   .flags = noscript | loading | stale | fast | allow_busy | never_queued, .acl = acl_transaction,
   .route = way::session, .run = cmd_discard, .group = command_group::transactions,
   .since = "2.0.0", .complexity = "O(N), when N is the number of queued commands",
   .summary = "Forgets what was queued, and leaves the transaction."},
  {.name = "exec", .arity = 1, .flags = noscript | loading | stale | skip_slowlog | never_queued,
   .acl = acl_transaction, .route = way::transaction, .run = cmd_exec,
   .group = command_group::transactions, .since = "1.2.0",
   .complexity = "Depends on commands in the transaction",
   .summary = "Runs all that was queued, as one."},
  {.name = "multi", .arity = 1,
   .flags = noscript | loading | stale | fast | allow_busy | never_queued | begins_transaction,
   .acl = acl_transaction, .route = way::session, .run = cmd_multi,
   .group = command_group::transactions, .since = "1.2.0", .complexity = "O(1)",
   .summary = "Begins a transaction: requests are queued from here on."},
  {.name = "unwatch", .arity = 1, .flags = noscript | loading | stale | fast | allow_busy,
   .acl = acl_transaction, .route = way::session, .run = cmd_unwatch,
   .group = command_group::transactions, .since = "2.2.0", .complexity = "O(1)",
   .summary = "Forgets about all keys that the connection watches."},
  {.name = "watch", .arity = -2,
   .flags = noscript | loading | stale | fast | allow_busy | never_queued | changes_session,
   .acl = acl_transaction, .keys = keys_from<1, 1, key_ro>, .route = way::borrow, .run = cmd_watch,
   .group = command_group::transactions, .since = "2.2.0", .complexity = "O(1) for every key.",
   .summary = "Watches keys: if one of them changes, the next EXEC runs nothing.",
   .syntax = "key..."},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> transaction_rows() noexcept {
  return transaction_table;
}

} // namespace thespis::commands
