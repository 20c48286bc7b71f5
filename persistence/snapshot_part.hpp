#pragma once

/// What one shard contributes to a snapshot: its entries as they were at the instant, in the RDB
/// format, in pieces that can be written one behind the other with those of other shards in
/// between.

#include "keyspace/point_in_time.hpp"
#include "persistence/rdb_file.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace thespis::persistence {

/// How many entries a database had.
struct database_size {
  std::uint64_t entries = 0;
  std::uint64_t expiring = 0;
};

class snapshot_part final : public keyspace::value_taker {
public:
  /// `sizes`: of all databases, by number.
  snapshot_part(const entry_format& how, std::vector<database_size> sizes);

  /// Without memory for it the part is void.
  void take(int database, const keyspace::entry& value) noexcept override;

  /// A piece that has become so large is to be taken.
  static constexpr std::size_t piece_bytes = 256 * std::size_t{1024};
  bool has_piece() const noexcept {
    return piece_.size() >= piece_bytes;
  }
  /// What was taken since the last call. It begins with the head of a database.
  std::string take_piece() noexcept;
  bool is_void() const noexcept {
    return void_;
  }
  /// Nobody wants it any more.
  void give_up() noexcept {
    void_ = true;
    piece_ = {};
  }

private:
  static constexpr int none = -1;

  entry_format how_;
  std::vector<database_size> sizes_;
  std::string piece_;
  /// Whose entries the piece ends with.
  int database_ = none;
  bool void_ = false;
};

} // namespace thespis::persistence
