/// What redis.conf may say in vain. An operator who asks for a journal, a replica or a limit of
/// memory and gets none must hear of it at the start, not after the first crash.
///
/// Not here: settings that do half of what they should (docs/compatibility.md has them), and those
/// that the configuration refuses outright, because to go on without them would be unsafe.

#include "server/settings_without_effect.hpp"

#include "base/option_rows.hpp"

#include <fmt/format.h>

namespace thespis::server {

using enum base::option;

std::span<const settings_in_waiting> settings_without_effect() {
  // clang-format off
  static const settings_in_waiting table[] = {
    {"the journal is written in one way only",
     {no_appendfsync_on_rewrite, aof_use_rdb_preamble, aof_rewrite_incremental_fsync,
      aof_disable_auto_gc}},
    {"snapshots are written and loaded in one way only",
     {rdb_del_sync_files, rdb_save_incremental_fsync, rdb_key_save_delay,
      loading_process_events_interval_bytes, sanitize_dump_payload}},
    {"there is no replication",
     {replicaof, masterauth, masteruser, replica_announce_ip, replica_announce_port,
      replica_announced, replica_priority, replica_read_only, replica_serve_stale_data,
      replica_lazy_flush, replica_ignore_maxmemory, replica_ignore_disk_write_errors, repl_timeout,
      repl_ping_replica_period, repl_disable_tcp_nodelay, repl_backlog_size, repl_backlog_ttl,
      repl_diskless_sync, repl_diskless_sync_delay, repl_diskless_sync_max_replicas,
      repl_diskless_load, propagation_error_behavior, bind_source_addr}},
    {"writes are taken however few replicas there are",
     {min_replicas_to_write, min_replicas_max_lag}},
    {"the server is no node of a cluster",
     {cluster_enabled, cluster_config_file, cluster_port, cluster_node_timeout,
      cluster_announce_ip, cluster_announce_port, cluster_announce_bus_port,
      cluster_announce_tls_port, cluster_announce_hostname, cluster_announce_human_nodename,
      cluster_preferred_endpoint_type, cluster_require_full_coverage,
      cluster_allow_reads_when_down, cluster_allow_pubsubshard_when_down,
      cluster_allow_replica_migration, cluster_migration_barrier,
      cluster_replica_validity_factor, cluster_replica_no_failover, cluster_link_sendbuf_limit}},
    {"connections are not encrypted",
     {tls_cert_file, tls_key_file, tls_key_file_pass, tls_client_cert_file,
      tls_client_key_file, tls_client_key_file_pass, tls_dh_params_file, tls_ca_cert_file,
      tls_ca_cert_dir, tls_auth_clients, tls_replication, tls_cluster, tls_protocols, tls_ciphers,
      tls_ciphersuites, tls_prefer_server_ciphers, tls_session_caching, tls_session_cache_size,
      tls_session_cache_timeout}},
    {"memory is not limited and nothing is evicted",
     {maxmemory, maxmemory_samples, maxmemory_eviction_tenacity, lazyfree_lazy_eviction}},
    {"what clients take is not limited",
     {maxmemory_clients}},
    {"what takes long to free is always freed in the background",
     {lazyfree_lazy_expire, lazyfree_lazy_server_del, lazyfree_lazy_user_del,
      lazyfree_lazy_user_flush}},
    {"memory is not moved around",
     {active_defrag_cycle_min, active_defrag_cycle_max, active_defrag_threshold_lower,
      active_defrag_threshold_upper, active_defrag_ignore_bytes, active_defrag_max_scan_fields}},
    {"the allocator and the kernel keep their own ways",
     {oom_score_adj, oom_score_adj_values, disable_thp}},
    {"there are no warnings of that kind", {ignore_warnings}},
    {"tables have no rehashing, expiry no cycles",
     {activerehashing, active_expire_effort, hz, dynamic_hz}},
    {"lists are not compressed", {list_compress_depth}},
    {"there is one user, default", {acllog_max_len, acl_pubsub_default}},
    {"modules cannot be loaded", {enable_module_command}},
    {"texts are compared byte by byte", {locale_collate}},
    {"the number of threads is the setting threads", {io_threads, io_threads_do_reads}},
    {"threads run on any core",
     {server_cpulist, bio_cpulist, aof_rewrite_cpulist, bgsave_cpulist}},
    {"sockets are not marked", {socket_mark_id}},
    {"a signal ends the server as SHUTDOWN without words does",
     {shutdown_timeout, shutdown_on_sigint, shutdown_on_sigterm}},
    {"the log goes to a file or to standard output",
     {syslog_enabled, syslog_ident, syslog_facility}},
    {"the process keeps its name", {set_proc_title, proc_title_template}},
    {"there is no logo", {always_show_logo}},
    {"there is no report of a crash beside the last line of the log",
     {crash_log_enabled, crash_memcheck_enabled, use_exit_on_panic, enable_debug_assert,
      watchdog_period}},
  };
  // clang-format on
  return table;
}

namespace {

bool is_set(const base::options& settings, base::option which) {
  if (which == save)
    return settings.is_loaded(save) && !settings.save_points().empty();
  return !settings.is_default(which);
}

} // namespace

std::vector<std::string> explain_settings_without_effect(const base::options& settings) {
  std::vector<std::string> sentences;
  for (const auto& group : settings_without_effect())
    for (auto which : group.options)
      if (is_set(settings, which))
        sentences.push_back(fmt::format("{} is set but has no effect in this version: {}",
                                        base::row_of(which).name, group.meaning));
  return sentences;
}

} // namespace thespis::server
