#include "actors/effect_reporter.hpp"

#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"

#include <new>
#include <vector>

namespace thespis::actors {

using keyspace::event_class;

void effect_reporter::listen(std::uint64_t origin) noexcept {
  const auto& server = core_.server;
  origin_ = origin;
  wanted_events_ = server.wanted_events();
  const auto tracked = server.trackers.get() != 0;
  every_key_wanted_ = tracked && server.broadcasts.get() != 0;
  const auto listens = wanted_events_ != 0 || tracked || !mine_.tracked.empty()
                       || journal_.listens();
  if (listens != std::exchange(listens_, listens)) [[unlikely]]
    mine_.changes.set_sink(listens ? this : nullptr);
}

void effect_reporter::listen_to(const keyspace::shard_map& shards,
                                std::span<keyspace::shard* const> borrowed,
                                std::uint64_t origin) noexcept {
  listen(origin);
  at_hand_ = &shards;
  for (auto* const shard : borrowed)
    shard->changes.set_sink(listens_ ? this : nullptr);
}

void effect_reporter::take_back() noexcept {
  mine_.changes.set_sink(listens_ ? this : nullptr);
}

void effect_reporter::on_effect(const keyspace::effect& what) {
  if (what.cls == event_class::flush) {
    for (auto* const shard : at_hand_->all())
      shard->tracked.forget_all();
    flushed_ = true;
  } else if (keyspace::effects::changes_value(what.cls, what.whose)) {
    note_changed_key(what);
  }
  if ((wanted_events_ & static_cast<std::int64_t>(what.cls)) != 0)
    note_event(what);
}

void effect_reporter::note_event(const keyspace::effect& what) noexcept try {
  if (!events_)
    events_ = std::make_shared<pubsub::keyspace_events>();
  events_->add(what.database, what.event, what.key);
} catch (const std::bad_alloc&) {
  return;
}

/// Clients that keep a copy have to hear of it, so this draws on the reserve.
void effect_reporter::note_changed_key(const keyspace::effect& what) {
  std::vector<std::uint64_t> readers;
  if (auto& tracked = at_hand_->at(what.key).tracked; !tracked.empty())
    readers = tracked.forget(what.key);
  if (readers.empty() && (!every_key_wanted_ || what.cls == event_class::untracked))
    return;
  const memory_reserve::own_work now;
  if (!changed_keys_)
    changed_keys_ = std::make_shared<pubsub::changed_keys>(origin_);
  changed_keys_->add(what.key, std::move(readers));
}

void effect_reporter::tell(caf::execution_unit* here, stopover* at) noexcept try {
  if (!events_ && !changed_keys_) [[likely]]
    return;
  const memory_reserve::own_work now;
  const keys_changed news{std::exchange(events_, nullptr), std::exchange(changed_keys_, nullptr)};
  if (at == nullptr || !at->take(news))
    post(core_.broker, here, news);
} catch (const std::bad_alloc&) {
  events_.reset();
  changed_keys_.reset();
}

void effect_reporter::tell_of_flush(caf::execution_unit* here) {
  const memory_reserve::own_work now;
  const auto all = std::make_shared<pubsub::changed_keys>(origin_);
  all->add_all();
  post(core_.broker, here, keys_changed{nullptr, all});
}

} // namespace thespis::actors
