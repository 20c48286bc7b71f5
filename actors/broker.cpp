#include "actors/broker.hpp"

#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/partition.hpp"
#include "commands/execute.hpp"

#include <new>

namespace thespis::actors {

using pubsub::topic_kind;

broker::broker(caf::actor_config& config, core& home)
  : store_actor(config), core_(home), exchange_(home.loops.size() + 1) {
}

broker::~broker() {
  outlived_references(*this);
}

/// A request of a transaction or a script publishes.
class broker::visit final : public stopover {
public:
  explicit visit(broker& host) noexcept
    : stopover(host.context(), keyspace::place::broker), host_(host) {
  }
  void lend_to(keyspace::command_context& ctx) override {
    ctx.exchange = &host_.exchange_;
  }
  bool take(const keys_changed& news) override {
    host_.hand_out();
    host_.tell(news);
    return true;
  }
  void leave() override {
    host_.hand_out();
  }

private:
  broker& host_;
};

caf::behavior broker::make_behavior() {
  return {[this](const publish& task) {
            const turn now{this};
            run(*task.work);
          },
          [this](const go_on_elsewhere& task) {
            const turn now{this};
            visit here{*this};
            task.whose->go_on(task, here);
          },
          [this](const keys_changed& news) {
            const turn now{this};
            tell(news);
          },
          [this](const monitored& news) {
            const turn now{this};
            tell(news);
          },
          [this](const subscriptions_changed& news) {
            const turn now{this};
            follow(news);
          }};
}

void broker::run(batch& work) {
  auto& part = work.parts.front();
  auto& statistics = core_.broker_statistics;
  protocol::reply_writer reply{*work.output, work.client->protocol};
  keyspace::command_context ctx{reply, *work.client, keyspace::shard_map::none(), work.time};
  ctx.exchange = &exchange_;
  statistics.start();
  for (; part.next_item < part.items.size(); ++part.next_item) {
    const memory_reserve::client_work may_fail;
    if (!commands::make_room(*work.output)) [[unlikely]] {
      work.cut_short.store(true, std::memory_order_relaxed);
      break;
    }
    const auto& item = part.items[part.next_item];
    commands::execute(ctx, *item.spec, work.words_of(item, part), statistics);
  }
  core_.report_slow(statistics, context());
  hand_out();
  work.report(context());
}

/// Without memory some are not told: notifications may get lost, in Redis too.
void broker::tell(const keys_changed& news) {
  try {
    const memory_reserve::client_work may_fail;
    if (news.events)
      news.events->publish(exchange_, core_.server.wanted_events());
  } catch (const std::bad_alloc&) {
    log::warning("Keyspace events are lost: no memory");
  }
  try {
    const memory_reserve::own_work now;
    if (news.copies)
      news.copies->publish(exchange_);
  } catch (const std::bad_alloc&) {
    log::warning("Clients are not told of keys that changed: no memory");
  }
  hand_out();
}

void broker::tell(const monitored& news) {
  try {
    const memory_reserve::client_work may_fail;
    exchange_.tell_monitors(news.line);
  } catch (const std::bad_alloc&) {
    log::warning("A request is not monitored: no memory");
  }
  hand_out();
}

void broker::hand_out() {
  const memory_reserve::own_work now;
  exchange_.take([this](pubsub::group_index group, const auto& messages, std::uint64_t known) {
    post(core_.fan_outs[group], context(), deliver{messages, known});
  });
}

/// Without memory to know of a subscriber it is not confirmed: the client is closed.
void broker::follow(const subscriptions_changed& news) {
  if (const memory_reserve::client_work may_fail;
      !exchange_.follow(news.group, *news.changes) && news.work != nullptr)
    news.work->cut_short.store(true, std::memory_order_relaxed);
  auto& figures = core_.server.topics;
  const auto show = [this](base::counter& figure, topic_kind kind) {
    figure.set(exchange_.routes().size(kind));
  };
  show(figures.channels, topic_kind::channel);
  show(figures.patterns, topic_kind::pattern);
  show(figures.shard_channels, topic_kind::shard_channel);
  show(figures.key_prefixes, topic_kind::key_prefix);
  if (news.work != nullptr)
    news.work->report(context());
}

} // namespace thespis::actors
