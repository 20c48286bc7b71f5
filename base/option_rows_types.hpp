#pragma once

/// Up to which size a value keeps its compact encoding. See option_rows.hpp.

// clang-format off
#define THESPIS_TYPES_OPTIONS(ROW) \
  ROW(hash_max_listpack_entries, integer("512", 0, int64_max).alias("hash-max-ziplist-entries")) \
  ROW(hash_max_listpack_value,   memory("64", 0, int64_max).alias("hash-max-ziplist-value")) \
  ROW(list_max_listpack_size,    integer("-2", int_min, int_max).alias("list-max-ziplist-size")) \
  ROW(list_compress_depth,       integer("0", 0, int_max)) \
  ROW(set_max_intset_entries,    integer("512", 0, int64_max)) \
  ROW(set_max_listpack_entries,  integer("128", 0, int64_max)) \
  ROW(set_max_listpack_value,    memory("64", 0, int64_max)) \
  ROW(zset_max_listpack_entries, integer("128", 0, int64_max).alias("zset-max-ziplist-entries")) \
  ROW(zset_max_listpack_value,   memory("64", 0, int64_max).alias("zset-max-ziplist-value")) \
  ROW(stream_node_max_bytes,     memory("4096", 0, int64_max)) \
  ROW(stream_node_max_entries,   integer("100", 0, int64_max)) \
  ROW(hll_sparse_max_bytes,      memory("3000", 0, int64_max))
// clang-format on
