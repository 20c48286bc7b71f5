#pragma once

/// Snapshots and the append-only file. See option_rows.hpp.

// clang-format off
#define THESPIS_PERSISTENCE_OPTIONS(ROW) \
  ROW(dir,                                   text("."), guarded | deny_loading) \
  ROW(save,                                  words("3600 1 300 100 60 10000", save), \
                                               multi_argument) \
  ROW(dbfilename,                            text("dump.rdb").checked(dump_file_name), guarded) \
  ROW(rdbcompression,                        boolean("yes")) \
  ROW(rdbchecksum,                           boolean("yes"), immutable) \
  ROW(rdb_version,                           integer("10", 10, 12)) \
  ROW(rdb_del_sync_files,                    boolean("no")) \
  ROW(rdb_save_incremental_fsync,            boolean("yes")) \
  ROW(rdb_key_save_delay,                    integer("0", int_min, int_max), hidden) \
  ROW(key_load_delay,                        integer("0", int_min, int_max), hidden) \
  ROW(loading_process_events_interval_bytes, memory("2mb", 1024, int_max), hidden) \
  ROW(stop_writes_on_bgsave_error,           boolean("yes")) \
  ROW(appendonly,                            boolean("no"), deny_loading) \
  ROW(appendfsync,                           one_of(fsync_policies, "everysec")) \
  ROW(appendfilename,                        text("appendonly.aof") \
                                               .checked(append_file_name), immutable) \
  ROW(appenddirname,                         text("appendonlydir") \
                                               .checked(append_directory_name), immutable) \
  ROW(no_appendfsync_on_rewrite,             boolean("no")) \
  ROW(auto_aof_rewrite_percentage,           integer("100", 0, int_max)) \
  ROW(auto_aof_rewrite_min_size,             memory("64mb", 0, int64_max)) \
  ROW(aof_load_truncated,                    boolean("yes")) \
  ROW(aof_use_rdb_preamble,                  boolean("yes")) \
  ROW(aof_timestamp_enabled,                 boolean("no")) \
  ROW(aof_checksum,                          boolean("yes"), immutable) \
  ROW(aof_rewrite_incremental_fsync,         boolean("yes")) \
  ROW(aof_disable_auto_gc,                   boolean("no"))
// clang-format on
