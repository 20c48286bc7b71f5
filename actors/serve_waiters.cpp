#include "actors/serve_waiters.hpp"

#include "actors/blocked_request.hpp"
#include "actors/memory_reserve.hpp"
#include "base/seeded_fault.hpp"
#include "commands/execute.hpp"
#include "keyspace/object.hpp"

#include <algorithm>
#include <new>

namespace thespis::actors {

namespace {

using keyspace::claim_result;
using keyspace::waiting_list;

class service {
public:
  service(core& home, const shards_at_hand& shards, order_point where,
          commands::command_statistics& statistics, caf::execution_unit* here,
          const std::function<void()>& before_answer)
    : core_(home),
      shards_(shards),
      where_(where),
      statistics_(statistics),
      here_(here),
      before_answer_(before_answer) {
  }

  /// Serving one may make a key ready in any of the shards (BLMOVE). Returns who is behind.
  std::vector<partition_index> run() {
    for (auto again = true; again;) {
      again = false;
      for (auto* shard : shards_.all)
        while (auto* ready = shard->changes.waiting().take_ready()) {
          again = true;
          serve(*shard, *ready);
          if (!behind_.empty()) {
            shard->changes.waiting().put_back(ready);
            return std::move(behind_);
          }
          shard->changes.waiting().release(ready);
        }
    }
    return {};
  }

private:
  void serve(keyspace::shard& shard, waiting_list::entry& at) {
    auto& [place, queue] = at;
    auto& db = shard.databases[static_cast<std::size_t>(place.database)];
    for (auto next = queue.waiters.begin(); next != queue.waiters.end();) {
      const auto there = db.find(place.key);
      if (!there && queue.heeding_loss == 0)
        return;
      const auto one = *next++;
      if (!one.heeds_loss && (!there || there->type() != one.wanted))
        continue;
      if (one.partitions && one.who->waits(one.wait))
        note_who_is_behind(*one.partitions);
      if (!behind_.empty())
        return;
      switch (one.who->claim(one.wait)) {
        case claim_result::over:
          shard.changes.waiting().remove(one.who.get(), one.wait);
          break;
        case claim_result::busy:
          return;
        case claim_result::mine:
          if (!serve(static_cast<blocked_request&>(*one.who)))
            return;
      }
    }
  }

  /// They might have found something for it earlier.
  void note_who_is_behind(const std::vector<std::size_t>& partitions) {
    const memory_reserve::own_work now;
    for (const auto each : partitions) {
      const auto index = static_cast<partition_index>(each);
      if (!shards_.map.covers_partition(each) && !core_.order.progress(index).has_passed(where_))
        behind_.push_back(index);
    }
  }

  /// Returns false if those behind it have to wait for it.
  bool serve(blocked_request& request) try {
    if (!request.can_run(shards_.map)) {
      request.set_served();
      request.meet(here_);
      return false;
    }
    run(request);
    return true;
  } catch (const std::bad_alloc&) {
    request.work().cut_short.store(true, std::memory_order_relaxed);
    request.answered(shards_.map, here_);
    return true;
  }

  void run(blocked_request& request) {
    auto& work = request.work();
    auto& part = work.parts.front();
    auto& item = part.items.front();
    protocol::reply_writer reply{*work.output, work.client->protocol};
    keyspace::command_context ctx{reply, *work.client, shards_.map, core_.now()};
    ctx.may_wait = true;
    // It was counted when it began to wait.
    ctx.share.leads = false;
    const memory_reserve::client_work may_fail;
    if (!commands::make_room(*work.output))
      throw std::bad_alloc{};
    statistics_.start();
    const auto reply_at = work.output->size();
    commands::execute(ctx, *item.spec, work.words_of(item, part), statistics_, shards_.all);
    if (!ctx.wish && base::seeded("waiter_is_robbed", 10)) {
      work.output->truncate(reply_at);
      reply.null_array();
    }
    const memory_reserve::own_work answers;
    if (ctx.wish)
      return request.go_on_waiting(here_);
    before_answer_();
    request.answered(shards_.map, here_);
  }

  core& core_;
  const shards_at_hand& shards_;
  const order_point where_;
  commands::command_statistics& statistics_;
  caf::execution_unit* here_;
  const std::function<void()>& before_answer_;
  std::vector<partition_index> behind_;
};

} // namespace

std::vector<partition_index> serve_waiters(core& home, const shards_at_hand& shards,
                                           order_point where,
                                           commands::command_statistics& statistics,
                                           caf::execution_unit* here,
                                           const std::function<void()>& before_answer) {
  return service{home, shards, where, statistics, here, before_answer}.run();
}

} // namespace thespis::actors
