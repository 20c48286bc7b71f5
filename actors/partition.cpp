#include "actors/partition.hpp"

#include "actors/blocked_request.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/multicast.hpp"
#include "actors/rendezvous.hpp"
#include "base/seeded_fault.hpp"
#include "commands/execute.hpp"
#include "commands/inner_requests.hpp"
#include "keyspace/active_expiry.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

namespace thespis::actors {

namespace {

/// A direct batch is left and flushed when its output grows beyond this, or cannot grow.
constexpr std::size_t output_bytes_per_run = 1 << 20;

/// How many items' keys are looked up ahead of their turn.
constexpr std::size_t items_ahead = 32;

/// How many expired entries go in a millisecond, for each event loop: some 0.3 ms of work. So much
/// of a core may be taken without others noticing, be they clients here or other programs.
constexpr std::size_t expired_per_ms = 1600;

/// How long a partition waits to look again when expired keys are to stay.
constexpr std::int64_t held_back_ms = 100;

} // namespace

partition::partition(caf::actor_config& config, core& home, partition_index index)
  : store_actor(config),
    core_(home),
    index_(index),
    shard_(home.shards[index]),
    only_this_(shard_, index, home.shards.size()),
    statistics_(home.partition_statistics[index]),
    reporter_(home, shard_, only_this_) {
}

partition::~partition() {
  outlived_references(*this);
}

caf::behavior partition::make_behavior() {
  return {[this](const partition_task& task) { handle(task); },
          [this](const wait_changed& news) {
            const turn now{this};
            if (parked_)
              postponed_news_.push_back(news);
            else
              look_at(news);
          },
          [this](const watch_over& news) {
            const turn now{this};
            if (parked_)
              postponed_ends_.push_back(news);
            else
              forget(*news.what);
          }};
}

void partition::handle(const partition_task& task) {
  const turn now{this};
  if (parked_ && task.what != partition_task::kind::release) {
    if (task.work != nullptr && base::seeded("postponed_is_overtaken"))
      postponed_.push_front(task);
    else
      postponed_.push_back(task);
    return;
  }
  serve(task);
  while (!parked_ && !postponed_.empty()) {
    auto next = postponed_.front();
    postponed_.pop_front();
    serve(next);
  }
}

void partition::serve(const partition_task& task) {
  switch (task.what) {
    case partition_task::kind::run:
      run_part(*task.work, thread::own);
      if (parked_) [[unlikely]]
        return;
      break;
    case partition_task::kind::borrow:
      join(*task.meeting);
      return;
    case partition_task::kind::release:
      parked_ = false;
      reporter_.take_back();
      for (const auto& news : std::exchange(postponed_news_, {}))
        look_at(news);
      for (const auto& news : std::exchange(postponed_ends_, {}))
        forget(*news.what);
      break;
    case partition_task::kind::expire:
      wake_up();
      shrink_tracked();
      break;
  }
  if (const auto changes = shard_.changes.events() + shard_.expired.get();
      changes != changes_seen_) {
    changes_seen_ = changes;
    announce(keyspace::publish_changed(shard_));
  }
  if (!shard_.garbage.empty()) [[unlikely]]
    give_garbage_away();
}

/// Who waited hears of nothing of its own doing after the answer.
void partition::serve_waiters(const shards_at_hand& shards, caf::execution_unit* here) {
  actors::serve_waiters(core_, shards, statistics_, here, [this, here] { reporter_.tell(here); });
}

/// Without memory for the message it is freed here.
void partition::give_garbage_away() noexcept try {
  const auto bag = std::make_shared<keyspace::discarded>();
  auto order = wrap(reclaim{bag});
  bag->take(shard_.garbage);
  post_wrapped(core_.reclaimer, context(), std::move(order));
} catch (const std::bad_alloc&) {
  shard_.reclaimed_here.add(shard_.garbage.objects());
  shard_.garbage.clear();
}

void partition::run_part(batch& work, thread where) {
  if (!work.direct())
    await_armed(work.armed);
  reporter_.listen(work.client->id);
  if (!run_items(work, where)) [[unlikely]]
    return move_to_worker({.whose = this, .work = &work});
  auto* const here = unit_of(where);
  reporter_.tell(here);
  if (reporter_.take_flush()) [[unlikely]]
    work.flushed.store(true, std::memory_order_relaxed);
  if (work.pending.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  if (work.flushed.load(std::memory_order_relaxed)) [[unlikely]] {
    work.flushed.store(false, std::memory_order_relaxed);
    reporter_.tell_of_flush(here);
  }
  if (where == thread::workers && !work.direct())
    work.merge_early();
  work.report(here);
}

/// Returns false if the next item has to move to a worker.
bool partition::run_items(batch& work, thread where) {
  const auto direct = work.direct();
  auto& part = work.parts[index_];
  auto& bytes = direct ? *work.output : part.replies;
  protocol::reply_writer reply{bytes, work.client->protocol};
  keyspace::command_context ctx{reply, *work.client, only_this_, work.time};
  ctx.may_move = where == thread::own;
  ctx.has_moved = !ctx.may_move;
  keyspace::shard* const shards[] = {&shard_};
  statistics_.start();
  auto looked_ahead = part.next_item;
  const memory_reserve::client_work may_fail;
  while (part.next_item < part.items.size()) {
    if (part.next_item == looked_ahead)
      looked_ahead = look_ahead(work, part);
    if (!commands::make_room(bytes)) [[unlikely]] {
      // There will be room once the client has what there is.
      if (!direct || bytes.empty())
        work.cut_short.store(true, std::memory_order_relaxed);
      break;
    }
    auto& item = part.items[part.next_item];
    const auto words = work.words_of(item, part);
    if (!direct) [[unlikely]]
      ctx.share = work.share_of(item);
    ctx.hint = {words.size() > 1 ? words[1] : std::string_view{}, item.key_hash};
    commands::execute(ctx, *item.spec, words, statistics_, shards);
    if (ctx.moves) [[unlikely]]
      break;
    ++part.next_item;
    ctx.has_moved = false;
    item.reply_end = bytes.size();
    if (has_ready_waiters(shard_)) [[unlikely]]
      serve_waiters({only_this_, shards}, unit_of(where));
    if (direct && bytes.size() > output_bytes_per_run)
      break;
  }
  core_.report_slow(statistics_, unit_of(where));
  return !ctx.moves;
}

/// Parks. The two small messages have to be sent.
void partition::move_to_worker(const go_on_elsewhere& task) {
  const memory_reserve::own_work now;
  way_back_ = wrap(partition_task{partition_task::kind::release});
  parked_ = true;
  post(core_.workers[index_ % core_.workers.size()], context(), task);
}

void partition::go_on(const go_on_elsewhere& task) {
  auto way_back = std::move(way_back_);
  if (task.work != nullptr)
    run_part(*task.work, thread::workers);
  else
    run_meeting(*task.meeting, thread::workers);
  post_wrapped(core_.partitions[index_], nullptr, std::move(way_back));
}

/// Computes the hashes of the next items' keys and brings what they lead to towards the cache:
/// first the buckets of all, then the entries of all, so that the memory works on many at a time.
/// Returns the first item that has not been looked at.
std::size_t partition::look_ahead(const batch& work, batch_part& part) {
  const auto begin = part.next_item;
  const auto end = std::min(part.items.size(), begin + items_ahead);
  const auto& db = shard_.databases[static_cast<std::size_t>(work.client->database)];
  for (auto i = begin; i < end; ++i) {
    auto& item = part.items[i];
    if (item.word_count < 2)
      continue;
    item.key_hash = db.hash(work.words_of(item, part)[1]);
    if (end - begin > 1)
      db.prefetch_bucket(item.key_hash);
  }
  if (end - begin > 1)
    for (auto i = begin; i < end; ++i) {
      const auto& item = part.items[i];
      if (item.word_count > 1)
        db.prefetch_entry(item.key_hash, work.words_of(item, part)[1].size());
    }
  return end;
}

void partition::look_at(const wait_changed& news) {
  auto& waiting = shard_.changes.waiting();
  // While somebody had claimed it, those behind it were held up.
  waiting.note_keys_of(news.who.get(), news.wait);
  if (news.over)
    waiting.remove(news.who.get(), news.wait);
  keyspace::shard* const shards[] = {&shard_};
  reporter_.listen(0);
  serve_waiters({only_this_, shards}, context());
  reporter_.tell(context());
}

void partition::forget(const protocol::watch& what) noexcept {
  for (const auto& one : what.keys)
    if (only_this_.covers(one.name))
      shard_.changes.watched().remove(one.database, one.name, &what);
}

void partition::join(rendezvous& meeting) {
  await_armed(meeting.armed);
  parked_ = !base::seeded("meeting_does_not_park");
  if (meeting.arrive(index_, shard_))
    run_meeting(meeting, thread::own);
}

/// The last to arrive runs the body, or lets a worker do so, answers, and releases everybody.
void partition::run_meeting(rendezvous& meeting, thread where) {
  auto& work = meeting.work();
  auto* const here = unit_of(where);
  auto shards = meeting.take_shards();
  auto borrowed = meeting.take_borrowed();
  reporter_.listen_to(shards, borrowed, work.client->id);
  protocol::reply_writer reply{*work.output, work.client->protocol};
  keyspace::command_context ctx{reply, *work.client, shards, work.time};
  run_body(work, ctx, borrowed, where);
  if (ctx.moves) [[unlikely]] {
    reporter_.listen_to_mine();
    meeting.put_back(std::move(shards), std::move(borrowed));
    return move_to_worker({.whose = this, .meeting = &meeting});
  }
  reporter_.tell(here);
  if (reporter_.take_flush()) [[unlikely]]
    reporter_.tell_of_flush(here);
  const auto partitions = meeting.take_partitions();
  auto releases = meeting.take_releases();
  // From here on the meeting is its owner's again.
  if (ctx.may_wait)
    settle(work, ctx, partitions, meeting, here);
  else
    work.report(here);
  serve_waiters({shards, borrowed}, here);
  reporter_.tell(here);
  reporter_.listen_to_mine();
  for (auto other : partitions)
    if (other != index_)
      post_wrapped(core_.partitions[other], here, releases.take());
  if (where == thread::own)
    serve(partition_task{partition_task::kind::release});
}

void partition::run_body(batch& work, keyspace::command_context& ctx,
                         std::span<keyspace::shard* const> borrowed, thread where) {
  auto& part = work.parts.front();
  const auto& item = part.items.front();
  ctx.may_wait = (item.spec->flags & protocol::blocking) != 0;
  ctx.may_move = where == thread::own;
  ctx.has_moved = !ctx.may_move;
  // Others whose clock was later may have found that a watched key has expired, and deleted it.
  if (item.spec->route == protocol::way::transaction && where == thread::own)
    work.time = ctx.now = core_.now();
  const auto served = work.blocked != nullptr && work.blocked->is_served();
  ctx.share.leads = !served;
  if (served)
    ctx.now = core_.now();
  commands::inner_requests inner{statistics_, borrowed};
  ctx.inner = &inner;
  // Those inside of it tell what they change.
  const auto shards = item.spec->route == protocol::way::transaction
                        ? std::span<keyspace::shard* const>{}
                        : borrowed;
  statistics_.start();
  if (const memory_reserve::client_work may_fail; commands::make_room(*work.output)) [[likely]]
    commands::execute(ctx, *item.spec, work.words_of(item, part), statistics_, shards);
  else
    ctx.lost_reply = true;
  if (ctx.lost_reply) [[unlikely]]
    work.cut_short.store(true, std::memory_order_relaxed);
  if (!ctx.moves) [[likely]]
    core_.report_slow(statistics_, unit_of(where));
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
  work.report(here);
}

/// Deletes what has expired, some of it, and asks to be woken for the rest.
void partition::wake_up() {
  announced_due_ms_ = INT64_MAX;
  reporter_.listen(0);
  const auto now_ms = core_.now().ms;
  const auto& access = shard_.access;
  if (!access.active_expiry.load(std::memory_order_relaxed)
      || now_ms < access.keep_expired_until_ms.load(std::memory_order_relaxed))
    return rest_until(now_ms + held_back_ms);
  try {
    const auto budget = std::max<std::size_t>(
      expired_per_ms * core_.network.size() / core_.shards.size(), 1);
    const auto more = keyspace::expire_due(shard_, now_ms, budget);
    if (has_ready_waiters(shard_)) {
      keyspace::shard* const shards[] = {&shard_};
      serve_waiters({only_this_, shards}, context());
    }
    reporter_.tell(context());
    if (more)
      rest_until(now_ms + 1);
    else
      announce(keyspace::next_due_ms(shard_));
  } catch (const std::bad_alloc&) {
    // What is due stays so.
    rest_until(now_ms + held_back_ms);
  }
}

/// Of fewer keys than before may copies be tracked: some are given up now, the rest later.
void partition::shrink_tracked() {
  constexpr std::size_t keys_per_turn = 1000;
  auto& tracked = shard_.tracked;
  const auto max = shard_.access.tracked_keys_max.load(std::memory_order_relaxed);
  if (max == 0 || tracked.keys() <= max) [[likely]]
    return;
  for (auto left = std::min(tracked.keys() - max, keys_per_turn); left > 0; --left)
    shard_.changes.untrack(0, tracked.some_key(shard_.random.next()));
  reporter_.tell(context());
  if (tracked.keys() > max)
    rest_until(core_.now().ms + 1);
}

/// Something is due, and has to wait.
void partition::rest_until(std::int64_t time_ms) noexcept {
  resting_until_ms_ = time_ms;
  announce(time_ms);
}

/// Asks to be woken at `due_ms`, unless it will be then or before. Without memory for the wish the
/// next change of the shard repeats it.
void partition::announce(std::int64_t due_ms) noexcept {
  due_ms = std::max(due_ms, resting_until_ms_);
  if (due_ms >= announced_due_ms_)
    return;
  try {
    post(core_.scheduler, context(), wake_partition_at{index_, due_ms});
    announced_due_ms_ = due_ms;
  } catch (const std::bad_alloc&) {
    return;
  }
}

} // namespace thespis::actors
