#pragma once

/// The stream: entries with ascending IDs, each a list of fields with values, and the consumer
/// groups that read it. An owning word, as keyspace/object.hpp wants it:
///
///     word -> state: counts, IDs, groups by name
///                 |
///                 +-> id_tree, by the ID which a block began with
///                       |            |            |
///                     block        block        block (the last one, where entries are added)
///                     100 entries  100 entries  17 entries
///
/// - Entries are only added behind all others. A block takes entries until it is full
///   (stream_block::is_full), and is fitted to what it holds when the next one begins. No block is
///   empty.
/// - `last_id` never goes down by itself, whatever is deleted. `entries_added` counts the entries
///   that ever were. `max_deleted_id` is the highest one that was deleted out of turn, not trimmed:
///   from there on nobody can say from counts alone how many entries are left behind an ID.
/// - A null word is an empty stream without groups.
///
/// Cost: append, erase, find: O(log blocks + entries of a block). Not thread-safe. What throws
/// std::bad_alloc changed nothing.

#include "types/consumer_group.hpp"
#include "types/id_map.hpp"
#include "types/stream_block.hpp"
#include "types/stream_id.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace thespis::types {

/// What becomes of the pending entries of groups when their entry is to be deleted.
enum class stream_references : std::uint8_t {
  /// They stay, and name what is not there.
  keep,
  /// They go as well.
  remove,
  /// An entry that some group has not read, or not acknowledged, is not deleted.
  respect,
};

/// How much of the beginning of a stream goes.
struct stream_trim {
  /// So many entries stay; or, without, those with this ID and higher ones.
  std::optional<std::uint64_t> length{};
  stream_id min_id{};
  /// Only whole blocks go, and not more entries than `limit` (0: no limit).
  bool approximate = false;
  std::uint64_t limit = 0;
  stream_references references = stream_references::keep;
};

class stream {
public:
  using group_map = std::map<std::string, std::unique_ptr<consumer_group>, std::less<>>;
  using block_map = id_map<stream_block>;

  /// A place. A change of the entries makes it invalid.
  class iterator {
  public:
    iterator() noexcept = default;
    explicit operator bool() const noexcept {
      return bool{block_};
    }
    stream_entry operator*() const noexcept {
      return block_->entry(at_);
    }
    stream_id id() const noexcept {
      return block_->id(at_);
    }
    iterator& operator++() noexcept {
      at_ = block_->next(at_);
      if (at_ == block_->end() && ++block_)
        at_ = block_->begin();
      return *this;
    }
    iterator& operator--() noexcept {
      if (at_ == block_->begin()) {
        if (!--block_)
          return *this;
        at_ = block_->end();
      }
      at_ = block_->previous(at_);
      return *this;
    }

  private:
    friend class stream;
    iterator(block_map::iterator block, stream_block::offset at) noexcept : block_(block), at_(at) {
    }
    block_map::iterator block_;
    stream_block::offset at_ = 0;
  };

