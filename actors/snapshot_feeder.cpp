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
/// With so much waiting for the disk, all partitions together, nothing is taken but what must be.
constexpr std::size_t bytes_waiting_max = 32 * std::size_t{1024} * 1024;

std::vector<persistence::database_size> sizes_of(const keyspace::shard& of) {
  std::vector<persistence::database_size> sizes;
  for (const auto& db : of.databases)
    sizes.push_back({db.size(), db.expires()});
  return sizes;
}

} // namespace

void snapshot_feeder::begin(snapshot& what, caf::execution_unit* here) noexcept {
  what_ = what.shared_from_this();
  try {
    cut();
  } catch (const std::bad_alloc&) {
    part_ = nullptr;
  }
  need_version(what, persistence::version_needed(shard_));
  what.cuts.fetch_add(1);
  // What others have sent is written when all have cut: the last one to do so must be heard of.
  send(false, here);
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

void snapshot_feeder::step(caf::execution_unit* here) noexcept {
  if (part_ == nullptr)
    return send(true, here);
  if (what_->failed.load(std::memory_order_relaxed))
    part_->give_up();
  const auto until = clock::now() + step_max;
  bool over = false;
  while (!over && !part_->has_piece() && may_take() && clock::now() < until)
    over = shard_.walk->step(entries_per_look);
  if (over || part_->has_piece())
    send(over, here);
}

/// What nobody wants is walked through all the same: its entries have to count as taken.
bool snapshot_feeder::may_take() const noexcept {
  return part_->is_void()
         || what_->bytes_waiting.load(std::memory_order_relaxed) < bytes_waiting_max;
}

/// Without memory for it the snapshot is given up, and the next step says so: the writer waits for
/// the last piece of every partition.
void snapshot_feeder::send(bool last, caf::execution_unit* here) noexcept {
  const memory_reserve::own_work now;
  const bool is_void = part_ == nullptr || part_->is_void();
  try {
    if (!functions_.empty())
      post_piece(std::exchange(functions_, {}), false, is_void, here);
    post_piece(is_void ? std::string{} : part_->take_piece(), last, is_void, here);
  } catch (const std::bad_alloc&) {
    what_->failed.store(true);
    if (part_ != nullptr)
      part_->give_up();
    return;
  }
  if (!last)
    return;
  shard_.walk.reset();
  part_ = nullptr;
  what_.reset();
}

void snapshot_feeder::post_piece(std::string bytes, bool last, bool is_void,
                                 caf::execution_unit* here) {
  const auto size = bytes.size();
  auto message = wrap(
    snapshot_piece{what_, std::make_shared<const std::string>(std::move(bytes)), last, is_void});
  what_->bytes_waiting.fetch_add(size);
  post_wrapped(core_.snapshot_writer, here, std::move(message));
}

} // namespace thespis::actors
