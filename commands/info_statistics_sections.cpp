/// INFO about what was counted: stats, commandstats, errorstats, latencystats.

#include "base/time_units.hpp"
#include "commands/info_sections.hpp"
#include "commands/server_state.hpp"

#include <cmath>

namespace thespis::commands {

namespace {

std::uint64_t run_time_us(const command_totals& commands) {
  std::uint64_t ns = 0;
  for (const auto& command : commands.rows)
    ns += command.ns;
  return ns / base::ns_per_us;
}

void write_traffic(info_text& out, const server_state& server, const traffic_totals& traffic,
                   const command_totals& commands) {
  constexpr double bytes_per_kb = 1024;
  out.field("total_connections_received", traffic.connections_received);
  out.field("total_commands_processed", commands.calls());
  out.field("instantaneous_ops_per_sec", std::llround(server.commands_rate.per_second()));
  out.field("total_net_input_bytes", traffic.bytes_in);
  out.field("total_net_output_bytes", traffic.bytes_out);
  out.field("total_net_repl_input_bytes", 0);
  out.field("total_net_repl_output_bytes", 0);
  out.field("instantaneous_input_kbps", server.bytes_in_rate.per_second() / bytes_per_kb);
  out.field("instantaneous_output_kbps", server.bytes_out_rate.per_second() / bytes_per_kb);
  out.field("instantaneous_input_repl_kbps", 0.0);
  out.field("instantaneous_output_repl_kbps", 0.0);
  out.field("rejected_connections", traffic.connections_rejected);
  out.field("sync_full", 0);
  out.field("sync_partial_ok", 0);
  out.field("sync_partial_err", 0);
}

void write_keyspace_counts(info_text& out, const traffic_totals& traffic,
                           const server_state::topic_figures& topics) {
  out.field("expired_keys", traffic.expired);
  out.field("expired_stale_perc", 0.0);
  out.field("expired_time_cap_reached_count", 0);
  out.field("expire_cycle_cpu_milliseconds", 0);
  out.field("evicted_keys", 0);
  out.field("evicted_clients", traffic.clients_evicted);
  out.field("total_eviction_exceeded_time", 0);
  out.field("current_eviction_exceeded_time", 0);
  out.field("keyspace_hits", traffic.hits);
  out.field("keyspace_misses", traffic.misses);
  out.field("pubsub_channels", topics.channels.get());
  out.field("pubsub_patterns", topics.patterns.get());
  out.field("pubsubshard_channels", topics.shard_channels.get());
  out.field("latest_fork_usec", 0);
  out.field("total_forks", 0);
  out.field("migrate_cached_sockets", 0);
  out.field("slave_expires_tracked_keys", 0);
}

void write_absent_features(info_text& out) {
  out.field("active_defrag_hits", 0);
  out.field("active_defrag_misses", 0);
  out.field("active_defrag_key_hits", 0);
  out.field("active_defrag_key_misses", 0);
  out.field("total_active_defrag_time", 0);
  out.field("current_active_defrag_time", 0);
}

void write_tracking(info_text& out, const server_state& server) {
  std::uint64_t keys = 0;
  std::uint64_t copies = 0;
  for (const auto* const shard : server.shards) {
    keys += shard->tracked.key_count.get();
    copies += shard->tracked.copy_count.get();
  }
  out.field("tracking_total_keys", keys);
  out.field("tracking_total_items", copies);
  out.field("tracking_total_prefixes", server.topics.key_prefixes.get());
}

void write_loop_counts(info_text& out, const server_state& server, const traffic_totals& traffic,
                       const command_totals& commands) {
  out.field("unexpected_error_replies", 0);
  out.field("total_error_replies", commands.error_replies());
  out.field("dump_payload_sanitizations", 0);
  out.field("total_reads_processed", traffic.reads);
  out.field("total_writes_processed", traffic.writes);
  const auto threaded = server.facts.event_loops > 1;
  out.field("io_threaded_reads_processed", threaded ? traffic.reads : 0);
  out.field("io_threaded_writes_processed", threaded ? traffic.writes : 0);
  // Since 7.4.
  out.field("client_query_buffer_limit_disconnections", traffic.query_buffer_limit_disconnections);
  out.field("client_output_buffer_limit_disconnections",
            traffic.output_buffer_limit_disconnections);
  out.field("reply_buffer_shrinks", 0);
  out.field("reply_buffer_expands", 0);
  out.field("eventloop_cycles", traffic.turns);
  out.field("eventloop_duration_sum", traffic.turns_ns / base::ns_per_us);
  out.field("eventloop_duration_cmd_sum", run_time_us(commands));
  out.field("instantaneous_eventloop_cycles_per_sec", std::llround(server.turns_rate.per_second()));
  out.field("instantaneous_eventloop_duration_usec",
            traffic.turns == 0 ? 0 : traffic.turns_ns / traffic.turns / base::ns_per_us);
}

/// "50", "99.9": as in the option.
std::string percentile_name(double percent) {
  return fmt::format("{}", percent);
}

} // namespace

void write_stats_section(info_text& out, server_state& server, keyspace::instant) {
  const auto traffic = server.traffic_so_far();
  const auto commands = server.commands_so_far(false);
  write_traffic(out, server, traffic, commands);
  write_keyspace_counts(out, traffic, server.topics);
  write_absent_features(out);
  write_tracking(out, server);
  write_loop_counts(out, server, traffic, commands);
  out.field("acl_access_denied_auth", server.auth_denied);
  out.field("acl_access_denied_cmd", 0);
  out.field("acl_access_denied_key", 0);
  out.field("acl_access_denied_channel", 0);
}

void write_commandstats_section(info_text& out, server_state& server, keyspace::instant) {
  const auto commands = server.commands_so_far(false);
  for (std::size_t i = 0; i < server.rows.size(); ++i) {
    const auto& seen = commands.rows[i];
    if (seen.calls == 0 && seen.rejected == 0 && seen.failed == 0)
      continue;
    const auto us = static_cast<double>(seen.ns) / static_cast<double>(base::ns_per_us);
    out.line("cmdstat_{}:calls={},usec={},usec_per_call={:.2f},rejected_calls={},failed_calls={}",
             server.rows[i].name, seen.calls, seen.ns / base::ns_per_us,
             seen.calls == 0 ? 0.0 : us / static_cast<double>(seen.calls), seen.rejected,
             seen.failed);
  }
}

void write_errorstats_section(info_text& out, server_state& server, keyspace::instant) {
  for (const auto& [code, times] : server.commands_so_far(false).errors)
    out.line("errorstat_{}:count={}", code, times);
}

void write_latencystats_section(info_text& out, server_state& server, keyspace::instant) {
  if (!server.options.is_on(base::option::latency_tracking))
    return;
  const auto commands = server.commands_so_far(true);
  const auto percentiles = server.options.latency_percentiles();
  for (std::size_t i = 0; i < server.rows.size(); ++i) {
    const auto& times = commands.rows[i].latency;
    if (times == nullptr)
      continue;
    std::string values;
    for (const auto percent : percentiles) {
      const auto us = static_cast<double>(times->percentile_ns(percent))
                      / static_cast<double>(base::ns_per_us);
      fmt::format_to(std::back_inserter(values), "{}p{}={:.3f}", values.empty() ? "" : ",",
                     percentile_name(percent), us);
    }
    out.line("latency_percentiles_usec_{}:{}", server.rows[i].name, values);
  }
}

} // namespace thespis::commands
