#pragma once

/// Listening, connections, and what a client may use. See option_rows.hpp.

// clang-format off
#define THESPIS_NETWORK_OPTIONS(ROW) \
  ROW(bind,                       words("* -::*", bind), multi_argument) \
  ROW(bind_source_addr,           text(""), nullable) \
  ROW(port,                       integer("6379", 0, 65535)) \
  ROW(unixsocket,                 text(""), immutable | nullable) \
  ROW(unixsocketperm,             octal("0", 0777), immutable) \
  ROW(tcp_backlog,                integer("511", 0, int_max), immutable) \
  ROW(tcp_keepalive,              integer("300", 0, int_max)) \
  ROW(socket_mark_id,             integer("0", 0, uint_max), immutable) \
  ROW(timeout,                    integer("0", 0, int_max)) \
  ROW(maxclients,                 integer("10000", 1, uint_max)) \
  ROW(maxmemory_clients,          percent_or_memory("0", int64_max)) \
  ROW(client_query_buffer_limit,  memory("1gb", 1024 * 1024, int64_max)) \
  ROW(client_output_buffer_limit, \
      words("normal 1gb 256mb 60 slave 256mb 64mb 60 pubsub 32mb 8mb 60", client_output_buffer_limit), \
      multi_argument) \
  ROW(proto_max_bulk_len,         memory("512mb", 1024 * 1024, int64_max)) \
  ROW(tracking_table_max_keys,    integer("1000000", 0, int64_max))
// clang-format on
