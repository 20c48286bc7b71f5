#include "commands/server_state.hpp"

#include "base/time_units.hpp"

#include <algorithm>

namespace thespis::commands {

namespace {

using base::client_class;
using base::option;

protected_access access_of(base::permission who) {
  switch (who) {
    case base::permission::yes:
      return protected_access::yes;
    case base::permission::local:
      return protected_access::local;
    case base::permission::no:
      break;
  }
  return protected_access::no;
}

/// Negative: the slow log is off.
std::uint64_t slow_log_threshold_ns(const base::options& options) {
  const auto us = options.get(option::slowlog_log_slower_than);
  constexpr auto us_max = static_cast<std::int64_t>(execution_settings::never / base::ns_per_us
                                                    / 2);
  return us < 0 ? execution_settings::never
                : static_cast<std::uint64_t>(std::min(us, us_max)) * base::ns_per_us;
}

/// Zero: the monitor is off.
std::uint64_t latency_threshold_ns(const base::options& options) {
  const auto ms = options.get(option::latency_monitor_threshold);
  constexpr auto ms_max = static_cast<std::int64_t>(execution_settings::never / base::ns_per_ms
                                                    / 2);
  return ms == 0 ? execution_settings::never
                 : static_cast<std::uint64_t>(std::min(ms, ms_max)) * base::ns_per_ms;
}

bool counts_frequency(base::eviction_policy policy) {
  return policy == base::eviction_policy::allkeys_lfu
         || policy == base::eviction_policy::volatile_lfu;
}

/// Takes a time that depends on neither text's content (but on the lengths).
bool same_secret(std::string_view a, std::string_view b) noexcept {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const auto ours = a.empty() ? '\0' : a[i % a.size()];
    difference |= static_cast<unsigned char>(ours) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

} // namespace

namespace {

void set_and_count(client_record& client, client_flag flag, bool up,
                   base::counter& count) noexcept {
  if (client.has_flag(flag) == up)
    return;
  client.set_flag(flag, up);
  count.set(up ? count.get() + 1 : count.get() - 1);
}

} // namespace

server_state::server_state(base::options& settings, std::span<const protocol::command_spec> all)
  : options(settings), rows(all) {
}

void server_state::apply_settings() {
  constexpr auto relaxed = std::memory_order_relaxed;
  gates.set(gate_password, password_is_set(*this));
  gates.debug_command.store(
    access_of(options.get_as<base::permission>(option::enable_debug_command)), relaxed);

  const auto slow_ns = slow_log_threshold_ns(options);
  const auto latency_ns = latency_threshold_ns(options);
  const auto report_ns = std::min(slow_ns, latency_ns);
  execution.slow_log_ns.store(slow_ns, relaxed);
  execution.latency_monitor_ns.store(latency_ns, relaxed);
  execution.report_ticks.store(report_ns == execution_settings::never
                                 ? execution_settings::never
                                 : base::tick_clock::from_ns(report_ns),
                               relaxed);
  script_settings.slow_ticks.store(
    base::tick_clock::from_ns(static_cast<std::uint64_t>(options.get(option::busy_reply_threshold))
                              * base::ns_per_ms),
    relaxed);
  script_hints.allow_undeclared(options.is_on(option::script_undeclared_keys));
  execution.track_latency.store(options.is_on(option::latency_tracking), relaxed);
  slow.set_capacity(static_cast<std::size_t>(options.get(option::slowlog_max_len)));

  for (const auto cls : {client_class::normal, client_class::replica, client_class::pubsub}) {
    const auto asked = options.output_limit_of(cls);
    auto& limit = output_limits.of(cls);
    limit.hard_bytes.store(asked.hard_bytes, relaxed);
    limit.soft_bytes.store(asked.soft_bytes, relaxed);
    limit.soft_ms.store(asked.soft_seconds * base::ms_per_s, relaxed);
  }

  event_classes.store(options.get(option::notify_keyspace_events), relaxed);
  key_load_delay.store(options.get(option::key_load_delay), relaxed);

  access.lfu.store(
    counts_frequency(options.get_as<base::eviction_policy>(option::maxmemory_policy)), relaxed);
  access.string_bytes_max.store(options.bytes(option::proto_max_bulk_len), relaxed);
  const auto follow = [&](keyspace::packed_setting& setting, option entries, option value) {
    setting.entries.store(static_cast<std::size_t>(options.get(entries)), relaxed);
    setting.element_bytes.store(options.bytes(value), relaxed);
  };
  follow(access.hash_packed, option::hash_max_listpack_entries, option::hash_max_listpack_value);
  follow(access.set_packed, option::set_max_listpack_entries, option::set_max_listpack_value);
  follow(access.zset_packed, option::zset_max_listpack_entries, option::zset_max_listpack_value);
  access.set_intset_entries.store(
    static_cast<std::size_t>(options.get(option::set_max_intset_entries)), relaxed);
  access.list_packed_size.store(static_cast<int>(options.get(option::list_max_listpack_size)),
                                relaxed);
  access.compress.store(options.get(option::rdbcompression) != 0, relaxed);
  access.hll_sparse_bytes_max.store(options.bytes(option::hll_sparse_max_bytes), relaxed);
  access.stream_node_bytes.store(options.bytes(option::stream_node_max_bytes), relaxed);
  access.stream_node_entries.store(
    static_cast<std::size_t>(options.get(option::stream_node_max_entries)), relaxed);
  limit_tracking(static_cast<std::size_t>(options.get(option::tracking_table_max_keys)));
  note_save_outcome();
  access.lfu_log_factor.store(static_cast<int>(options.get(option::lfu_log_factor)), relaxed);
  access.lfu_decay_minutes.store(static_cast<int>(options.get(option::lfu_decay_time)), relaxed);
}

/// Each partition has its share.
void server_state::limit_tracking(std::size_t keys_max) {
  const auto partitions = std::max(shards.size(), std::size_t{1});
  const auto now = keys_max == 0 ? 0 : std::max(keys_max / partitions, std::size_t{1});
  const auto before = access.tracked_keys_max.exchange(now, std::memory_order_relaxed);
  if (now != 0 && (before == 0 || now < before) && hooks.tracking_limited)
    hooks.tracking_limited();
}

void server_state::forget_client(std::uint64_t id) noexcept {
  if (auto* const gone = record_of(id)) {
    note_tracking(*gone, false, false);
    note_monitoring(*gone, false);
  }
  clients.remove(id);
}

void server_state::note_tracking(client_record& client, bool on, bool by_prefix) noexcept {
  set_and_count(client, client_tracking_on, on, trackers);
  set_and_count(client, client_broadcast, by_prefix, broadcasts);
}

void server_state::note_monitoring(client_record& client, bool on) noexcept {
  set_and_count(client, client_monitor, on, monitors);
  gates.set(gate_monitored, monitors.get() != 0);
}

void server_state::apply_debug_switches() {
  access.active_expiry.store(active_expiry && !cron_paused, std::memory_order_relaxed);
}

void server_state::note_slow(slow_request request) {
  if (request.took_ns >= execution.latency_monitor_ns.load(std::memory_order_relaxed))
    latencies.add(request.fast ? "fast-command" : "command", request.at_ms / base::ms_per_s,
                  static_cast<std::uint32_t>(request.took_ns / base::ns_per_ms));
  if (!request.unlisted)
    slow.add(std::move(request));
}

void server_state::note_latency(std::string_view event, std::int64_t now_ms,
                                std::uint64_t took_ns) {
  if (took_ns >= execution.latency_monitor_ns.load(std::memory_order_relaxed))
    latencies.add(event, now_ms / base::ms_per_s,
                  static_cast<std::uint32_t>(took_ns / base::ns_per_ms));
}

void server_state::tick(std::int64_t now_ms) {
  if (cron_paused)
    return;
  const auto traffic = traffic_since_start();
  std::uint64_t calls = 0;
  for (const auto* runner : runners)
    for (std::size_t i = 0; i < runner->rows().size(); ++i)
      calls += runner->counters(i).calls.get();
  commands_rate.sample(calls, now_ms);
  bytes_in_rate.sample(traffic.bytes_in, now_ms);
  bytes_out_rate.sample(traffic.bytes_out, now_ms);
  turns_rate.sample(traffic.turns, now_ms);
  for (const auto by : {pause_command, end_of_server})
    if (const auto until = pauses_[by].until_ms; until != 0 && until <= now_ms)
      unpause(by);
}

/// As Redis, only where snapshots are taken at all.
void server_state::note_save_outcome() {
  gates.set(gate_no_persistence, !saving.last_succeeded
                                   && options.is_on(option::stop_writes_on_bgsave_error)
                                   && !options.save_points().empty());
}

std::uint64_t server_state::changes() const noexcept {
  std::uint64_t sum = 0;
  for (const auto* runner : runners)
    sum += runner->changes();
  for (const auto* shard : shards)
    sum += shard->expired.get();
  return sum;
}

// -- pause --------------------------------------------------------------------------------------

void server_state::pause(pauser by, std::int64_t now_ms, std::int64_t until_ms, bool writes_only) {
  auto& wish = pauses_[by];
  // One that is over must not make this one stronger.
  if (wish.until_ms <= now_ms)
    wish = {};
  wish.until_ms = std::max(wish.until_ms, until_ms);
  wish.all = wish.all || !writes_only;
  apply_pauses();
}

void server_state::unpause(pauser by) {
  pauses_[by] = {};
  apply_pauses();
}

void server_state::apply_pauses() {
  pause_wish sum;
  for (const auto& wish : pauses_) {
    sum.until_ms = std::max(sum.until_ms, wish.until_ms);
    sum.all = sum.all || wish.all;
  }
  gates.pause_until_ms.store(sum.until_ms, std::memory_order_relaxed);
  access.keep_expired_until_ms.store(sum.until_ms, std::memory_order_relaxed);
  gates.set(gate_pause_writes, sum.until_ms != 0 && !sum.all);
  gates.set(gate_pause_all, sum.all);
  if (hooks.pause_changed)
    hooks.pause_changed();
}

// -- statistics ---------------------------------------------------------------------------------

command_totals server_state::commands_so_far(bool with_latency) const {
  command_totals sums;
  sums.rows.resize(rows.size());
  for (const auto* runner : runners)
    sums.add(*runner, with_latency);
  sums.subtract(commands_before_);
  sums.fold_hidden(rows);
  return sums;
}

traffic_totals server_state::traffic_since_start() const {
  traffic_totals sums;
  for (const auto* loop : loops) {
    sums.connections_received += loop->connections_received.get();
    sums.connections_rejected += loop->connections_rejected.get();
    sums.bytes_in += loop->bytes_in.get();
    sums.bytes_out += loop->bytes_out.get();
    sums.reads += loop->reads.get();
    sums.writes += loop->writes.get();
    sums.query_buffer_limit_disconnections += loop->query_buffer_limit_disconnections.get();
    sums.output_buffer_limit_disconnections += loop->output_buffer_limit_disconnections.get();
    sums.clients_evicted += loop->clients_evicted.get();
    sums.turns += loop->turns.get();
    sums.turns_ns += loop->turns_ns.get();
  }
  for (const auto* shard : shards) {
    sums.hits += shard->hits.get();
    sums.misses += shard->misses.get();
    sums.expired += shard->expired.get();
  }
  sums.reclaimed = reclaimed_since_start();
  return sums;
}

std::uint64_t server_state::reclaimed_since_start() const noexcept {
  auto sum = reclaimed.get();
  for (const auto* shard : shards)
    sum += shard->reclaimed_here.get();
  return sum;
}

std::uint64_t server_state::garbage() const noexcept {
  const auto freed = reclaimed_since_start();
  std::uint64_t all = 0;
  for (const auto* shard : shards)
    all += shard->garbage.objects_ever();
  return all - std::min(all, freed);
}

traffic_totals server_state::traffic_so_far() const {
  auto sums = traffic_since_start();
  for (const auto figure : traffic_totals::figures)
    sums.*figure -= std::min(sums.*figure, traffic_before_.*figure);
  return sums;
}

void server_state::reset_statistics() {
  command_totals sums;
  for (const auto* runner : runners)
    sums.add(*runner, true);
  commands_before_ = std::move(sums);
  traffic_before_ = traffic_since_start();
  auth_denied = 0;
  memory_peak_bytes = 0;
}

memory_figures server_state::memory() {
  auto figures = hooks.measure_memory ? hooks.measure_memory() : memory_figures{};
  memory_peak_bytes = std::max(memory_peak_bytes, figures.used);
  figures.peak = memory_peak_bytes;
  return figures;
}

cpu_figures server_state::cpu() const {
  return hooks.measure_cpu ? hooks.measure_cpu() : cpu_figures{};
}

// -- passwords ----------------------------------------------------------------------------------

bool password_is_set(const server_state& server) {
  return !server.options.text(option::requirepass).empty();
}

bool authenticate(server_state& server, protocol::session& client, std::string_view user,
                  std::string_view password) {
  // Without a password the default user is let in with any.
  const auto right = user == "default"
                     && (!password_is_set(server)
                         || same_secret(server.options.text(option::requirepass), password));
  if (!right) {
    ++server.auth_denied;
    return false;
  }
  client.set_authenticated(true);
  client.user = user;
  if (auto* record = server.record_of(client.id))
    record->user = user;
  return true;
}

} // namespace thespis::commands
