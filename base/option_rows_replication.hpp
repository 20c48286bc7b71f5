#pragma once

/// Replicas and their master. See option_rows.hpp.

// clang-format off
#define THESPIS_REPLICATION_OPTIONS(ROW) \
  ROW(replicaof,                        words("no one", replicaof) \
                                          .alias("slaveof"), immutable | multi_argument) \
  ROW(masterauth,                       text("").binary(), sensitive | nullable) \
  ROW(masteruser,                       text(""), sensitive | nullable) \
  ROW(replica_announce_ip,              text("").alias("slave-announce-ip"), nullable) \
  ROW(replica_announce_port,            integer("0", 0, 65535).alias("slave-announce-port")) \
  ROW(replica_announced,                boolean("yes")) \
  ROW(replica_priority,                 integer("100", 0, int_max).alias("slave-priority")) \
  ROW(replica_read_only,                boolean("yes").alias("slave-read-only")) \
  ROW(replica_serve_stale_data,         boolean("yes").alias("slave-serve-stale-data")) \
  ROW(replica_lazy_flush,               boolean("no").alias("slave-lazy-flush")) \
  ROW(replica_ignore_maxmemory,         boolean("yes").alias("slave-ignore-maxmemory")) \
  ROW(replica_ignore_disk_write_errors, boolean("no")) \
  ROW(repl_timeout,                     integer("60", 1, int_max)) \
  ROW(repl_ping_replica_period,         integer("10", 1, int_max).alias("repl-ping-slave-period")) \
  ROW(repl_disable_tcp_nodelay,         boolean("no")) \
  ROW(repl_backlog_size,                memory("1mb", 1, int64_max).adjusted(backlog_size)) \
  ROW(repl_backlog_ttl,                 integer("3600", 0, int64_max)) \
  ROW(repl_diskless_sync,               boolean("yes")) \
  ROW(repl_diskless_sync_delay,         integer("5", 0, int_max)) \
  ROW(repl_diskless_sync_max_replicas,  integer("0", 0, int_max)) \
  ROW(repl_diskless_load,               one_of(diskless_loads, "disabled"), deny_loading) \
  ROW(min_replicas_to_write,            integer("0", 0, int_max).alias("min-slaves-to-write")) \
  ROW(min_replicas_max_lag,             integer("10", 0, int_max).alias("min-slaves-max-lag")) \
  ROW(propagation_error_behavior,       one_of(propagation_errors, "ignore"))
// clang-format on
