#pragma once

/// What a partition does for its shard between requests: delete what has expired without waiting
/// for somebody to ask for it, know when that is due next, and publish sizes for INFO.

#include "keyspace/shard.hpp"

#include <cstddef>
#include <cstdint>

namespace thespis::keyspace {

/// Deletes up to `budget` entries and fields of hashes that have expired by `now_ms`, over all
/// databases, with the same effects as lazy expiry. Returns whether more may be due. Cost:
/// O(budget).
bool expire_due(shard& from, std::int64_t now_ms, std::size_t budget);

/// When the next entry or field of any database may be due, Unix ms; INT64_MAX if none has an
/// expiry.
std::int64_t next_due_ms(const shard& of) noexcept;

/// Copies the sizes and average times of expiry of the databases that have changed since the last
/// call to where other threads may read them. Returns when the next entry or field of these may be
/// due.
std::int64_t publish_changed(shard& of) noexcept;
/// Copies those of all databases, in the middle of a request.
void publish_figures(shard& of) noexcept;

} // namespace thespis::keyspace
