#include "persistence/journal_group.hpp"

#include <utility>

namespace thespis::persistence {

namespace {

constexpr std::uint32_t none = UINT32_MAX;

} // namespace

/// Walks through a share, one unit after the other.
struct journal_group::unit_reader {
  const journal_share* share;
  std::size_t unit = 0;
  std::size_t at = 0;

  bool done() const noexcept {
    return unit == share->units().size();
  }
  const journal_unit& now() const noexcept {
    return share->units()[unit];
  }
  std::string_view take() noexcept {
    const auto end = share->units()[unit++].end;
    return share->bytes().substr(std::exchange(at, end), end - at);
  }
};

void journal_group::add(const journal_share& share) {
  for (unit_reader from{&share}; !from.done();)
    add_record({&from, 1}, from.now().request, from.now().count);
}

void journal_group::add_merged(std::span<const journal_share> shares) {
  std::vector<unit_reader> readers;
  readers.reserve(shares.size());
  for (const auto& share : shares)
    readers.push_back({&share});
  for (;;) {
    auto next = none;
    std::uint32_t count = 0;
    for (const auto& from : readers) {
      if (from.done() || from.now().request > next)
        continue;
      count = from.now().count + (from.now().request == next ? count : 0);
      next = from.now().request;
    }
    if (next == none)
      return;
    add_record(readers, next, count);
  }
}

std::string journal_group::text(bool frames) const {
  if (!frames)
    return bytes_;
  std::string out;
  out.reserve(bytes_.size() + (ends_.size() + 1) * comment_bytes_max);
  const std::string_view all = bytes_;
  std::size_t begin = 0;
  auto first = first_;
  const auto add_frame = [&](log_number last, std::size_t end) {
    const auto records = all.substr(begin, end - begin);
    out += frame_line(first, last, records);
    out += records;
    begin = end;
    first = last + 1;
  };
  for (const auto& one : ends_)
    add_frame(one.last, one.end);
  if (begin != all.size())
    add_frame(next_ - 1, all.size());
  return out;
}

void journal_group::select(int database) {
  if (database == database_)
    return;
  append_select(bytes_, database);
  database_ = database;
}

/// What all of these have of a request, `count` requests of the file.
void journal_group::add_record(std::span<unit_reader> readers, std::uint32_t request,
                               std::uint32_t count) {
  if (const auto unix_s = std::exchange(time_s_, std::nullopt))
    append_time(bytes_, *unix_s);
  auto begun = false;
  for (auto& from : readers) {
    if (from.done() || from.now().request != request)
      continue;
    const auto& unit = from.now();
    select(unit.database);
    if (count > 1 && !std::exchange(begun, true))
      append_begin(bytes_);
    bytes_ += from.take();
    database_ = unit.last_database;
  }
  if (begun)
    append_end(bytes_);
  ++next_;
  if (bytes_.size() - (ends_.empty() ? 0 : ends_.back().end) >= frame_bytes)
    ends_.push_back({next_ - 1, bytes_.size()});
}

} // namespace thespis::persistence
