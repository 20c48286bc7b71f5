/// INFO about the data and its copies: persistence, replication, modules, cluster, keyspace.

#include "base/time_units.hpp"
#include "commands/info_sections.hpp"
#include "commands/memory_report.hpp"
#include "commands/server_state.hpp"

#include <algorithm>

namespace thespis::commands {

using base::option;

namespace {

constexpr std::string_view no_replication_id = "0000000000000000000000000000000000000000";

void write_snapshot_fields(info_text& out, const server_state& server, keyspace::instant now) {
  const auto& saving = server.saving;
  out.field("rdb_changes_since_last_save", server.changes() - saving.changes_saved);
  out.field("rdb_bgsave_in_progress", saving.running);
  out.field("rdb_last_save_time", saving.last_success_ms / base::ms_per_s);
  out.field("rdb_last_bgsave_status", saving.last_succeeded ? "ok" : "err");
  out.field("rdb_last_bgsave_time_sec", saving.last_seconds);
  out.field("rdb_current_bgsave_time_sec",
            saving.running ? (now.ms - saving.began_ms) / base::ms_per_s : save_status::none);
  out.field("rdb_saves", saving.successes);
  out.field("rdb_last_cow_size", 0);
  out.field("rdb_last_load_keys_expired", saving.keys_expired);
  out.field("rdb_last_load_keys_loaded", saving.keys_loaded);
}

void write_journal_fields(info_text& out, const server_state& server, keyspace::instant now) {
  const auto& status = server.journaling;
  const auto figures = server.hooks.measure_journal ? server.hooks.measure_journal()
                                                    : journal_figures{};
  out.field("aof_enabled", figures.is_on);
  out.field("aof_rewrite_in_progress", status.rewriting);
  out.field("aof_rewrite_scheduled", status.scheduled);
  out.field("aof_last_rewrite_time_sec", status.last_seconds);
  out.field("aof_current_rewrite_time_sec",
            status.rewriting ? (now.ms - status.began_ms) / base::ms_per_s : journal_status::none);
  out.field("aof_last_bgrewrite_status", status.last_succeeded ? "ok" : "err");
  out.field("aof_rewrites", status.rewrites);
  out.field("aof_rewrites_consecutive_failures", status.failures_in_a_row);
  out.field("aof_last_write_status", figures.has_failed ? "err" : "ok");
  out.field("aof_last_cow_size", 0);
}

void write_journal_progress(info_text& out, const server_state& server) {
  if (!server.hooks.measure_journal)
    return;
  const auto figures = server.hooks.measure_journal();
  if (!figures.is_on)
    return;
  out.field("aof_current_size", figures.bytes);
  out.field("aof_base_size", figures.base_bytes);
  out.field("aof_pending_rewrite", 0);
  out.field("aof_buffer_length", figures.buffered_bytes);
  out.field("aof_pending_bio_fsync", figures.is_synchronising);
  out.field("aof_delayed_fsync", figures.delayed_syncs);
}

} // namespace

void write_persistence_section(info_text& out, server_state& server, keyspace::instant now) {
  out.field("loading", server.gates.is_up(gate_loading));
  out.field("async_loading", 0);
  out.field("current_cow_peak", 0);
  out.field("current_cow_size", 0);
  out.field("current_cow_size_age", 0);
  out.field("current_fork_perc", 0.0);
  out.field("current_save_keys_processed", 0);
  out.field("current_save_keys_total", 0);
  write_snapshot_fields(out, server, now);
  write_journal_fields(out, server, now);
  out.field("module_fork_in_progress", 0);
  out.field("module_fork_last_cow_size", 0);
  write_journal_progress(out, server);
}

void write_replication_section(info_text& out, server_state& server, keyspace::instant) {
  out.field("role", "master");
  out.field("connected_slaves", 0);
  out.field("master_failover_state", "no-failover");
  out.field("master_replid", server.facts.replication_id);
  out.field("master_replid2", no_replication_id);
  out.field("master_repl_offset", 0);
  out.field("second_repl_offset", -1);
  out.field("repl_backlog_active", 0);
  out.field("repl_backlog_size", server.options.bytes(option::repl_backlog_size));
  out.field("repl_backlog_first_byte_offset", 0);
  out.field("repl_backlog_histlen", 0);
}

void write_modules_section(info_text&, server_state&, keyspace::instant) {
  // There are none.
}

void write_cluster_section(info_text& out, server_state&, keyspace::instant) {
  out.field("cluster_enabled", 0);
}

void write_keyspace_section(info_text& out, server_state& server, keyspace::instant now) {
  for (const auto& database : count_keys(server))
    out.line("db{}:keys={},expires={},avg_ttl={}", database.index, database.keys, database.expires,
             std::max<std::int64_t>(database.average_expiry_ms - now.ms, 0));
}

} // namespace thespis::commands
