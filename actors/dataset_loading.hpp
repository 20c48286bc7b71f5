#pragma once

/// The data set of a file on its way into the partitions, as all who take part in it see it: a
/// thread reads the file, every partition takes its entries, whoever began it waits for the end.

#include "keyspace/shard.hpp"
#include "persistence/entry_block.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

namespace thespis::actors {

/// The time, by which it is judged what has expired, while a journal is replayed: whatever has
/// expired in the meantime had not when the request was made.
inline constexpr std::int64_t nothing_has_expired_ms = 1;

struct dataset_loading {
  /// Called by the owner of the shard. The first fault of all is kept.
  void load(const persistence::entry_block& block, keyspace::shard& to,
            keyspace::instant now) noexcept;
  void fail(std::string why) noexcept;
  std::string fault() const;

  /// What has expired is loaded as well: what is done to it is still to come.
  bool keeps_expired = false;

  std::atomic<bool> failed{false};
  /// Of blocks that no partition has taken yet.
  std::atomic<std::size_t> bytes_waiting{0};
  std::atomic<std::uint64_t> loaded{0};
  std::atomic<std::uint64_t> expired{0};

private:
  mutable std::mutex lock_;
  std::string fault_;
};

} // namespace thespis::actors
