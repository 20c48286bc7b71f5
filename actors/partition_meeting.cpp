/// What a partition does where several have met.

#include "actors/partition.hpp"

#include "actors/blocked_request.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/multicast.hpp"
#include "actors/rendezvous.hpp"
#include "base/tick_clock.hpp"
#include "commands/execute.hpp"
#include "commands/inner_requests.hpp"
#include "keyspace/active_expiry.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace thespis::actors {

static_assert(batch_request::many == protocol::transaction::request::many);

void partition::join(rendezvous& meeting) {
  order_.begin(await_armed(meeting.armed));
  parked_ = true;
  if (plain_stopover at{context()}; meeting.arrive(index_, shard_))
    run_meeting(meeting, at);
}

/// The last to arrive runs the body, answers, and releases everybody. Returns false if it goes on
/// elsewhere, or later, where the rest of that is done.
bool partition::run_meeting(rendezvous& meeting, stopover& at) {
  auto& work = meeting.work();
  auto* const here = at.here;
  auto shards = meeting.take_shards();
  auto borrowed = meeting.take_borrowed();
  reporter_.listen_to(shards, borrowed, work.client->id);
  const auto number = meeting.armed.load(std::memory_order_relaxed);
  journal_.begin_meeting(number, meeting.partitions());
  protocol::reply_writer reply{*work.output, work.client->protocol};
  keyspace::command_context ctx{reply, *work.client, shards, work.time};
  run_body(work, ctx, borrowed, at);
  if (ctx.moves) [[unlikely]] {
    reporter_.listen_to_mine();
    for (auto* const shard : borrowed)
      keyspace::publish_figures(*shard);
    meeting.put_back(std::move(shards), std::move(borrowed));
    leave_for(ctx.moves_to, {.whose = this, .meeting = &meeting}, work, at);
    return false;
  }
  reporter_.tell(here, &at);
  tell_monitors(here);
  if (!at.at_home()) [[unlikely]]
    at.leave();
  journal_.tell(here);
  if (reporter_.take_flush()) [[unlikely]]
    reporter_.tell_of_flush(here);
  const auto origin = work.client->id;
  auto partitions = meeting.take_partitions();
  auto releases = meeting.take_releases();
  // From here on the meeting is its owner's again.
  if (ctx.may_wait)
    settle(work, ctx, partitions, meeting, here);
  else
    core_.report(work, here);
  return close_meeting({std::move(shards), std::move(borrowed), std::move(partitions),
                        std::move(releases), origin, number},
                       at);
}

/// Serves those that wait for what the meeting has changed, and releases everybody.
bool partition::close_meeting(open_meeting&& meeting, const stopover& at) {
  const auto served = serve_waiters({meeting.shards, meeting.borrowed}, order_.where(), at);
  reporter_.tell(at.here);
  journal_.finish(at.here);
  reporter_.listen_to_mine();
  if (!served) [[unlikely]] {
    open_meeting_.emplace(std::move(meeting));
    return !at.at_home();
  }
  for (auto other : meeting.partitions)
    if (other != index_)
      post_wrapped(core_.partitions[other], at.here, meeting.releases.take());
  if (at.at_home())
    serve(partition_task{partition_task::kind::release});
  return true;
}

void partition::run_body(batch& work, keyspace::command_context& ctx,
                         std::span<keyspace::shard* const> borrowed, stopover& at) {
  ctx.may_move = !at.at_worker();
  ctx.has_moved = !at.at_home();
  if (ctx.has_moved) [[unlikely]]
    at.lend_to(ctx);
  at_ = &at;
  commands::inner_requests inner{statistics_, borrowed, this};
  ctx.inner = &inner;
  stage_ = first_stage(ctx.shards);
  ctx.scripts = stage_;
  statistics_.start();
  {
    const memory_reserve::client_work may_fail;
    work.joined() ? run_joined(work, ctx, borrowed) : run_lone(work, ctx, borrowed);
  }
  if (ctx.lost_reply) [[unlikely]]
    work.cut_short.store(true, std::memory_order_relaxed);
  if (!ctx.moves) [[likely]]
    core_.report_slow(statistics_, at.here);
}

/// A request that is not in a batch with others.
void partition::run_lone(batch& work, keyspace::command_context& ctx,
                         std::span<keyspace::shard* const> borrowed) {
  auto& part = work.parts.front();
  const auto& item = part.items.front();
  journal_.begin_request(0, false);
  ctx.may_wait = (item.spec->flags & protocol::blocking) != 0;
  // Others whose clock was later may have found that a watched key has expired, and deleted it.
  if (item.spec->route == protocol::way::transaction && at_->at_home())
    work.time = ctx.now = core_.now();
  const auto served = work.blocked != nullptr && work.blocked->is_served();
  ctx.share.leads = !served;
  if (served)
    ctx.now = core_.now();
  if (commands::make_room(*work.output)) [[likely]]
    commands::execute(ctx, *item.spec, work.words_of(item, part), statistics_, borrowed);
  else
    ctx.lost_reply = true;
}

/// The requests of a batch, in their order, until one of them goes on elsewhere, somebody waits for
/// what it has changed, or others have waited for long. The rest runs in another meeting.
void partition::run_joined(batch& work, keyspace::command_context& ctx,
                           std::span<keyspace::shard* const> borrowed) {
  const auto& output = *work.output;
  const auto began = statistics_.last_ticks();
  for (auto full = false; !full && work.requests_run() < work.request_count;) {
    if (!commands::make_room(*work.output)) [[unlikely]] {
      // There will be room once the client has what there is.
      ctx.lost_reply = output.empty();
      return;
    }
    auto& part = work.next_part();
    journal_.begin_request(work.rare->next_request, false);
    run_next(work, part.items[part.next_item], ctx, borrowed);
    if (ctx.moves || ctx.lost_reply) [[unlikely]]
      return;
    ++part.next_item;
    ++work.rare->next_request;
    ctx.has_moved = false;
    const auto took_ticks = base::tick_clock::elapsed(began, statistics_.last_ticks());
    full = output.size() > output_bytes_per_run || took_ticks >= core_.meeting_ticks_max
           || std::any_of(borrowed.begin(), borrowed.end(),
                          [](const auto* shard) { return has_ready_waiters(*shard); });
  }
}

/// One of them sees the partition of its keys alone, as it would outside of a meeting.
void partition::run_next(batch& work, const work_item& item, keyspace::command_context& ctx,
                         std::span<keyspace::shard* const> borrowed) {
  if (item.spec->route == protocol::way::transaction)
    return run_transaction(work, item, ctx, borrowed);
  const protocol::transaction::request one{.spec = item.spec,
                                           .first_word = item.first_word,
                                           .word_count = item.word_count,
                                           .partition = work.requests[item.request].partition};
  ctx.inner->run(ctx, one, work.words_of(item, work.parts.front()));
}

/// A request that may wait has been run: it waits, goes on waiting, or has its answer.
void partition::settle(batch& work, keyspace::command_context& ctx,
                       const std::vector<partition_index>& partitions, rendezvous& meeting,
                       caf::execution_unit* here) {
  auto& request = *work.blocked;
  if (request.is_served()) {
    request.note_keys(ctx.shards);
    return ctx.wish ? request.go_on_waiting(here) : request.answered(ctx.shards, here);
  }
  try {
    if (ctx.wish)
      return request.begin(*ctx.wish, partitions, ctx.shards, meeting, here);
  } catch (const std::bad_alloc&) {
    ctx.reply.error(protocol::errors::out_of_memory);
  }
  core_.report(work, here);
}

} // namespace thespis::actors
