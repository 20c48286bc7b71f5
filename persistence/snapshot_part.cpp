#include "persistence/snapshot_part.hpp"

#include <new>
#include <utility>

namespace thespis::persistence {

namespace {

/// Most pieces end within it, so that their memory need not grow.
constexpr std::size_t last_entry_bytes = 16 * std::size_t{1024};

} // namespace

snapshot_part::snapshot_part(const entry_format& how, std::vector<database_size> sizes)
  : how_(how), sizes_(std::move(sizes)) {
}

void snapshot_part::take(int database, const keyspace::entry& value) noexcept try {
  if (void_)
    return;
  if (piece_.empty())
    piece_.reserve(piece_bytes + last_entry_bytes);
  if (database != database_) {
    // The sizes are hints for the first time only: afterwards there is room.
    const auto size = std::exchange(sizes_[static_cast<std::size_t>(database)], {});
    append_database_head(piece_, database, size.entries, size.expiring);
    database_ = database;
  }
  append_entry(piece_, value, how_);
} catch (const std::bad_alloc&) {
  give_up();
}

std::string snapshot_part::take_piece() noexcept {
  database_ = none;
  return std::exchange(piece_, {});
}

} // namespace thespis::persistence
