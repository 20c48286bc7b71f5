#include "actors/core.hpp"

#include "actors/journal_notice.hpp"
#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "actors/rendezvous.hpp"
#include "base/hash.hpp"
#include "commands/rows.hpp"

#include <ctime>
#include <new>
#include <numeric>

namespace thespis::actors {

keyspace::instant system_time() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  keyspace::instant now;
  now.us = static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000;
  now.ms = now.us / 1000;
  return now;
}

core::core(base::options& settings, std::size_t loop_count, std::size_t partition_count,
           wall_clock clock)
  : commands(thespis::commands::all_commands()),
    now(clock),
    server(settings, commands.rows()),
    options(settings),
    gates(server.gates),
    execution(server.execution),
    access(server.access),
    reply_buffers(server.reply_buffers),
    output_limits(server.output_limits),
    key_load_delay(server.key_load_delay),
    running_scripts(partition_count, server.gates),
    scripts(server.library_figures, server.script_hints),
    functions(server.library_figures, server.script_hints),
    administrator_statistics(commands.rows(), execution),
    broker_statistics(commands.rows(), execution),
    partitions(partition_count),
    order(partition_count) {
  const auto databases = static_cast<std::size_t>(settings.get(base::option::databases));
  for (std::size_t i = 0; i < partition_count; ++i) {
    shards.emplace_back(databases, base::random_seed(), access);
    partition_statistics.emplace_back(commands.rows(), execution);
    script_stages.emplace_back(scripts, functions, running_scripts.of(i), server.script_settings,
                               gates);
    script_stages.back().log = [](base::log_level level, std::string_view text) {
      log::write(static_cast<log::level>(level), text);
    };
  }
  for (std::size_t i = 0; i <= loop_count; ++i) {
    client_statistics.emplace_back(commands.rows(), execution);
    network.emplace_back();
  }
  server.scripts = &running_scripts;
  register_counters();
}

void core::register_counters() {
  server.runners.push_back(&administrator_statistics);
  server.runners.push_back(&broker_statistics);
  for (const auto& one : partition_statistics)
    server.runners.push_back(&one);
  for (const auto& one : client_statistics)
    server.runners.push_back(&one);
  for (const auto& one : network)
    server.loops.push_back(&one);
  for (const auto& one : shards)
    server.shards.push_back(&one);
}

void core::send(batch& work, caf::execution_unit* here) {
  const partition_task task{.what = partition_task::kind::run, .work = &work};
  work.pending.store(static_cast<std::uint32_t>(work.touched.size()), std::memory_order_relaxed);
  if (!work.is_multicast()) {
    post(partitions[work.touched.front()], here, task);
  } else {
    for (auto sent = false; !sent;) {
      journal_notice notice{*this, work};
      sent = order.send(partitions, work.touched, task, work.armed, here, &notice);
    }
  }
}

void core::send(rendezvous& meeting, caf::execution_unit* here) {
  const partition_task task{.what = partition_task::kind::borrow, .meeting = &meeting};
  order.send(partitions, meeting.partitions(), task, meeting.armed, here);
}

void core::send(snapshot& picture, caf::execution_unit* here) {
  const partition_task task{.what = partition_task::kind::cut, .picture = &picture};
  std::vector<partition_index> all(partitions.size());
  std::iota(all.begin(), all.end(), partition_index{0});
  journal_notice notice{*this, picture, all};
  order.send(partitions, all, task, picture.armed, here, picture.epoch == 0 ? nullptr : &notice);
}

/// The request for it must not fail.
void core::hold(batch& work, caf::execution_unit* here) {
  if (journal_gauges.told.load() <= journal_gauges.durable.load())
    return work.report(here);
  const memory_reserve::own_work may_not_fail;
  post(journal, here, reply_held{&work});
}

void core::report_slow(thespis::commands::command_statistics& statistics,
                       caf::execution_unit* here) noexcept {
  if (statistics.pending.empty()) [[likely]]
    return;
  try {
    post(administrator, here, slow_requests{std::move(statistics.pending)});
  } catch (const std::bad_alloc&) {
    // They are not told.
  }
  statistics.pending.clear();
}

} // namespace thespis::actors
