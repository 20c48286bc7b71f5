#pragma once

/// The numbers of the RDB format: versions, kinds of values, opcodes. docs/rdb-format.md has the
/// layouts. Source: Redis, "RDB file format", and the files that its versions write.

#include <cstdint>

namespace thespis::persistence {

/// The newest version of Redis that is read: that of 8.0.
inline constexpr std::uint16_t rdb_version_max = 12;
/// That of Valkey 9. Those between belong to nobody; up to 11 Valkey's are those of Redis.
inline constexpr std::uint16_t rdb_version_valkey = 80;
/// What is written where the data allows it: Redis 7.0 and later read it.
inline constexpr std::uint16_t rdb_version_default = 10;
/// What hashes whose fields expire need.
inline constexpr std::uint16_t rdb_version_field_expiry = 12;

/// How a value is written: the byte in front of its key, or of a payload of DUMP. Bytes that mean
/// something else in Valkey's version have more bits here.
enum class rdb_type : std::uint16_t {
  string = 0,
  list = 1,
  set = 2,
  zset = 3,
  hash = 4,
  zset_binary_scores = 5,
  module_old = 6,
  module = 7,
  hash_zipmap = 9,
  list_ziplist = 10,
  set_intset = 11,
  zset_ziplist = 12,
  hash_ziplist = 13,
  list_quicklist = 14,
  stream = 15,
  hash_listpack = 16,
  zset_listpack = 17,
  list_quicklist_2 = 18,
  /// With first ID, highest deleted ID and the counters of entries.
  stream_2 = 19,
  set_listpack = 20,
  /// With the times at which consumers were active.
  stream_3 = 21,
  /// Of release candidates of Redis 7.4: with absolute times.
  hash_expiry_candidate = 22,
  hash_listpack_expiry_candidate = 23,
  hash_expiry = 24,
  hash_listpack_expiry = 25,
  valkey_hash_expiry = 0x100 | 22,
};

/// What the byte means in that version.
constexpr rdb_type rdb_type_of(std::uint8_t code, std::uint16_t version) noexcept {
  constexpr std::uint8_t valkey_hash_expiry = 22;
  return version == rdb_version_valkey && code == valkey_hash_expiry ? rdb_type::valkey_hash_expiry
                                                                     : rdb_type{code};
}

/// What stands in a file instead of a kind of value.
enum class rdb_opcode : std::uint8_t {
  slot_info = 244,
  function = 245,
  function_candidate = 246,
  module_aux = 247,
  idle = 248,
  freq = 249,
  aux = 250,
  resize_db = 251,
  expire_ms = 252,
  expire_seconds = 253,
  select_db = 254,
  end = 255,
};

/// What a node of a quicklist_2 holds.
enum class quicklist_container : std::uint8_t { plain = 1, packed = 2 };

} // namespace thespis::persistence
