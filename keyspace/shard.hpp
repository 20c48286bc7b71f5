#pragma once

/// The data of one partition: its slice of all databases, with the counters that INFO adds up. The
/// partition actor owns it; a rendezvous lends it to the thread that runs the body.

#include "base/counter.hpp"
#include "base/random.hpp"
#include "keyspace/database.hpp"
#include "keyspace/discarded.hpp"
#include "keyspace/effects.hpp"
#include "keyspace/tracking_table.hpp"
#include "types/packed_limits.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace thespis::keyspace {

class shard_walk;

struct packed_setting {
  std::atomic<std::size_t> entries{128};
  std::atomic<std::size_t> element_bytes{64};

  types::packed_limits get() const noexcept {
    return {entries.load(std::memory_order_relaxed), element_bytes.load(std::memory_order_relaxed)};
  }
};

/// Settings that look-ups and commands need, the same for all partitions; the administrator sets
/// them.
struct access_settings {
  /// Whether the access clock of entries counts frequency (an LFU policy) or time.
  std::atomic<bool> lfu{false};
  std::atomic<int> lfu_log_factor{10};
  std::atomic<int> lfu_decay_minutes{1};
  /// Whether expired keys go without being asked for.
  std::atomic<bool> active_expiry{true};
  /// Until then (Unix ms) no key is deleted for having expired: to those who read it is not there.
  std::atomic<std::int64_t> keep_expired_until_ms{0};
  /// Whether the tables of databases give memory back when keys go (DEBUG DICT-RESIZING).
  std::atomic<bool> tables_shrink{true};
  /// Up to what collections are packed (*-max-listpack-*, set-max-intset-entries).
  packed_setting hash_packed;
  packed_setting set_packed;
  packed_setting zset_packed;
  std::atomic<std::size_t> set_intset_entries{512};
  /// list-max-listpack-size: a number of elements, or if negative a class of bytes.
  std::atomic<int> list_packed_size{-2};
  /// Whether what goes into files and payloads is compressed (rdbcompression).
  std::atomic<bool> compress{true};
  /// Payloads are taken whatever their checksum says (DEBUG SET-SKIP-CHECKSUM-VALIDATION).
  std::atomic<bool> skip_checksums{false};
  std::atomic<std::size_t> hll_sparse_bytes_max{3000};
  /// Where a stream begins another block (stream-node-max-*); 0: no limit of that kind.
  std::atomic<std::size_t> stream_node_bytes{4096};
  std::atomic<std::size_t> stream_node_entries{100};
  /// Of how many keys of a shard copies are tracked (tracking-table-max-keys); 0: no limit.
  std::atomic<std::size_t> tracked_keys_max{0};
  /// No string grows beyond it (proto-max-bulk-len).
  std::atomic<std::size_t> string_bytes_max{512 * std::size_t{1024} * 1024};
};

struct shard {
  shard(std::size_t database_count, std::uint64_t seed, const access_settings& settings);
  ~shard();

  /// What the databases let go of and nobody has freed yet.
  discarded garbage;
  std::vector<database> databases;
  /// While a snapshot is taken; see point_in_time.hpp.
  std::unique_ptr<shard_walk> walk;
  effects changes;
  tracking_table tracked;
  base::random_bits random;
  const access_settings& access;

  base::counter hits;
  base::counter misses;
  base::counter expired;
  /// Objects of `garbage` that its owner had to free himself.
  base::counter reclaimed_here;
  /// Per database: number of keys and of keys with expiry, published for INFO after each batch.
  std::vector<base::counter> keys;
  std::vector<base::counter> expires;
  /// Their average time of expiry, Unix ms; means nothing without any.
  std::vector<base::counter> average_expiry_ms;
};

} // namespace thespis::keyspace
