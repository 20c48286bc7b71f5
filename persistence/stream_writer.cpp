#include "persistence/stream_writer.hpp"

#include "persistence/byte_order.hpp"
#include "persistence/listpack.hpp"
#include "persistence/rdb_writer.hpp"

#include <string_view>

namespace thespis::persistence {

using types::stream_block;
using types::stream_entry;
using types::stream_id;

namespace {

void append_id(std::string& out, const stream_id& id) {
  append_rdb_length(out, id.ms);
  append_rdb_length(out, id.seq);
}

/// As a key of Redis' radix tree.
void append_raw_id(std::string& out, const stream_id& id) {
  append_big_endian(out, id.ms, 8);
  append_big_endian(out, id.seq, 8);
}

void append_ms(std::string& out, std::int64_t ms) {
  append_little_endian(out, static_cast<std::uint64_t>(ms), 8);
}

// -- entries --------------------------------------------------------------------------------------

/// A block as a listpack. In front: how many entries, how many of them deleted, the fields with
/// which it began. An entry: flags, distance of its ID, its fields if they are others, its values,
/// and how many elements all that is.
class block_writer {
public:
  block_writer(std::string& out, bool compress) noexcept : out_(out), compress_(compress) {
  }
  void write(const stream_block& block) {
    const auto master = block.first_id();
    listpack_.clear();
    begin(block);
    for (auto at = block.begin(); at != block.end(); at = block.next(at))
      append(block.entry(at), master);
    std::string key;
    append_raw_id(key, master);
    append_rdb_string(out_, key);
    append_rdb_string(out_, listpack_.finish(), compress_);
  }

private:
  void begin(const stream_block& block) {
    listpack_.append(static_cast<std::int64_t>(block.count()));
    listpack_.append(std::int64_t{0});
    listpack_.append(static_cast<std::int64_t>(block.name_count()));
    block.for_each_name([&](std::string_view name) { listpack_.append(name); });
    listpack_.append(std::int64_t{0});
  }
  void append(const stream_entry& entry, const stream_id& master) {
    const bool same = entry.has_names_of_block();
    constexpr std::size_t fixed_elements = 3;
    const auto count = entry.field_count;
    listpack_.append(same ? std::int64_t{entry_same_fields} : 0);
    listpack_.append(static_cast<std::int64_t>(entry.id.ms - master.ms));
    listpack_.append(static_cast<std::int64_t>(entry.id.seq - master.seq));
    if (!same)
      listpack_.append(static_cast<std::int64_t>(count));
    entry.for_each([&](std::string_view field, std::string_view value) {
      if (!same)
        listpack_.append(field);
      listpack_.append(value);
    });
    const auto elements = fixed_elements + (same ? count : 2 * count + 1);
    listpack_.append(static_cast<std::int64_t>(elements));
  }

  std::string& out_;
  bool compress_;
  listpack_builder listpack_;
};

// -- groups ---------------------------------------------------------------------------------------

/// Returns how many of them nobody owns.
std::size_t append_pending(std::string& out, const types::consumer_group& group) {
  std::size_t unowned = 0;
  append_rdb_length(out, group.pending().size());
  for (auto at = group.pending().first(); at; ++at) {
    append_raw_id(out, at.id());
    append_ms(out, at->delivered_ms);
    append_rdb_length(out, static_cast<std::uint64_t>(at->deliveries));
    unowned += at->owner == nullptr ? 1 : 0;
  }
  return unowned;
}

void append_consumer_head(std::string& out, std::string_view name, std::int64_t seen_ms,
                          std::int64_t active_ms, const value_format& how) {
  append_rdb_string(out, name, how.compress);
  append_ms(out, seen_ms);
  if (version_needed(rdb_type::stream_3) <= how.version)
    append_ms(out, active_ms);
}

void append_nobody(std::string& out, const types::consumer_group& group, std::size_t entries,
                   const value_format& how) {
  std::string name;
  while (group.find_consumer(name) != nullptr)
    name += '-';
  append_consumer_head(out, name, nobody_seen_ms, nobody_seen_ms, how);
  append_rdb_length(out, entries);
  for (auto at = group.pending().first(); at; ++at)
    if (at->owner == nullptr)
      append_raw_id(out, at.id());
}

void append_group(std::string& out, std::string_view name, const types::consumer_group& group,
                  const value_format& how) {
  append_rdb_string(out, name, how.compress);
  append_id(out, group.last_id);
  append_rdb_length(out, static_cast<std::uint64_t>(group.entries_read));
  const auto unowned = append_pending(out, group);
  append_rdb_length(out, group.consumers().size() + (unowned != 0 ? 1 : 0));
  for (const auto& [consumer_name, consumer] : group.consumers()) {
    append_consumer_head(out, consumer_name, consumer->seen_ms, consumer->active_ms, how);
    append_rdb_length(out, consumer->pending.size());
    for (auto at = consumer->pending.first(); at; ++at)
      append_raw_id(out, at.id());
  }
  if (unowned != 0)
    append_nobody(out, group, unowned, how);
}

} // namespace

void append_stream(std::string& out, const types::stream& value, const value_format& how) {
  append_rdb_length(out, value.blocks());
  block_writer blocks{out, how.compress};
  value.for_each_block([&](const stream_block& block) { blocks.write(block); });
  append_rdb_length(out, value.size());
  append_id(out, value.last_id());
  append_id(out, value.first_id());
  append_id(out, value.max_deleted_id());
  append_rdb_length(out, value.entries_added());
  append_rdb_length(out, value.groups().size());
  for (const auto& [name, group] : value.groups())
    append_group(out, name, *group, how);
}

} // namespace thespis::persistence
