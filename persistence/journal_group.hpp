#pragma once

/// Records that go to the disk together: whoever orders them (actors/journal.hpp) fills one group
/// while the one before it is being written.

#include "persistence/journal_format.hpp"
#include "persistence/journal_share.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::persistence {

/// How records become bytes.
struct journal_style {
  /// Frames with checksums (aof-checksum).
  bool frames = true;
  /// Time stamps (aof-timestamp-enabled).
  bool times = false;
};

class journal_group {
public:
  /// `first`: the number of its first record. `database`: the one that the file is in.
  journal_group(log_number first, int database) noexcept
    : first_(first), next_(first), database_(database) {
  }

  /// Adds a share that is all there is of its requests. Throws std::bad_alloc.
  void add(const journal_share& share);
  /// Adds the shares of several partitions: each request's are one record, and these are in the
  /// order of the requests. Throws std::bad_alloc.
  void add_merged(std::span<const journal_share> shares);
  /// The next record is said to be of that time.
  void add_time(std::int64_t unix_s) noexcept {
    time_s_ = unix_s;
  }

  bool empty() const noexcept {
    return bytes_.empty();
  }
  std::size_t bytes() const noexcept {
    return bytes_.size();
  }
  /// Of the record that comes next.
  log_number next() const noexcept {
    return next_;
  }
  /// In which the file is behind the group.
  int database() const noexcept {
    return database_;
  }
  /// As it stands in the file. Throws std::bad_alloc. Cost: O(bytes).
  std::string text(bool frames) const;

private:
  /// Frames end when they have so much: a torn one costs no more.
  static constexpr std::size_t frame_bytes = 4096;

  struct unit_reader;
  struct frame_end {
    log_number last;
    std::size_t end;
  };

  void select(int database);
  void add_record(std::span<unit_reader> readers, std::uint32_t request, std::uint32_t count);

  log_number first_;
  log_number next_;
  int database_;
  std::optional<std::int64_t> time_s_;
  std::string bytes_;
  /// Of all frames but the one that is open.
  std::vector<frame_end> ends_;
};

} // namespace thespis::persistence
