#include "actors/fan_out.hpp"

#include "actors/memory_reserve.hpp"
#include "commands/execute.hpp"

#include <algorithm>
#include <mutex>

namespace thespis::actors {

fan_out::fan_out(caf::actor_config& config, event_loop* loop, core& home, pubsub::group_index group)
  : store_actor(config), loop_(loop), core_(home), group_(group) {
}

fan_out::~fan_out() {
  if (loop_ != nullptr && !to_flush_.empty())
    loop_->forget_call(*this);
  outlived_references(*this);
}

void fan_out::enqueue(caf::mailbox_element_ptr message, caf::execution_unit* here) {
  store_actor::enqueue(std::move(message), loop_ == nullptr ? here : loop_);
}

caf::behavior fan_out::make_behavior() {
  return {[this](const change_subscriptions& task) {
            const turn now{this};
            run(*task.work);
          },
          [this](const deliver& news) {
            const turn now{this};
            table_.deliver(news.messages);
          },
          [this](const leave_topics& news) {
            const turn now{this};
            forget(*news.who);
            post(news.owner, context(), topics_left{});
          }};
}

void fan_out::run(batch& work) {
  auto& part = work.parts.front();
  const auto& item = part.items.front();
  // Those who are on no loop share one set of statistics.
  const auto counting = loop_ == nullptr ? std::unique_lock{core_.shared_statistics_lock}
                                         : std::unique_lock<std::mutex>{};
  auto& statistics = core_.client_statistics[group_];
  protocol::reply_writer reply{*work.output, work.client->protocol};
  keyspace::command_context ctx{reply, *work.client, keyspace::shard_map::none(), work.time};
  ctx.subscriptions = &table_;
  ctx.subscriber = work.subscriber;
  statistics.start();
  if (work.subscriber == nullptr)
    reply.error("ERR This client has nobody who takes messages");
  else if (const memory_reserve::client_work may_fail; commands::make_room(*work.output)) [[likely]]
    commands::execute(ctx, *item.spec, work.words_of(item, part), statistics);
  else
    work.cut_short.store(true, std::memory_order_relaxed);
  core_.report_slow(statistics, context());
  tell_broker(&work);
}

/// The answer comes from there, so that from then on messages arrive.
void fan_out::tell_broker(batch* work) {
  const memory_reserve::own_work now;
  auto changes = table_.take_changes();
  if (!changes.empty())
    post(core_.broker, context(), subscriptions_changed{group_, std::move(changes), work});
  else if (work != nullptr)
    work->report(context());
}

void fan_out::flush_later(pubsub::subscriber& who) {
  to_flush_.push_back(&who);
  if (to_flush_.size() > 1)
    return;
  try {
    loop_->call_before_wait(*this);
  } catch (...) {
    to_flush_.clear();
    throw;
  }
}

void fan_out::act() {
  for (auto* const who : to_flush_)
    if (who != nullptr)
      who->flush_pushes();
  to_flush_.clear();
}

void fan_out::forget(pubsub::subscriber& gone) {
  const memory_reserve::own_work now;
  std::replace(to_flush_.begin(), to_flush_.end(), &gone,
               static_cast<pubsub::subscriber*>(nullptr));
  table_.remove(gone);
  auto changes = table_.take_changes();
  if (!changes.empty())
    post(core_.broker, loop_, subscriptions_changed{group_, std::move(changes), nullptr});
}

} // namespace thespis::actors
