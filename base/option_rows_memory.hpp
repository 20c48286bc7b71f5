#pragma once

/// Memory: its limit, eviction, lazy frees, defragmentation. See option_rows.hpp.

// clang-format off
#define THESPIS_MEMORY_OPTIONS(ROW) \
  ROW(maxmemory,                     memory("0", 0, uint64_max)) \
  ROW(maxmemory_policy,              one_of(eviction_policies, "noeviction")) \
  ROW(maxmemory_samples,             integer("5", 1, int_max)) \
  ROW(maxmemory_eviction_tenacity,   integer("10", 0, 100)) \
  ROW(lfu_log_factor,                integer("10", 0, int_max)) \
  ROW(lfu_decay_time,                integer("1", 0, int_max)) \
  ROW(active_expire_effort,          integer("1", 1, 10)) \
  ROW(activerehashing,               boolean("yes")) \
  ROW(lazyfree_lazy_eviction,        boolean("no")) \
  ROW(lazyfree_lazy_expire,          boolean("no")) \
  ROW(lazyfree_lazy_server_del,      boolean("no")) \
  ROW(lazyfree_lazy_user_del,        boolean("no")) \
  ROW(lazyfree_lazy_user_flush,      boolean("no")) \
  ROW(activedefrag,                  boolean("no").checked(defragmentation)) \
  ROW(active_defrag_cycle_min,       integer("1", 1, 99)) \
  ROW(active_defrag_cycle_max,       integer("25", 1, 99)) \
  ROW(active_defrag_threshold_lower, integer("10", 0, 1000)) \
  ROW(active_defrag_threshold_upper, integer("100", 0, 1000)) \
  ROW(active_defrag_ignore_bytes,    memory("100mb", 1, int64_max)) \
  ROW(active_defrag_max_scan_fields, integer("1000", 1, int64_max)) \
  ROW(jemalloc_bg_thread,            boolean("yes")) \
  ROW(oom_score_adj,                 one_of(oom_score_modes, "no")) \
  ROW(oom_score_adj_values,          words("0 200 800", oom_score_adj_values), multi_argument)
// clang-format on
