#pragma once

/// Redis Cluster. See option_rows.hpp.

// clang-format off
#define THESPIS_CLUSTER_OPTIONS(ROW) \
  ROW(cluster_enabled,                     boolean("no"), immutable) \
  ROW(cluster_config_file,                 text("nodes.conf"), immutable) \
  ROW(cluster_port,                        integer("0", 0, 65535), immutable) \
  ROW(cluster_node_timeout,                integer("15000", 0, int64_max)) \
  ROW(cluster_announce_ip,                 text(""), nullable) \
  ROW(cluster_announce_port,               integer("0", 0, 65535)) \
  ROW(cluster_announce_bus_port,           integer("0", 0, 65535)) \
  ROW(cluster_announce_tls_port,           integer("0", 0, 65535)) \
  ROW(cluster_announce_hostname,           text("").checked(announced_host_name), nullable) \
  ROW(cluster_announce_human_nodename,     text("").checked(announced_node_name), nullable) \
  ROW(cluster_preferred_endpoint_type,     one_of(endpoint_types, "ip")) \
  ROW(cluster_require_full_coverage,       boolean("yes")) \
  ROW(cluster_allow_reads_when_down,       boolean("no")) \
  ROW(cluster_allow_pubsubshard_when_down, boolean("yes")) \
  ROW(cluster_allow_replica_migration,     boolean("yes")) \
  ROW(cluster_migration_barrier,           integer("1", 0, int_max)) \
  ROW(cluster_replica_validity_factor,     integer("10", 0, int_max) \
                                             .alias("cluster-slave-validity-factor")) \
  ROW(cluster_replica_no_failover,         boolean("no").alias("cluster-slave-no-failover")) \
  ROW(cluster_link_sendbuf_limit,          memory("0", 0, uint64_max))
// clang-format on
