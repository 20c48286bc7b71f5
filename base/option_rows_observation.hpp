#pragma once

/// What the server tells about itself. See option_rows.hpp.

// clang-format off
#define THESPIS_OBSERVATION_OPTIONS(ROW) \
  ROW(slowlog_log_slower_than,           integer("10000", -1, int64_max)) \
  ROW(slowlog_max_len,                   integer("128", 0, int64_max)) \
  ROW(latency_monitor_threshold,         integer("0", 0, int64_max)) \
  ROW(latency_tracking,                  boolean("yes")) \
  ROW(latency_tracking_info_percentiles, words("50 99 99.9", latency_percentiles), multi_argument) \
  ROW(notify_keyspace_events,            event_classes())
// clang-format on
