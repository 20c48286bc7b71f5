#pragma once

/// How the values of a shard are read as they were at one instant while they go on changing,
/// without a copy of them and without a fork.
///
///     begin   every entry that there is counts as "not taken"; those that are made from now on do
///             not belong to the instant
///     walk    visits the tables in slices and takes what has not been taken
///     change  whoever is about to change or delete an entry that has not been taken has it taken
///             first
///
/// Whether an entry has been taken is one bit in its header, which means the opposite each time, so
/// that nothing needs to be reset. A database that is emptied before it was walked goes aside as it
/// is, and is walked there. Databases that are swapped keep the number that they had.

#include "keyspace/database.hpp"
#include "keyspace/entry.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace thespis::keyspace {

class discarded;
struct shard;

/// Who gets the values.
class value_taker {
public:
  virtual ~value_taker() = default;
  /// The entry as it was at the instant, and the number of its database at that time. Each entry
  /// comes once.
  virtual void take(int database, const entry& value) noexcept = 0;
};

/// What a database knows of a walk that is not over.
struct database_walk {
  value_taker& to;
  /// The database's at the instant.
  int number;
  /// Where its content goes if it is emptied. There is room.
  std::vector<database>& emptied;
  std::uint64_t cursor = 0;
};

/// One walk through a shard.
class shard_walk {
public:
  /// The instant is now. REQUIRES: no other walk of the shard is going on. Throws std::bad_alloc
  /// with nothing begun.
  shard_walk(shard& of, std::unique_ptr<value_taker> to);
  shard_walk(const shard_walk&) = delete;
  shard_walk& operator=(const shard_walk&) = delete;

  /// Looks at about so many entries. Returns whether all have been taken.
  bool step(std::size_t entries) noexcept;

private:
  bool step_aside(std::size_t entries) noexcept;

  shard& of_;
  std::unique_ptr<value_taker> to_;
  std::vector<database> emptied_;
};

} // namespace thespis::keyspace
