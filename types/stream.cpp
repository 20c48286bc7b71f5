#include "types/stream.hpp"

#include "base/piecewise.hpp"
#include "base/size_class.hpp"

#include <algorithm>
#include <cstdlib>

namespace thespis::types {

const stream::state stream::nothing{};

namespace {

/// To free a block takes as long as some small ones.
constexpr std::size_t blocks_per_piece = 16;
constexpr std::size_t new_block_bytes = 256;

} // namespace

// -- the whole ------------------------------------------------------------------------------------

stream::~stream() {
  if (state_ == nullptr)
    return;
  std::size_t freed = 0;
  for (auto at = state_->blocks.first(); at; ++at) {
    std::free(*at);
    if (++freed % blocks_per_piece == 0)
      base::end_of_piece();
  }
  delete state_;
}

void stream::make() {
  if (state_ == nullptr)
    state_ = new state;
}

stream stream::copy() const {
  stream result;
  if (state_ == nullptr)
    return result;
  result.make();
  auto& to = *result.state_;
  to.last_id = state_->last_id;
  to.max_deleted_id = state_->max_deleted_id;
  to.entries_added = state_->entries_added;
  for (auto at = state_->blocks.first(); at; ++at) {
    auto* const block = at->copy();
    try {
      to.blocks.insert(block->base(), block);
    } catch (...) {
      std::free(block);
      throw;
    }
    to.block_bytes += block->memory_bytes();
    to.tail = block;
  }
  to.length = state_->length;
  for (const auto& [name, group] : state_->groups)
    to.groups.try_emplace(name, group->copy());
  return result;
}

std::size_t stream::memory_bytes() const noexcept {
  if (state_ == nullptr)
    return 0;
  auto bytes = base::size_class(sizeof *state_) + state_->block_bytes
               + state_->blocks.memory_bytes();
  for (const auto& [name, group] : state_->groups)
    bytes += base::size_class(map_node_bytes + sizeof(group_map::value_type)) + name_bytes(name)
             + group->memory_bytes();
  return bytes;
}

std::size_t stream::effort() const noexcept {
  if (state_ == nullptr)
    return 1;
  auto blocks = 1 + state_->blocks.size() + state_->blocks.nodes()
                + state_->block_bytes / base::large_bytes;
  for (const auto& [name, group] : state_->groups)
    blocks += group->effort();
  return blocks;
}

// -- change ---------------------------------------------------------------------------------------

void stream::append(const stream_id& id, stream_fields fields, const stream_limits& limits) {
  std::size_t text_bytes = 0;
  for (const auto text : fields)
    text_bytes += text.size();
  if (const auto* last = tail(); last != nullptr && !last->is_full(id, limits, text_bytes))
    append_to_tail(id, fields, false);
  else
    append_block(id, fields);
}

void stream::append_to_tail(const stream_id& id, stream_fields fields, bool has_names) {
  auto& my = *state_;
  const auto before = my.tail->memory_bytes();
  auto* const block = stream_block::append(my.tail, id, fields, has_names);
  my.block_bytes += block->memory_bytes() - before;
  if (block != my.tail)
    my.blocks.replace(block->base(), block);
  my.tail = block;
  appended(id);
}

void stream::append_block(const stream_id& id, stream_fields fields) {
  make();
  auto& my = *state_;
  const auto hint = my.tail == nullptr                      ? 0
                    : my.blocks.size() < 2 && my.length < 2 ? new_block_bytes
                                                            : my.tail->used_bytes();
  auto* const block = stream_block::make(id, fields, hint);
  try {
    my.blocks.insert(id, block);
  } catch (...) {
    std::free(block);
    throw;
  }
  my.block_bytes += block->memory_bytes();
  if (my.tail != nullptr) {
    const auto before = my.tail->memory_bytes();
    auto* const fitted = stream_block::fitted(my.tail);
    my.block_bytes -= before - fitted->memory_bytes();
    if (fitted != my.tail)
      my.blocks.replace(fitted->base(), fitted);
  }
  my.tail = block;
  appended(id);
}

void stream::appended(const stream_id& id) noexcept {
  ++state_->length;
  ++state_->entries_added;
  state_->last_id = id;
}

void stream::drop_block(stream_block* doomed) noexcept {
  auto& my = *state_;
  my.block_bytes -= doomed->memory_bytes();
  my.blocks.erase(doomed->base());
  if (my.tail == doomed) {
    const auto last = my.blocks.last();
    my.tail = last ? *last : nullptr;
  }
  std::free(doomed);
}

void stream::erase_at(stream_block* in, stream_block::offset at) noexcept {
  --state_->length;
  if (in->count() == 1)
    drop_block(in);
  else
    in->erase(at);
}

bool stream::erase(const stream_id& id) noexcept {
  const auto found = at_least(id);
  if (!found || found.id() != id)
    return false;
  erase_at(*found.block_, found.at_);
  state_->max_deleted_id = std::max(state_->max_deleted_id, id);
  return true;
}

// -- look-up --------------------------------------------------------------------------------------

stream_id stream::first_id() const noexcept {
  const auto at = get().blocks.first();
  return at ? at->first_id() : stream_id{};
}

stream::iterator stream::first() const noexcept {
  const auto block = get().blocks.first();
  return block ? iterator{block, block->begin()} : iterator{};
}

stream::iterator stream::last() const noexcept {
  const auto block = get().blocks.last();
  return block ? iterator{block, block->previous(block->end())} : iterator{};
}

stream::iterator stream::at_least(const stream_id& id) const noexcept {
  auto block = get().blocks.at_most(id);
  if (!block)
    return first();
  const auto at = block->seek(id);
  if (at != block->end())
    return {block, at};
  return ++block ? iterator{block, block->begin()} : iterator{};
}

stream::iterator stream::at_most(const stream_id& id) const noexcept {
  auto at = at_least(id);
  if (!at)
    return last();
  return at.id() == id ? at : --at;
}

std::size_t stream::count_about(const stream_id& start, const stream_id& end,
                                std::size_t enough) const noexcept {
  auto block = get().blocks.at_most(start);
  if (!block)
    block = get().blocks.first();
  std::size_t count = 0;
  for (; block && block->base() <= end && count <= enough; ++block)
    count += block->count();
  return count;
}

// -- groups ---------------------------------------------------------------------------------------

consumer_group* stream::find_group(std::string_view name) const noexcept {
  const auto& groups = get().groups;
  const auto found = groups.find(name);
  return found == groups.end() ? nullptr : found->second.get();
}

bool stream::add_group(std::string_view name, const stream_id& last, std::int64_t entries_read) {
  make();
  if (state_->groups.contains(name))
    return false;
  state_->groups.try_emplace(std::string{name},
                             std::make_unique<consumer_group>(last, entries_read));
  return true;
}

bool stream::erase_group(std::string_view name) noexcept {
  if (state_ == nullptr)
    return false;
  const auto found = state_->groups.find(name);
  if (found == state_->groups.end())
    return false;
  state_->groups.erase(found);
  return true;
}

} // namespace thespis::types
