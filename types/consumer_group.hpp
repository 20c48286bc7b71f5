#pragma once

/// A consumer group of a stream: how far it has read, its consumers, and the entries that were
/// delivered and not acknowledged, the pending ones.
///
/// A pending entry is in the group's index, and in its owner's unless it has none (XNACK gave it
/// back). Both indexes name the same record, which the group owns:
///
///     group    pending:  1-0 -> record   1-1 -> record   2-0 -> record
///                                 |                |               |
///     alice    pending:  1-0 -----+      2-0 ------|---------------+
///     bob      pending:                  1-1 ------+
///
/// Consumers stay where they are as long as they exist, and are found by name, in the order of
/// their names' bytes. Not thread-safe; owned by its stream. What throws std::bad_alloc leaves
/// everything as it was.

#include "base/size_class.hpp"
#include "types/id_map.hpp"
#include "types/stream_id.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace thespis::types {

struct stream_consumer;

/// What a node of a std::map has in front of its value: three links and a colour.
inline constexpr std::size_t map_node_bytes = 32;
/// The heap block of a name; none for one that lies in the std::string itself.
inline std::size_t name_bytes(const std::string& name) noexcept {
  return name.capacity() < sizeof(std::string) / 2 ? 0 : base::size_class(name.capacity() + 1);
}

struct pending_entry {
  /// Null: it waits for anybody.
  stream_consumer* owner = nullptr;
  /// Unix time of the last delivery.
  std::int64_t delivered_ms = 0;
  std::int64_t deliveries = 0;

  /// One more delivery; the highest possible number stays what it is.
  void count_delivery() noexcept {
    if (deliveries < std::numeric_limits<std::int64_t>::max())
      ++deliveries;
  }
};

using pending_entries = id_map<pending_entry>;

struct stream_consumer {
  std::string name;
  /// Unix time of the last attempt to do something, and of the last one that got entries (-1: there
  /// was none).
  std::int64_t seen_ms = 0;
  std::int64_t active_ms = -1;
  pending_entries pending{};
};

class consumer_group {
public:
  using consumer_map = std::map<std::string, std::unique_ptr<stream_consumer>, std::less<>>;
  /// `entries_read` of a group of which nobody knows.
  static constexpr std::int64_t unknown = -1;

  consumer_group(const stream_id& last, std::int64_t read) noexcept
    : last_id(last), entries_read(read) {
  }
  consumer_group(const consumer_group&) = delete;
  consumer_group& operator=(const consumer_group&) = delete;
  ~consumer_group();
  std::unique_ptr<consumer_group> copy() const;

  /// The last entry that was delivered.
  stream_id last_id;
  /// How many of all entries ever added were delivered or skipped.
  std::int64_t entries_read;

  const consumer_map& consumers() const noexcept {
    return consumers_;
  }
  /// Null: there is none.
  stream_consumer* find_consumer(std::string_view name) const noexcept;
  /// REQUIRES: there is none with that name.
  stream_consumer& add_consumer(std::string_view name, std::int64_t now_ms);
  /// With all of its pending entries. Returns how many. REQUIRES: it is the group's.
  std::size_t erase_consumer(stream_consumer& gone) noexcept;

  const pending_entries& pending() const noexcept {
    return pending_;
  }
  /// A pending entry of that owner (or of none), whatever it was before; its other members stay.
  /// Cost: O(log n).
  pending_entry& assign(const stream_id& id, stream_consumer* owner);
  /// The entry is pending no more. Returns whether it was. Cost: O(log n).
  bool acknowledge(const stream_id& id) noexcept;

  /// Cost: O(consumers).
  std::size_t memory_bytes() const noexcept;
  /// Blocks of memory, about.
  std::size_t effort() const noexcept {
    return pending_.size() + 2 * pending_.nodes() + 3 * consumers_.size() + 1;
  }

private:
  pending_entries pending_;
  consumer_map consumers_;
};

} // namespace thespis::types
