#pragma once

/// What databases let go of and what takes long to free: large values, and whole databases that
/// were emptied. To free ten million elements takes seconds, to move a word takes none, so an entry
/// goes at once and its value waits here until its owner has time for it, or gives it to a thread
/// that has. What is small is freed on the spot and never comes here.
///
/// Every shard has one, and its databases know it. Not thread-safe; but nothing in it belongs to
/// anybody else any more, so that all of it can be freed by another thread.

#include "base/counter.hpp"
#include "keyspace/database.hpp"
#include "keyspace/entry.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace thespis::keyspace {

class discarded {
public:
  /// Values up to this effort (see object.hpp) and databases up to this size are freed on the spot.
  static constexpr std::size_t effort_max = 64;

  discarded() noexcept = default;
  discarded(const discarded&) = delete;
  discarded& operator=(const discarded&) = delete;
  ~discarded() {
    clear();
  }

  bool empty() const noexcept {
    return objects_ == 0;
  }
  /// How many values there are, and keys in databases.
  std::size_t objects() const noexcept {
    return objects_;
  }
  /// How many were ever put in here; any thread may ask.
  std::uint64_t objects_ever() const noexcept {
    return objects_ever_.get();
  }

  /// Takes over what an entry's pointer named. Without memory to remember it, frees it.
  void add(value_type type, void* pointer) noexcept;
  /// The same with a database. REQUIRES: it has no bin (database::take).
  void add(database&& emptied) noexcept;
  /// Takes over all that another one holds. REQUIRES: empty().
  void take(discarded& other) noexcept {
    values_.swap(other.values_);
    databases_.swap(other.databases_);
    objects_ = std::exchange(other.objects_, 0);
  }
  /// Frees all of it.
  void clear() noexcept;

private:
  void count(std::size_t objects) noexcept {
    objects_ += objects;
    objects_ever_.add(objects);
  }

  struct value {
    value_type type;
    void* pointer;
  };

  std::vector<value> values_;
  std::vector<database> databases_;
  std::size_t objects_ = 0;
  base::counter objects_ever_;
};

} // namespace thespis::keyspace
