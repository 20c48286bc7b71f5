#pragma once

/// What one partition has to say of what it ran: requests that lead to the same state when they are
/// run again, sorted by the request that did it.

#include "persistence/journal_format.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::persistence {

/// What one request did, in one partition or several that had met.
struct journal_unit {
  /// Which one of its batch; shares of one request have the same number.
  std::uint32_t request;
  /// How many requests do it again; more than one are one record all the same.
  std::uint32_t count;
  /// Which database they begin in, and which one they end in.
  int database;
  int last_database;
  /// Where its bytes end in those of the share.
  std::size_t end;
};

class journal_share {
public:
  /// Throws std::bad_alloc with the share as it was, or in need of drop_last().
  void add(std::uint32_t request, int database, protocol::arguments words) {
    if (units_.empty() || units_.back().request != request)
      units_.push_back({request, 0, database, database, bytes_.size()});
    auto& unit = units_.back();
    if (unit.last_database != database)
      append_select(bytes_, database);
    append_request(bytes_, words);
    unit.last_database = database;
    unit.end = bytes_.size();
    ++unit.count;
  }

  bool empty() const noexcept {
    return units_.empty();
  }
  const std::vector<journal_unit>& units() const noexcept {
    return units_;
  }
  std::string_view bytes() const noexcept {
    return bytes_;
  }

private:
  std::vector<journal_unit> units_;
  std::string bytes_;
};

} // namespace thespis::persistence
