/// The stream and its groups: trimming with respect for them, and how far they have read.

#include "types/stream.hpp"

#include <algorithm>

namespace thespis::types {

// -- trimming -------------------------------------------------------------------------------------

/// Whether there is nothing left to trim for.
bool stream::is_trimmed(const stream_trim& how) const noexcept {
  return how.length ? state_->length <= *how.length
                    : state_->length == 0 || first_id() >= how.min_id;
}

std::size_t stream::trim_about(const stream_trim& how, std::size_t enough) const noexcept {
  const auto count = !how.length            ? count_about({}, how.min_id, enough)
                     : size() > *how.length ? static_cast<std::size_t>(size() - *how.length)
                                            : 0;
  return how.limit == 0 ? count : std::min<std::size_t>(count, how.limit);
}

std::size_t stream::trim(const stream_trim& how) noexcept {
  std::size_t gone = 0;
  if (state_ == nullptr)
    return gone;
  // A block that keeps entries is passed; its base is where to look for the next one.
  for (auto block = state_->blocks.first(); block && !is_trimmed(how);) {
    auto* const in = *block;
    const auto base = in->base();
    const auto count = in->count();
    if (how.limit != 0 && gone + count > how.limit)
      break;
    const auto whole = how.length ? state_->length - count >= *how.length
                                  : in->last_id() < how.min_id;
    if (!whole && how.approximate)
      break;
    if (whole && how.references == stream_references::keep) {
      state_->length -= count;
      gone += count;
      drop_block(in);
    } else {
      gone += trim_entries(in, how);
      if (!whole)
        break;
    }
    block = state_->blocks.at_least(base);
    if (block && block->base() == base)
      ++block;
  }
  return gone;
}

/// Returns how many entries of the block went.
std::size_t stream::trim_entries(stream_block* in, const stream_trim& how) noexcept {
  std::size_t gone = 0;
  auto at = in->begin();
  for (auto left = in->count(); left > 0; --left) {
    const auto id = in->id(at);
    if (how.length ? state_->length <= *how.length : id >= how.min_id)
      break;
    if (how.references == stream_references::respect && is_referenced(id)) {
      at = in->next(at);
      continue;
    }
    if (how.references == stream_references::remove)
      forget_references(id);
    if (id != first_id())
      state_->max_deleted_id = std::max(state_->max_deleted_id, id);
    const auto first = at == in->begin();
    erase_at(in, at);
    ++gone;
    // The first one only moves the beginning. With the last one the block is gone.
    if (first && left > 1)
      at = in->begin();
  }
  return gone;
}

// -- references -----------------------------------------------------------------------------------

bool stream::is_referenced(const stream_id& id) const noexcept {
  const auto& groups = get().groups;
  return std::any_of(groups.begin(), groups.end(), [&](const auto& each) {
    const auto& group = *each.second;
    return group.last_id < id || group.pending().find(id) != nullptr;
  });
}

bool stream::forget_references(const stream_id& id) noexcept {
  auto found = false;
  for (const auto& [name, group] : get().groups)
    found = group->acknowledge(id) || found;
  return found;
}

// -- counts ---------------------------------------------------------------------------------------

/// Whether an entry with that ID or a higher one may have been deleted out of turn, and there are
/// entries before it.
bool stream::has_deleted_from(const stream_id& id) const noexcept {
  const auto& my = get();
  return my.length != 0 && first_id() <= my.max_deleted_id && id <= my.max_deleted_id;
}

std::optional<std::uint64_t> stream::entries_up_to(const stream_id& id) const noexcept {
  const auto& my = get();
  if (my.entries_added == 0)
    return 0;
  if (my.length == 0 && id <= my.last_id)
    return my.entries_added;
  if (id == my.last_id)
    return my.entries_added;
  if (id > my.last_id)
    return std::nullopt;
  const auto first = first_id();
  if (my.max_deleted_id.is_zero() || my.max_deleted_id < first) {
    if (id < first)
      return my.entries_added - my.length;
    if (id == first)
      return my.entries_added - my.length + 1;
  }
  return std::nullopt;
}

std::optional<std::int64_t> stream::lag_of(const consumer_group& group) const noexcept {
  const auto added = entries_added();
  // Clients may set either count to anything; they wrap around, as in Redis.
  if (added == 0)
    return 0;
  if (group.entries_read != consumer_group::unknown && !has_deleted_from(group.last_id))
    return static_cast<std::int64_t>(added - static_cast<std::uint64_t>(group.entries_read));
  if (const auto read = entries_up_to(group.last_id))
    return static_cast<std::int64_t>(added - *read);
  return std::nullopt;
}

void stream::advance(consumer_group& group, const stream_id& id) const noexcept {
  if (group.entries_read != consumer_group::unknown && !has_deleted_from(id))
    group.entries_read = static_cast<std::int64_t>(static_cast<std::uint64_t>(group.entries_read)
                                                   + 1);
  else if (entries_added() != 0) {
    const auto read = entries_up_to(id);
    group.entries_read = read ? static_cast<std::int64_t>(*read) : consumer_group::unknown;
  }
  group.last_id = id;
}

} // namespace thespis::types
