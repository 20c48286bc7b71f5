#pragma once

/// The list of the files that a journal consists of, itself a file:
///
///     file appendonly.aof.2.base.rdb seq 2 type b
///     file appendonly.aof.3.incr.aof seq 3 type i
///
/// At most one base, which has the whole data set, then increments in the order of their numbers;
/// what is history (type h) is to be deleted. Lines that begin with # are comments: the last one of
/// ours has a checksum of all before it. Source: Redis 7, "Redis persistence".

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::persistence {

struct journal_file {
  enum class kind : char { base = 'b', increment = 'i', history = 'h' };

  std::string name;
  std::uint64_t sequence = 0;
  kind type = kind::increment;

  friend bool operator==(const journal_file&, const journal_file&) = default;
};

class journal_manifest {
public:
  /// The fault says what is wrong in which line. Throws std::bad_alloc.
  static base::result<journal_manifest> parse(std::string_view text);
  std::string text() const;

  /// Empty names: there is none.
  const journal_file& base() const noexcept {
    return base_;
  }
  const std::vector<journal_file>& increments() const noexcept {
    return increments_;
  }
  const std::vector<journal_file>& history() const noexcept {
    return history_;
  }
  bool empty() const noexcept {
    return base_.name.empty() && increments_.empty();
  }

  /// Of the next base, or increment, of a journal of that name (appendfilename).
  journal_file next_base(std::string_view journal, bool is_rdb) const;
  journal_file next_increment(std::string_view journal) const;

  /// Adds an increment behind all others.
  void add_increment(journal_file what) {
    increments_.push_back(std::move(what));
  }
  /// The base has everything up to the beginning of the last `kept` increments: all others are
  /// history.
  void set_base(journal_file what, std::size_t kept);
  void forget_history() noexcept {
    history_.clear();
  }

private:
  /// Returns what is wrong, or null.
  const char* add_line(std::string_view line);
  const char* add(journal_file what);

  journal_file base_;
  std::vector<journal_file> increments_;
  std::vector<journal_file> history_;
};

} // namespace thespis::persistence
