#pragma once

/// Where a key lives: its Redis Cluster slot, and the partition that owns the slot.
///
/// The slot is crc16(tag) mod 16384. The tag is what stands between the key's first '{' and the
/// next '}', or the whole key where that is missing or empty; so `{user1}:a` and `{user1}:b` share
/// a slot. Partitions own contiguous ranges of slots whose sizes differ by at most one.

#include <cstdint>
#include <string_view>

namespace thespis::keyspace {

inline constexpr unsigned slot_count = 16384;

/// The part of the key that decides. Cost: O(length).
std::string_view hash_tag(std::string_view key) noexcept;

/// 0 … 16383.
std::uint16_t key_slot(std::string_view key) noexcept;

/// The partition that owns `slot`. REQUIRES: 0 < partition_count <= slot_count, slot < slot_count.
constexpr unsigned partition_of_slot(unsigned slot, unsigned partition_count) noexcept {
  return slot * partition_count / slot_count;
}

/// The first slot of `partition`; its range ends before first_slot_of(partition + 1).
constexpr unsigned first_slot_of(unsigned partition, unsigned partition_count) noexcept {
  return (partition * slot_count + partition_count - 1) / partition_count;
}

inline unsigned partition_of_key(std::string_view key, unsigned partition_count) noexcept {
  return partition_of_slot(key_slot(key), partition_count);
}

} // namespace thespis::keyspace
