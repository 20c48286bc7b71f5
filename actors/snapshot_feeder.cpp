#include "actors/snapshot_feeder.hpp"

#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"

#include <chrono>
#include <new>
#include <utility>
#include <vector>

namespace thespis::actors {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::microseconds step_max{300};
/// Entries between two looks at the clock.
constexpr std::size_t entries_per_look = 16;
constexpr std::size_t piece_bytes = 256 * std::size_t{1024};
/// With so much waiting for the disk, all partitions together, nothing is taken but what must be.
constexpr std::size_t bytes_waiting_max = 32 * std::size_t{1024} * 1024;

std::vector<persistence::database_size> sizes_of(const keyspace::shard& of) {
  std::vector<persistence::database_size> sizes;
  for (const auto& db : of.databases)
    sizes.push_back({db.size(), db.expires()});
  return sizes;
}

} // namespace

void snapshot_feeder::begin(snapshot& what) noexcept {
  what_ = what.shared_from_this();
  try {
    cut();
  } catch (const std::bad_alloc&) {
    part_ = nullptr;
  }
  need_version(what, persistence::version_needed(shard_));
  what.cuts.fetch_add(1);
}

void snapshot_feeder::cut() {
  auto part = std::make_unique<persistence::snapshot_part>(what_->format, sizes_of(shard_));
  // Whoever changes libraries has borrowed all partitions.
  if (index_ == 0)
    for (const auto& [name, library] : core_.functions.libraries())
      persistence::append_function(functions_, library->source, what_->format.value.compress);
  auto* const seen = part.get();
  shard_.walk = std::make_unique<keyspace::shard_walk>(shard_, std::move(part));
  part_ = seen;
}

void snapshot_feeder::step(caf::execution_unit* here) {
  if (part_ == nullptr)
    return send(true, here);
  if (what_->failed.load(std::memory_order_relaxed))
    part_->give_up();
  const auto until = clock::now() + step_max;
  bool over = false;
  while (!over && part_->bytes() < piece_bytes
         && what_->bytes_waiting.load(std::memory_order_relaxed) < bytes_waiting_max
         && clock::now() < until)
    over = shard_.walk->step(entries_per_look);
  if (over || part_->bytes() >= piece_bytes)
    send(over, here);
}

/// It must not fail: the snapshot would never end.
void snapshot_feeder::send(bool last, caf::execution_unit* here) {
  const memory_reserve::own_work now;
  const bool is_void = part_ == nullptr || part_->is_void();
  auto piece = std::make_shared<std::string>(std::exchange(functions_, {}));
  if (!is_void)
    *piece += part_->take_piece();
  what_->bytes_waiting.fetch_add(piece->size());
  auto of = what_;
  if (last) {
    shard_.walk.reset();
    part_ = nullptr;
    what_.reset();
  }
  post(core_.snapshot_writer, here, snapshot_piece{std::move(of), std::move(piece), last, is_void});
}

} // namespace thespis::actors
