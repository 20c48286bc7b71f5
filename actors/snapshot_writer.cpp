#include "actors/snapshot_writer.hpp"

#include "actors/memory_reserve.hpp"
#include "base/time_units.hpp"
#include "base/version.hpp"
#include "persistence/crc64.hpp"

#include <new>
#include <utility>

namespace thespis::actors {

namespace {

/// As Redis does it: so that the disk is not asked for all of it at the end.
constexpr std::uint64_t bytes_per_flush = 4 * 1024 * 1024;

} // namespace

snapshot_writer::snapshot_writer(caf::actor_config& config, core& home)
  : store_actor(config), core_(home) {
}

snapshot_writer::~snapshot_writer() {
  outlived_references(*this);
}

caf::behavior snapshot_writer::make_behavior() {
  return {[this](const snapshot_piece& piece) {
    const turn now{this};
    try {
      receive(piece);
    } catch (const std::bad_alloc&) {
      fail("out of memory");
    }
    if (!fault_.empty())
      piece.of->failed.store(true);
    if (piece.last && ++partitions_done_ == piece.of->partitions)
      end(piece);
  }};
}

/// Once it has failed nobody waits for the disk, so pieces that are dropped need not be counted.
void snapshot_writer::receive(const snapshot_piece& piece) {
  if (piece.is_void)
    fail("out of memory");
  if (piece.of->failed.load())
    fail("it was given up");
  if (!fault_.empty())
    return;
  // The head of the file says what the values in it need.
  early_.push_back(piece);
  if (piece.of->cuts.load() == piece.of->partitions) {
    if (!file_)
      begin(*piece.of);
    write_early_pieces();
  }
}

void snapshot_writer::begin(const snapshot& what) {
  sums_ = what.checksum;
  auto made = output_file::create(what.path);
  if (!made)
    return fail(made.why());
  file_.emplace(std::move(*made));
  std::string head;
  persistence::append_file_head(head, what.version.load(),
                                {.redis_version = base::redis_version,
                                 .own_version = base::thespis_version,
                                 .created_s = what.format.now_ms / base::ms_per_s,
                                 .memory_bytes = what.memory_bytes,
                                 .journal_base = what.is_base});
  write(head);
}

void snapshot_writer::write_early_pieces() {
  for (const auto& piece : std::exchange(early_, {})) {
    write(*piece.bytes);
    piece.of->bytes_waiting.fetch_sub(piece.bytes->size());
  }
}

void snapshot_writer::write(std::string_view bytes) {
  if (!fault_.empty())
    return;
  if (sums_)
    checksum_ = persistence::crc64(bytes, checksum_);
  if (auto written = file_->write(bytes); !written)
    return fail(written.why());
  not_flushed_ += bytes.size();
  if (not_flushed_ < bytes_per_flush)
    return;
  not_flushed_ = 0;
  if (auto flushed = file_->flush(); !flushed)
    fail(flushed.why());
}

void snapshot_writer::fail(std::string why) {
  if (fault_.empty())
    fault_ = std::move(why);
  early_.clear();
  file_.reset();
}

void snapshot_writer::end(const snapshot_piece& last) {
  try {
    finish();
  } catch (const std::bad_alloc&) {
    fail("out of memory");
  }
  const memory_reserve::own_work now;
  post(core_.administrator, nullptr, snapshot_done{last.of, std::exchange(fault_, {})});
  file_.reset();
  checksum_ = 0;
  not_flushed_ = 0;
  partitions_done_ = 0;
}

void snapshot_writer::finish() {
  std::string tail;
  persistence::append_file_end(tail);
  write(tail);
  if (!fault_.empty())
    return;
  tail.clear();
  persistence::append_checksum(tail, checksum_);
  auto outcome = file_->write(tail);
  if (outcome)
    outcome = file_->finish();
  if (!outcome)
    fail(outcome.why());
}

} // namespace thespis::actors