  stream() noexcept = default;
  stream(stream&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {
  }
  stream& operator=(stream&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~stream();

  static stream adopt(void* word) noexcept {
    stream value;
    value.state_ = static_cast<state*>(word);
    return value;
  }
  void* release() noexcept {
    return std::exchange(state_, nullptr);
  }
  stream copy() const;
  std::size_t size() const noexcept {
    return get().length;
  }
  std::size_t memory_bytes() const noexcept;
  std::string_view encoding_name() const noexcept {
    return "stream";
  }
  std::size_t effort() const noexcept;

  /// Makes sure that there is a word. Throws std::bad_alloc.
  void make();

  const stream_id& last_id() const noexcept {
    return get().last_id;
  }
  /// 0-0 without entries.
  stream_id first_id() const noexcept;
  const stream_id& max_deleted_id() const noexcept {
    return get().max_deleted_id;
  }
  std::uint64_t entries_added() const noexcept {
    return get().entries_added;
  }
  /// Blocks, and nodes of their index.
  std::size_t blocks() const noexcept {
    return get().blocks.size();
  }
  std::size_t nodes() const noexcept {
    return get().blocks.nodes();
  }

  /// REQUIRES, for the three: id > last_id(), fields of less than a GiB.
  void append(const stream_id& id, stream_fields fields, const stream_limits& limits);
  /// The same for who decides on the blocks: a new one; or the last one, however full it is.
  /// REQUIRES, for the latter: it is there, and is_in_reach(id). See stream_block::append.
  void append_block(const stream_id& id, stream_fields fields);
  void append_to_tail(const stream_id& id, stream_fields fields, bool has_names);
  /// The last block; null without entries.
  const stream_block* tail() const noexcept {
    return get().tail;
  }
  /// Deletes an entry out of turn. Returns whether it was there.
  bool erase(const stream_id& id) noexcept;
  /// Returns how many entries went.
  std::size_t trim(const stream_trim& how) noexcept;
  // REQUIRES, for the setters: make().
  void set_last_id(const stream_id& id) noexcept {
    state_->last_id = id;
  }
  void set_max_deleted_id(const stream_id& id) noexcept {
    state_->max_deleted_id = id;
  }
  void set_entries_added(std::uint64_t count) noexcept {
    state_->entries_added = count;
  }

  bool contains(const stream_id& id) const noexcept {
    const auto at = at_least(id);
    return at && at.id() == id;
  }
  iterator first() const noexcept;
  iterator last() const noexcept;
  /// The first entry with that ID or a higher one; the last one with that ID or a lower one.
  iterator at_least(const stream_id& id) const noexcept;
  iterator at_most(const stream_id& id) const noexcept;
  /// About how many entries there are from `start` to `end`: those of all blocks that may have some
  /// of them. Stops counting beyond `enough`. Cost: O(log blocks + enough / entries of a block).
  std::size_t count_about(const stream_id& start, const stream_id& end,
                          std::size_t enough) const noexcept;
  /// About how many entries a trim would look at, at most; counted like that.
  std::size_t trim_about(const stream_trim& how, std::size_t enough) const noexcept;

  /// Calls visit(const stream_block&) for all blocks, in order.
  template <class Visit>
  void for_each_block(Visit&& visit) const {
    for (auto block = get().blocks.first(); block; ++block)
      visit(std::as_const(**block));
  }

  const group_map& groups() const noexcept {
    return get().groups;
  }
  /// Null: there is none.
  consumer_group* find_group(std::string_view name) const noexcept;
  /// Returns whether there was none, which is the case in which it is added. Throws std::bad_alloc.
  bool add_group(std::string_view name, const stream_id& last, std::int64_t entries_read);
  /// Returns whether there was one.
  bool erase_group(std::string_view name) noexcept;

  // stream_references.cpp
  /// Whether a group has not read the entry, or not acknowledged it.
  bool is_referenced(const stream_id& id) const noexcept;
  /// In no group it is pending any more. Returns whether it was in one.
  bool forget_references(const stream_id& id) noexcept;
  /// How many of all entries ever added are up to that ID; nothing if nobody can say. Source:
  /// Redis' notion of a group's counter, which clients see as entries-read and lag.
  std::optional<std::uint64_t> entries_up_to(const stream_id& id) const noexcept;
  /// How many entries the group has not read; nothing if nobody can say.
  std::optional<std::int64_t> lag_of(const consumer_group& group) const noexcept;
  /// The group has read that entry. REQUIRES: its last_id is lower.
  void advance(consumer_group& group, const stream_id& id) const noexcept;

private:
  struct state {
    std::size_t length = 0;
    stream_id last_id;
    stream_id max_deleted_id;
    std::uint64_t entries_added = 0;
    stream_block* tail = nullptr;
    std::size_t block_bytes = 0;
    block_map blocks;
    group_map groups;
  };

  static const state nothing;
  const state& get() const noexcept {
    return state_ == nullptr ? nothing : *state_;
  }
  bool has_deleted_from(const stream_id& id) const noexcept;
  void appended(const stream_id& id) noexcept;
  void drop_block(stream_block* doomed) noexcept;
  void erase_at(stream_block* in, stream_block::offset at) noexcept;
  std::size_t trim_entries(stream_block* in, const stream_trim& how) noexcept;
  bool is_trimmed(const stream_trim& how) const noexcept;

  state* state_ = nullptr;
};

} // namespace thespis::types
