#include "commands/execute.hpp"

#include "protocol/errors.hpp"
#include "protocol/key_finder.hpp"

#include <atomic>
#include <new>
#include <stdexcept>

namespace thespis::commands {

namespace {

static_assert(protocol::errors::out_of_memory.size() + 3 <= reply_bytes_min);

/// Replaces what the handler wrote since `start` by an error, for which there is room.
void apologise(keyspace::command_context& ctx, std::size_t start) noexcept {
  ctx.reply.buffer().truncate(start);
  ctx.reply.error(protocol::errors::out_of_memory);
}

/// CLIENT TRACKING: the client keeps copies of what it has read. Where there are too many keys of
/// which somebody does, some other is given up. Throws std::bad_alloc.
[[gnu::noinline]] void remember_reads(keyspace::command_context& ctx,
                                      const protocol::command_spec& spec,
                                      protocol::arguments args) {
  protocol::found_keys keys;
  if (ctx.moves || (spec.flags & protocol::readonly) == 0 || !ctx.client.tracking->remembers()
      || !protocol::find_keys(spec, args, keys))
    return;
  for (const auto& each : keys) {
    const auto key = args[each.index];
    auto& home = ctx.home(key);
    home.tracked.remember(key, ctx.client.id);
    const auto max = home.access.tracked_keys_max.load(std::memory_order_relaxed);
    if (max != 0 && home.tracked.keys() > max)
      home.changes.untrack(ctx.client.database, home.tracked.some_key(home.random.next()));
  }
}

// Inlined: a call less for every command.
[[gnu::always_inline]] inline void run(keyspace::command_context& ctx,
                                       const protocol::command_spec& spec,
                                       protocol::arguments args) {
  const auto start = ctx.reply.buffer().size();
  try {
    spec.run(ctx, args);
    if (ctx.client.tracking) [[unlikely]]
      remember_reads(ctx, spec, args);
  } catch (const std::bad_alloc&) {
    apologise(ctx, start);
  } catch (const std::length_error&) {
    // A container was asked for more than it could ever hold.
    apologise(ctx, start);
  }
}

/// The request crossed a threshold: keep what the slow log and the latency monitor want of it.
/// Without memory for that it is not told.
[[gnu::noinline]] void tell(keyspace::command_context& ctx, const protocol::command_spec& spec,
                            protocol::arguments args, command_statistics& statistics,
                            std::uint64_t ticks) noexcept try {
  if (statistics.pending.size() >= command_statistics::pending_max)
    return;
  const auto& settings = statistics.settings();
  slow_request out;
  out.took_ns = base::tick_clock::to_ns(ticks);
  const auto slow = out.took_ns >= settings.slow_log_ns.load(std::memory_order_relaxed);
  const auto monitored = out.took_ns >= settings.latency_monitor_ns.load(std::memory_order_relaxed);
  out.unlisted = !slow || (spec.flags & protocol::skip_slowlog) != 0;
  if (!monitored && out.unlisted)
    return;
  const auto& share = ctx.share;
  if (share.told != nullptr && std::atomic_ref{*share.told}.exchange(1) != 0)
    return;
  out.at_ms = ctx.now.ms;
  out.fast = (spec.flags & protocol::fast) != 0;
  if (!out.unlisted) {
    out.words = abridge(spec, share.whole.empty() ? args : share.whole);
    out.address = ctx.client.address;
    out.client_name = ctx.client.name;
  }
  statistics.pending.push_back(std::move(out));
} catch (const std::bad_alloc&) {
  return;
}

/// Several shards were borrowed: the request is passed on once, by the first that it changed.
[[gnu::noinline]] void run_on_all(keyspace::command_context& ctx,
                                  const protocol::command_spec& spec, protocol::arguments args,
                                  std::span<keyspace::shard* const> shards,
                                  command_statistics& statistics) {
  struct counts {
    std::uint64_t events;
    std::uint64_t changes;
  };
  std::vector<counts> before;
  try {
    before.reserve(shards.size());
  } catch (const std::bad_alloc&) {
    return ctx.reply.error(protocol::errors::out_of_memory);
  }
  for (const auto* shard : shards)
    before.push_back({shard->changes.events(), shard->changes.changes()});
  run(ctx, spec, args);
  auto told = false;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    auto& changes = shards[i]->changes;
    const auto did = changes.events() != before[i].events;
    statistics.changed(changes.changes() - before[i].changes);
    changes.finish(ctx.client.database, args, told ? changes.events() : before[i].events);
    told = told || did;
  }
}

/// Those inside tell what they change; each of them is counted, and their time is the outer one's,
/// too.
[[gnu::noinline]] void execute_all(keyspace::command_context& ctx,
                                   const protocol::command_spec& spec, protocol::arguments args,
                                   command_statistics& statistics) {
  const auto errors_before = ctx.reply.error_count() - ctx.inner_errors;
  const auto reply_at = ctx.reply.buffer().size();
  const auto began = statistics.last_ticks();
  ctx.spec = &spec;
  run(ctx, spec, args);
  if (ctx.moves)
    return;
  statistics.rewind(began);
  const auto ticks = statistics.count(spec);
  const auto errors = ctx.reply.error_count() - ctx.inner_errors - errors_before;
  if (errors != 0 || ctx.reply.buffer().view().substr(reply_at).starts_with('-'))
    statistics.failed(spec, ctx.reply.last_error_code(), errors);
  if (ticks >= statistics.settings().report_ticks.load(std::memory_order_relaxed))
    tell(ctx, spec, args, statistics, ticks);
}

} // namespace

void execute(keyspace::command_context& ctx, const protocol::command_spec& spec,
             protocol::arguments args, command_statistics& statistics,
             std::span<keyspace::shard* const> shards) {
  if (protocol::runs_others(spec.route)) [[unlikely]]
    return execute_all(ctx, spec, args, statistics);
  const auto errors_before = ctx.reply.error_count();
  ctx.spec = &spec;
  if (shards.size() == 1) [[likely]] {
    auto& changes = shards.front()->changes;
    const auto events_before = changes.events();
    const auto changes_before = changes.changes();
    run(ctx, spec, args);
    changes.finish(ctx.client.database, args, events_before);
    if (const auto made = changes.changes() - changes_before; made != 0)
      statistics.changed(made);
  } else if (shards.empty()) {
    run(ctx, spec, args);
  } else {
    run_on_all(ctx, spec, args, shards, statistics);
  }
  if (ctx.moves) [[unlikely]]
    return;
  const auto ticks = ctx.share.leads ? statistics.count(spec) : statistics.count_share(spec);
  const auto errors = ctx.reply.error_count() - errors_before;
  if (errors != 0 && ctx.share.leads) [[unlikely]]
    statistics.failed(spec, ctx.reply.last_error_code(), errors);
  if (ticks >= statistics.settings().report_ticks.load(std::memory_order_relaxed)) [[unlikely]]
    tell(ctx, spec, args, statistics, ticks);
}

} // namespace thespis::commands
