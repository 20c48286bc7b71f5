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

/// How many items' keys are looked up ahead of their turn.
constexpr std::size_t items_ahead = 32;

} // namespace

partition::partition(caf::actor_config& config, core& home, partition_index index)
  : store_actor(config),
    core_(home),
    index_(index),
    shard_(home.shards[index]),
    only_this_(shard_, index, home.shards.size()),
    statistics_(home.partition_statistics[index]),
    journal_(home, index),
    reporter_(home, shard_, only_this_, journal_),
    order_(home.order, home.partitions, index),
    feeder_(home, shard_, index) {
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
            answer_questions();
          },
          [this](const pass& question) {
            const turn now{this};
            order_.note_question(question);
            answer_questions();
          },
          [this](const load_entries& task) {
            const turn now{this};
            load(task);
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
  if (parked_ && task.what != partition_task::kind::release
      && task.what != partition_task::kind::passed) {
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
  answer_questions();
}

void partition::serve(const partition_task& task) {
  switch (task.what) {
    case partition_task::kind::run:
      if (task.work->is_multicast())
        order_.begin(await_armed(task.work->armed));
      if (plain_stopover at{context()}; !run_part(*task.work, at)) [[unlikely]]
        return;
      order_.end();
      break;
    case partition_task::kind::borrow:
      join(*task.meeting);
      return;
    case partition_task::kind::release:
      reporter_.take_back();
      if (!come_back())
        return;
      break;
    case partition_task::kind::passed:
      if (!order_.note_answer() || !come_back())
        return;
      break;
    case partition_task::kind::cut:
      cut(*task.picture);
      break;
    case partition_task::kind::expire:
      wake_up();
      shrink_tracked();
      feed_snapshot();
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

/// From being parked. Returns false if it is again.
bool partition::come_back() {
  parked_ = false;
  const plain_stopover at{context()};
  if (auto* const work = std::exchange(open_work_, nullptr)) {
    if (plain_stopover here{context()}; !run_part(*work, here))
      return false;
  } else if (auto meeting = std::exchange(open_meeting_, std::nullopt)) {
    parked_ = true;
    reporter_.listen_to(meeting->shards, meeting->borrowed, meeting->origin);
    journal_.begin_meeting(meeting->number, meeting->partitions);
    return close_meeting(std::move(*meeting), at);
  } else if (!serve_my_waiters(at)) {
    return false;
  }
  order_.end();
  for (const auto& news : std::exchange(postponed_ends_, {}))
    forget(*news.what);
  for (const auto& news : std::exchange(postponed_news_, {}))
    if (parked_)
      postponed_news_.push_back(news);
    else
      look_at(news);
  return !parked_;
}

void partition::answer_questions() {
  if (!order_.is_asked()) [[likely]]
    return;
  const auto is_multicast = [](const partition_task& task) {
    return task.what == partition_task::kind::borrow || task.what == partition_task::kind::cut
           || (task.what == partition_task::kind::run && task.work->is_multicast());
  };
  order_.answer(std::any_of(postponed_.begin(), postponed_.end(), is_multicast), context());
}

/// Who waited hears of nothing of its own doing after the answer. Returns false if others have to
/// pass `where` first: then this one is parked, or goes home to do that.
bool partition::serve_waiters(const shards_at_hand& shards, order_point where, const stopover& at) {
  const auto behind = actors::serve_waiters(core_, shards, where, statistics_, at.here,
                                            [&] { tell(at.here); });
  if (behind.empty()) [[likely]]
    return true;
  if (at.at_home()) {
    parked_ = true;
    order_.ask(behind, where, at.here);
  }
  return false;
}

/// The same for clients that wait for nothing that is being run.
bool partition::serve_my_waiters(const stopover& at) {
  if (!has_ready_waiters(shard_))
    return true;
  keyspace::shard* const shards[] = {&shard_};
  reporter_.listen(0);
  const auto served = serve_waiters({only_this_, shards}, order_.where(), at);
  tell(at.here);
  return served;
}

/// Everybody who has to know, of what has happened so far.
void partition::tell(caf::execution_unit* here) {
  reporter_.tell(here);
  journal_.tell(here);
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

/// Returns false if it goes on elsewhere, or later.
bool partition::run_part(batch& work, stopover& at) {
  // So long as others' parts have run and this one has not, it would show.
  if (!work.direct() && base::seeded("exec_leaves_out_watched", 8))
    base::pause_for_others();
  reporter_.listen(work.client->id);
  if (work.is_multicast() && work.recorded) [[unlikely]]
    journal_.begin_share(work.armed.load(std::memory_order_relaxed));
  if (const auto there = run_items(work, at); there) [[unlikely]] {
    keyspace::publish_figures(shard_);
    leave_for(*there, {.whose = this, .work = &work}, work, at);
    return false;
  }
  auto* const here = at.here;
  reporter_.tell(here, &at);
  tell_monitors(here);
  if (!at.at_home()) [[unlikely]]
    at.leave();
  if (open_work_ != nullptr) [[unlikely]]
    return !at.at_home();
  if (work.is_multicast())
    journal_.finish(here);
  if (reporter_.take_flush()) [[unlikely]]
    work.flushed.store(true, std::memory_order_relaxed);
  if (work.pending.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return true;
  if (work.flushed.load(std::memory_order_relaxed)) [[unlikely]] {
    work.flushed.store(false, std::memory_order_relaxed);
    reporter_.tell_of_flush(here);
  }
  if (at.at_worker() && !work.direct())
    work.merge_early();
  journal_.report(work, here);
  return true;
}

/// Returns where the next item has to go on, if it cannot be run here. `open_work_` is set if those
/// that waited for the last one have to be served later.
std::optional<keyspace::place> partition::run_items(batch& work, stopover& at) {
  const auto direct = work.direct();
  auto& part = work.parts[index_];
  auto& bytes = direct ? *work.output : part.replies;
  protocol::reply_writer reply{bytes, work.client->protocol};
  keyspace::command_context ctx{reply, *work.client, only_this_, work.time};
  ctx.may_move = !at.at_worker();
  ctx.has_moved = !at.at_home();
  keyspace::shard* const shards[] = {&shard_};
  at_ = &at;
  commands::inner_requests inner{statistics_, shards, this};
  ctx.inner = &inner;
  ctx.scripts = stage_;
  if (ctx.has_moved) [[unlikely]]
    at.lend_to(ctx);
  statistics_.start();
  auto looked_ahead = part.next_item;
  const memory_reserve::client_work may_fail;
  for (auto full = false;;) {
    if (has_ready_waiters(shard_) && !serve_waiters_of(part, at)) [[unlikely]] {
      open_work_ = &work;
      break;
    }
    if (full || part.next_item == part.items.size())
      break;
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
    journal_.begin_request(item.request, !item.leads && !item.own_words && !direct);
    ctx.hint = {words.size() > 1 ? words[1] : std::string_view{}, item.key_hash};
    if (item.spec->route == protocol::way::transaction) [[unlikely]] {
      run_transaction(work, item, ctx, shards);
      if (ctx.lost_reply) {
        work.cut_short.store(true, std::memory_order_relaxed);
        break;
      }
    } else {
      commands::execute(ctx, *item.spec, words, statistics_, shards);
    }
    if (ctx.moves) [[unlikely]]
      break;
    ++part.next_item;
    ctx.has_moved = false;
    item.reply_end = bytes.size();
    full = direct && bytes.size() > output_bytes_per_run;
  }
  core_.report_slow(statistics_, at.here);
  return ctx.moves ? std::optional{ctx.moves_to} : std::nullopt;
}

/// A transaction that is a request of a batch: what its queued requests are answered by is replied
/// first. Without memory for that `ctx.lost_reply` is set. What follows runs no earlier than it.
void partition::run_transaction(batch& work, const work_item& item, keyspace::command_context& ctx,
                                std::span<keyspace::shard* const> shards) {
  auto& what = *work.transaction_of(item.request);
  if (!what.done.running)
    try {
      // Others whose clock was later may have found that a watched key has expired, and deleted it.
      what.time = work.client->watched() != nullptr ? core_.now() : ctx.now;
      // The time of other parts is theirs.
      if (!work.replies_in_parts())
        work.time = what.time;
      reply_queued(what, ctx.reply);
      statistics_.count(*what.begun_by);
      what.reply_at = ctx.reply.buffer().size();
      ctx.lost_reply = !commands::make_room(ctx.reply.buffer());
    } catch (const std::bad_alloc&) {
      ctx.lost_reply = true;
    }
  if (ctx.lost_reply) [[unlikely]]
    return;
  const auto sealed = work.sealed(what);
  ctx.transaction = &sealed;
  ctx.now = what.time;
  commands::execute(ctx, *item.spec, work.words_of(item, work.parts.front()), statistics_, shards);
  ctx.transaction = nullptr;
  if (ctx.lost_reply) [[unlikely]]
    ctx.reply.buffer().truncate(what.reply_at);
}

/// Those that wait for what the part's last item has changed.
bool partition::serve_waiters_of(const batch_part& part, const stopover& at) {
  keyspace::shard* const shards[] = {&shard_};
  const auto where = part.next_item == 0 ? order_.where()
                                         : order_.where_at(part.items[part.next_item - 1].request);
  return serve_waiters({only_this_, shards}, where, at);
}

void partition::tell_effects() noexcept {
  reporter_.tell(at_->here, at_);
}

/// The one of the first partition, whoever runs the meeting: functions that may use all keys share
/// what they keep, as in Redis, and a script is compiled once.
commands::script_stage* partition::first_stage(const keyspace::shard_map& shards) const noexcept {
  std::size_t first = 0;
  while (first != index_ && !shards.covers_partition(first))
    ++first;
  return &core_.script_stages[first];
}

/// Of what scripts have asked for, on the stage that is left then. Without memory they do not see
/// it.
void partition::tell_monitors(caf::execution_unit* here) noexcept {
  auto& shown = std::exchange(stage_, &core_.script_stages[index_])->shown;
  if (shown.empty()) [[likely]]
    return;
  try {
    for (auto& line : shown)
      post(core_.broker, here, monitored{std::move(line)});
  } catch (const std::bad_alloc&) {
    // Those behind it are lost, too.
  }
  shown.clear();
}

/// Parks. The small messages have to be sent. What was changed so far is told first, so that the
/// broker hears of it before anything that the request publishes there.
void partition::leave_for(keyspace::place there, const go_on_elsewhere& task, const batch& work,
                          stopover& from) {
  const memory_reserve::own_work now;
  reporter_.tell(from.here, &from);
  tell_monitors(from.here);
  if (from.at_home()) {
    way_back_ = wrap(partition_task{partition_task::kind::release});
    parked_ = true;
  } else {
    from.leave();
  }
  post(address_of(there, work), from.here, task);
}

const caf::actor& partition::address_of(keyspace::place there, const batch& work) const {
  switch (there) {
    case keyspace::place::broker:
      return core_.broker;
    case keyspace::place::administrator:
      return core_.administrator;
    case keyspace::place::fan_out:
      return work.home == nullptr ? core_.fan_outs.back() : core_.fan_outs[work.home->index()];
    case keyspace::place::worker:
      break;
  }
  return core_.workers[index_ % core_.workers.size()];
}

void partition::go_on(const go_on_elsewhere& task, stopover& at) {
  const auto finished = task.work != nullptr ? run_part(*task.work, at)
                                             : run_meeting(*task.meeting, at);
  if (finished)
    post_wrapped(core_.partitions[index_], at.here, std::move(way_back_));
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
    if (item.word_count < 2 || item.spec->route == protocol::way::script)
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
  serve_my_waiters(plain_stopover{context()});
}

void partition::forget(const protocol::watch& what) noexcept {
  for (const auto& one : what.keys)
    if (only_this_.covers(one.name))
      shard_.changes.watched().remove(one.database, one.name, &what);
}

} // namespace thespis::actors
