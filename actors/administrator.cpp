#include "actors/administrator.hpp"

#include "actors/blocked_request.hpp"
#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/name_finder.hpp"
#include "actors/partition.hpp"
#include "actors/process_figures.hpp"
#include "actors/rendezvous.hpp"
#include "commands/execute.hpp"
#include "protocol/errors.hpp"

#include <exception>
#include <memory>
#include <new>

namespace thespis::actors {

administrator::administrator(caf::actor_config& config, core& home)
  : store_actor(config), core_(home), places_(home), saver_(home), journal_(home) {
  follow_addresses();
  journal_.follow_settings();
}

administrator::~administrator() {
  outlived_references(*this);
}

/// A request of a transaction or a script is about the server.
class administrator::visit final : public stopover {
public:
  visit(administrator& host, const batch& work) noexcept
    : stopover(host.context(), keyspace::place::administrator), host_(host), work_(work) {
  }
  void lend_to(keyspace::command_context& ctx) override {
    host_.lend_to(ctx, work_);
  }

private:
  administrator& host_;
  const batch& work_;
};

caf::behavior administrator::make_behavior() {
  set_hooks();
  journal_.tell_settings();
  return {[this](const administer& task) {
            const turn now{this};
            receive(*task.work);
          },
          [this](const go_on_elsewhere& task) {
            const turn now{this};
            visit here{*this, task.meeting != nullptr ? task.meeting->work() : *task.work};
            task.whose->go_on(task, here);
          },
          [this](const names_found& ready) {
            const turn now{this};
            places_.know(ready.names);
            run(*ready.work);
          },
          [this](const client_came& client) { welcome(client); },
          [this](const client_went& client) {
            const turn now{this};
            core_.server.forget_client(client.id);
            addresses_.erase(client.id);
          },
          [this](const redirected_keys& news) {
            const turn now{this};
            pass_on(news);
          },
          [this](slow_requests& slow) {
            const turn now{this};
            note(slow.requests);
          },
          [this](const open_sockets& given) {
            const turn now{this};
            places_.open(std::move(*given.sockets), context());
          },
          [this](const sockets_closed& gone) {
            const turn now{this};
            places_.forget(*gone.places);
          },
          [this](const snapshot_done& news) {
            const turn now{this};
            note_end_of_save(news);
          },
          [this](const base_adopted& news) {
            const turn now{this};
            journal_.note_adopted(news);
          },
          [this](const journal_wanted&) {
            const turn now{this};
            static_cast<void>(journal_.turn_on(context()));
          },
          [this](const journal_replayed&) {
            const turn now{this};
            core_.server.reset_statistics();
          },
          [this](const base_wanted&) {
            const turn now{this};
            journal_.want_base();
          },
          [this](const dataset_loaded& news) {
            const turn now{this};
            core_.server.saving.keys_loaded = news.keys;
            core_.server.saving.keys_expired = news.expired;
          },
          [this](const end_wanted&) {
            const turn now{this};
            core_.server.shutting_down = true;
            saver_.end_server({}, context());
          },
          [this](const sample_now&) { sample(); }};
}

void administrator::receive(batch& work) {
  if (!find_names_for(work)) [[likely]]
    run(work);
}

/// A CONFIG SET that names hosts waits until these have been found, and all others do not. Returns
/// whether it does. Without memory or thread for it, the names are not known.
bool administrator::find_names_for(batch& work) noexcept try {
  const auto& part = work.parts.front();
  const auto& item = part.items.front();
  if (item.spec->name != "config|set") [[likely]]
    return false;
  const auto names = std::make_shared<host_addresses>(
    listening_places::names_to_find(work.words_of(item, part), core_.server.options));
  if (names->empty())
    return false;
  const auto finder = system().spawn<name_finder, caf::detached + caf::hidden>(
    caf::actor{this}, wrap(names_found{&work, names}));
  post(finder, context(), find_names{names});
  return true;
} catch (const std::exception& failed) {
  log::warning("The addresses of hosts cannot be looked up: {}", failed.what());
  return false;
}

/// `again`: what the request waited for has come.
void administrator::run(batch& work, bool again) {
  auto& part = work.parts.front();
  auto& item = part.items.front();
  auto& statistics = core_.administrator_statistics;
  protocol::reply_writer reply{*work.output, work.client->protocol};
  keyspace::command_context ctx{reply, *work.client, keyspace::shard_map::none(), work.time};
  lend_to(ctx, work);
  ctx.has_moved = again;
  ctx.may_wait = true;
  statistics.start();
  if (const memory_reserve::client_work may_fail; commands::make_room(*work.output)) [[likely]]
    commands::execute(ctx, *item.spec, work.words_of(item, part), statistics);
  else
    work.cut_short.store(true, std::memory_order_relaxed);
  note(statistics.pending);
  statistics.pending.clear();
  if (ctx.moves)
    return saver_.wait_for_end(work);
  if (!ctx.wish || !begin_wait(work, ctx))
    work.report(context());
}

/// Returns whether it waits; without memory for it, it has its answer.
bool administrator::begin_wait(batch& work, keyspace::command_context& ctx) try {
  work.blocked->begin_for_disk(*ctx.wish, context());
  return true;
} catch (const std::bad_alloc&) {
  ctx.reply.error(protocol::errors::out_of_memory);
  return false;
}

void administrator::note_end_of_save(const snapshot_done& news) {
  if (journal_.owns(*news.of))
    return journal_.note_end_of_snapshot(news.why, context());
  for (auto* const work : saver_.end(*news.of, news.why, context()))
    run(*work, true);
}

void administrator::lend_to(keyspace::command_context& ctx, const batch& work) noexcept {
  ctx.server = &core_.server;
  // What a client on no loop subscribes to is for its fan-out's turns alone.
  ctx.subscriber = work.home == nullptr ? nullptr : work.subscriber;
}

/// Those that there is no memory for are forgotten.
void administrator::note(std::vector<commands::slow_request>& slow) noexcept try {
  for (auto& one : slow)
    core_.server.note_slow(std::move(one));
} catch (const std::bad_alloc&) {
  return;
}

/// A client that there is no memory for cannot be listed or killed, so it has to go.
void administrator::welcome(const client_came& client) noexcept {
  const turn now{this};
  try {
    core_.server.clients.add(client.record);
    addresses_.emplace(client.record->id, client.address);
  } catch (const std::bad_alloc&) {
    core_.server.clients.remove(client.record->id);
    post(client.address, context(), close_connection{});
  }
}

/// Changed keys that one client hears of in another's place; if it is not there any more, the
/// other one is told so.
void administrator::pass_on(const redirected_keys& news) {
  const memory_reserve::own_work now;
  const auto& known = core_.server.clients;
  if (const auto to = addresses_.find(news.to);
      to != addresses_.end() && known.find(news.to) != nullptr)
    post(to->second, context(), news);
  else if (const auto from = addresses_.find(news.from); from != addresses_.end())
    post(from->second, context(), redirect_broken{});
}

/// The connection ends in its own time; for everybody who asks from now on the client is gone.
void administrator::kill_client(std::uint64_t id) {
  core_.server.forget_client(id);
  if (auto found = addresses_.find(id); found != addresses_.end())
    post(found->second, context(), close_connection{});
}

/// Without memory for it a sample is left out.
void administrator::sample() try {
  const turn now{this};
  for (std::size_t i = 0; i < core_.loops.size(); ++i) {
    core_.network[i].turns.set(core_.loops[i]->turns());
    core_.network[i].turns_ns.set(core_.loops[i]->busy_ns());
  }
  core_.server.tick(core_.now().ms);
  saver_.look_at_save_points(context());
  journal_.tick(context());
} catch (const std::bad_alloc&) {
  return;
}

/// Each setting has its own text for the same failure.
void administrator::follow_addresses() {
  auto& settings = core_.server.options;
  settings.on_change({base::option::bind}, [this](const base::options& now) -> base::result<void> {
    if (places_.follow(now, context()))
      return {};
    return base::fault{"Failed to bind to specified addresses."};
  });
  settings.on_change({base::option::port}, [this](const base::options& now) -> base::result<void> {
    if (places_.follow(now, context()))
      return {};
    return base::fault{"Unable to listen on this port. Check server logs."};
  });
}

void administrator::set_hooks() {
  auto& hooks = core_.server.hooks;
  // What helps against a lack of memory must not fail for it.
  hooks.kill_client = [this](std::uint64_t id) {
    const memory_reserve::own_work now;
    kill_client(id);
  };
  hooks.unblock_client = [this](std::uint64_t id, bool with_error) {
    const auto* client = core_.server.clients.find(id);
    return client != nullptr && client->waiter
           && client->waiter->give_up(with_error ? keyspace::wait_note::error
                                                 : keyspace::wait_note::timeout);
  };
  hooks.pause_changed = [this] {
    for (const auto& one : core_.listeners)
      post(one, context(), pause_changed{});
  };
  hooks.tracking_limited = [this] {
    const memory_reserve::own_work now;
    for (const auto& one : core_.partitions)
      post(one, context(), partition_task{partition_task::kind::expire});
  };
  hooks.rewrite_journal = [this] { return journal_.rewrite(context()); };
  hooks.measure_journal = [this] { return journal_.figures(); };
  hooks.begin_save = [this] { return saver_.begin(context()); };
  hooks.shut_down = [this](const commands::shutdown_request& how) {
    return saver_.end_server(how, context());
  };
  hooks.abort_shutdown = [this] { return saver_.stay(); };
  hooks.log = [](base::log_level level, std::string_view text) {
    log::write(static_cast<log::level>(level), text);
  };
  hooks.measure_memory = [this] { return measure_memory(core_); };
  hooks.measure_cpu = measure_cpu;
  hooks.purge_memory = purge_memory;
  hooks.allocator_report = allocator_report;
}

} // namespace thespis::actors
