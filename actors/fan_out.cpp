#include "actors/fan_out.hpp"

#include "actors/memory_reserve.hpp"
#include "actors/partition.hpp"
#include "actors/rendezvous.hpp"
#include "commands/execute.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <mutex>
#include <span>
#include <string>

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

/// A request of a transaction changes what its client subscribes to.
class fan_out::visit final : public stopover {
public:
  visit(fan_out& host, batch& work) noexcept
    : stopover(host.context(), keyspace::place::fan_out), host_(host), work_(work) {
    if (work.subscriber != nullptr && !work.subscriber->send_ahead_of(*work.output, work.reply_at))
      work.cut_short.store(true, std::memory_order_relaxed);
  }
  void lend_to(keyspace::command_context& ctx) override {
    ctx.subscriptions = &host_.table_;
    ctx.subscriber = work_.subscriber;
  }
  /// The broker knows before the client does.
  void leave() override {
    if (auto changes = host_.table_.take_changes(); !changes.empty())
      host_.tell_broker(std::move(changes), nullptr, here);
  }

private:
  fan_out& host_;
  batch& work_;
};

caf::behavior fan_out::make_behavior() {
  return {[this](const change_subscriptions& task) {
            const turn now{this};
            run(*task.work);
          },
          [this](const go_on_elsewhere& task) {
            const turn now{this};
            visit here{*this, task.meeting->work()};
            task.whose->go_on(task, here);
          },
          [this](const deliver& news) {
            const turn now{this};
            table_.deliver(news.messages, news.known);
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
    reply.error(protocol::errors::takes_no_messages);
  else if (const memory_reserve::client_work may_fail;
           work.subscriber->send_ahead_of(*work.output, work.output->size())
           && commands::make_room(*work.output)) [[likely]]
    commands::execute(ctx, *item.spec, work.words_of(item, part), statistics);
  else
    work.cut_short.store(true, std::memory_order_relaxed);
  core_.report_slow(statistics, context());
  auto changes = table_.take_changes();
  if (changes.empty())
    return work.report(context());
  // Without memory for all confirmations: what the client subscribes to, it could not know.
  if (reply.error_count() != 0)
    work.cut_short.store(true, std::memory_order_relaxed);
  tell_broker(std::move(changes), &work, context());
}

/// The answer comes from there, so that from then on messages arrive.
void fan_out::tell_broker(pubsub::subscription_changes changes, batch* work,
                          caf::execution_unit* here) {
  const memory_reserve::own_work now;
  post(core_.broker, here,
       subscriptions_changed{
         group_, std::make_shared<pubsub::subscription_changes>(std::move(changes)), work});
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
  std::replace(to_flush_.begin(), to_flush_.end(), &gone,
               static_cast<pubsub::subscriber*>(nullptr));
  table_.remove(gone);
  if (auto changes = table_.take_changes(); !changes.empty())
    tell_broker(std::move(changes), nullptr, loop_);
}

void fan_out::follow(pubsub::subscriber& who, const protocol::session& client) {
  using pubsub::topic_kind;
  const auto* const tracking = client.tracking.get();
  const std::string mine[] = {std::to_string(client.id)};
  const std::string everything[] = {""};
  const auto prefixes = tracking == nullptr ? std::span<const std::string>{} : tracking->prefixes;
  table_.set(who, topic_kind::copies, std::span{mine}.first(tracking == nullptr ? 0 : 1));
  table_.set(who, topic_kind::key_prefix, prefixes);
  table_.set(who, topic_kind::monitor, std::span{everything}.first(client.monitors() ? 1 : 0));
  if (auto changes = table_.take_changes(); !changes.empty())
    tell_broker(std::move(changes), nullptr, loop_);
}

} // namespace thespis::actors
