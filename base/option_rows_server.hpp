#pragma once

/// The process: how it starts, logs, uses cores and stops. See option_rows.hpp.

// clang-format off
#define THESPIS_SERVER_OPTIONS(ROW) \
  /* event loops; 0: one per core */ \
  ROW(threads,                integer("0", 0, 1024), immutable) \
  /* slices of the keyspace; 0: as many as threads */ \
  ROW(partitions,             integer("0", 0, 16384), immutable) \
  ROW(databases,              integer("16", 1, int_max), immutable) \
  ROW(daemonize,              boolean("no"), immutable) \
  ROW(supervised,             one_of(supervisions, "no"), immutable) \
  ROW(pidfile,                text(""), immutable | nullable) \
  ROW(always_show_logo,       boolean("no"), immutable) \
  ROW(set_proc_title,         boolean("yes"), immutable) \
  ROW(proc_title_template,    text("{title} {listen-addr} {server-mode}").checked(process_title)) \
  ROW(loglevel,               one_of(log_levels, "notice")) \
  ROW(logfile,                text(""), immutable) \
  ROW(syslog_enabled,         boolean("no"), immutable) \
  ROW(syslog_ident,           text("redis"), immutable) \
  ROW(syslog_facility,        one_of(syslog_facilities, "local0"), immutable) \
  ROW(crash_log_enabled,      boolean("yes")) \
  ROW(crash_memcheck_enabled, boolean("yes")) \
  ROW(use_exit_on_panic,      boolean("no"), hidden) \
  ROW(enable_debug_assert,    boolean("no"), immutable | hidden) \
  ROW(watchdog_period,        integer("0", 0, int_max), hidden) \
  ROW(hz,                     integer("10", 0, int_max).adjusted(tick_rate)) \
  ROW(dynamic_hz,             boolean("yes")) \
  ROW(io_threads,             integer("1", 1, 128), immutable) \
  ROW(io_threads_do_reads,    boolean("no"), immutable) \
  ROW(server_cpulist,         text("").alias("server_cpulist"), immutable | nullable) \
  ROW(bio_cpulist,            text("").alias("bio_cpulist"), immutable | nullable) \
  ROW(aof_rewrite_cpulist,    text("").alias("aof_rewrite_cpulist"), immutable | nullable) \
  ROW(bgsave_cpulist,         text("").alias("bgsave_cpulist"), immutable | nullable) \
  ROW(disable_thp,            boolean("yes"), immutable) \
  ROW(ignore_warnings,        text("")) \
  ROW(locale_collate,         text("")) \
  ROW(shutdown_timeout,       integer("10", 0, int_max)) \
  ROW(shutdown_on_sigint,     some_of(shutdown_flags, "default") \
                                .checked(shutdown_options), multi_argument) \
  ROW(shutdown_on_sigterm,    some_of(shutdown_flags, "default") \
                                .checked(shutdown_options), multi_argument) \
  ROW(script_undeclared_keys, boolean("yes")) \
  ROW(busy_reply_threshold,   integer("5000", 0, int64_max).alias("lua-time-limit"))
// clang-format on
