#include "persistence/stream_reader.hpp"

#include "base/number.hpp"
#include "persistence/byte_order.hpp"
#include "persistence/listpack.hpp"
#include "persistence/reading.hpp"
#include "persistence/stream_writer.hpp"

#include <array>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::persistence {

using types::stream_id;

namespace {

constexpr std::size_t raw_id_bytes = 16;

stream_id id_from_raw(std::string_view raw) noexcept {
  return {big_endian(raw.substr(0, 8)), big_endian(raw.substr(8))};
}

stream_id read_raw_id(rdb_reader& in) {
  return id_from_raw(need(in.bytes(raw_id_bytes)));
}

stream_id read_id(rdb_reader& in) {
  const auto ms = need(in.length());
  return {ms, need(in.length())};
}

/// A Unix time.
std::int64_t read_ms(rdb_reader& in) {
  return static_cast<std::int64_t>(need(in.word()));
}

std::int64_t as_signed(std::uint64_t count) {
  check(count <= std::numeric_limits<std::int64_t>::max(), "an impossible number");
  return static_cast<std::int64_t>(count);
}

// -- entries --------------------------------------------------------------------------------------

/// Several elements of a block that are to be seen together, integers with room for their digits.
class element_row {
public:
  /// The next `count` elements, behind those that are here. REQUIRES: there were clear() and
  /// room for as many in all.
  void read(packed_reader& in) {
    texts_.push_back(need_element(in, digits_[texts_.size()].chars));
  }
  void clear(std::size_t room) {
    texts_.clear();
    if (digits_.size() < room)
      digits_.resize(room);
  }
  std::span<const std::string_view> texts() const noexcept {
    return texts_;
  }

private:
  struct number_text {
    digits chars;
  };
  std::vector<std::string_view> texts_;
  std::vector<number_text> digits_;
};

/// See block_writer in stream_writer.cpp.
class block_of_entries {
public:
  block_of_entries(std::string_view raw_id, std::string_view block)
    : master_(id_from_raw(raw_id)), block_bytes_(block.size()), in_(block) {
  }
  void append_to(types::stream& out, const types::stream_limits& limits) {
    const auto entries = need_number();
    const auto deleted = need_number();
    read_names();
    check(need_number() == 0, "a broken beginning of a stream's block");
    for (auto left = entries; left > 0; --left)
      live_ += append_entry(out, limits) ? 1 : 0;
    for (auto left = deleted; left > 0; --left)
      live_ += append_entry(out, limits) ? 1 : 0;
    check(live_ == entries, "a wrong number of entries in a stream's block");
    digits scratch;
    check(!in_.next(scratch) && in_.is_whole(), "a broken block of a stream");
  }

private:
  std::int64_t need_integer() {
    digits scratch;
    return need(base::parse_int64(need_element(in_, scratch)), "not a number in a stream's block");
  }
  /// Of things in this block.
  std::size_t need_number() {
    const auto number = need_integer();
    check(number >= 0 && static_cast<std::uint64_t>(number) <= block_bytes_,
          "an impossible number in a stream's block");
    return static_cast<std::size_t>(number);
  }
  void read_names() {
    const auto count = need_number();
    names_.clear(count);
    for (auto left = count; left > 0; --left)
      names_.read(in_);
  }
  /// Whether it is there still.
  bool append_entry(types::stream& out, const types::stream_limits& limits) {
    const auto flags = need_integer();
    const auto ms = static_cast<std::uint64_t>(need_integer());
    const auto seq = static_cast<std::uint64_t>(need_integer());
    const stream_id id{master_.ms + ms, master_.seq + seq};
    const auto elements = (flags & entry_same_fields) != 0 ? read_values() : read_pairs();
    check(need_number() == elements, "a wrong length of a stream's entry");
    if ((flags & entry_deleted) != 0)
      return false;
    check(id > out.last_id() && !fields_.empty(), "an entry of a stream is out of order");
    out.append(id, fields_, limits);
    return true;
  }
  /// Returns how many elements the entry has in all.
  std::size_t read_values() {
    const auto names = names_.texts();
    row_.clear(names.size());
    for (std::size_t i = 0; i < names.size(); ++i)
      row_.read(in_);
    fields_.clear();
    for (std::size_t i = 0; i < names.size(); ++i) {
      fields_.push_back(names[i]);
      fields_.push_back(row_.texts()[i]);
    }
    return names.size() + 3;
  }
  std::size_t read_pairs() {
    const auto count = 2 * need_number();
    row_.clear(count);
    for (auto left = count; left > 0; --left)
      row_.read(in_);
    fields_.assign(row_.texts().begin(), row_.texts().end());
    return count + 4;
  }

  stream_id master_;
  std::size_t block_bytes_;
  listpack_reader in_;
  element_row names_;
  element_row row_;
  /// Field, value, field, value …
  std::vector<std::string_view> fields_;
  std::size_t live_ = 0;
};

void read_entries(rdb_reader& in, types::stream& out, const types::stream_limits& limits) {
  std::string key_scratch;
  std::string scratch;
  for (auto left = need_count(in); left > 0; --left) {
    const auto key = need(in.string(key_scratch));
    check(key.size() == raw_id_bytes, "a block of a stream without its ID");
    block_of_entries{key, need(in.string(scratch))}.append_to(out, limits);
  }
}

/// What is known of a stream beside its entries.
void read_counters(rdb_reader& in, types::stream& out, rdb_type type) {
  check(need(in.length()) == out.size(), "a wrong number of entries in a stream");
  const auto last = read_id(in);
  check(last >= out.last_id(), "the last ID of a stream is too low");
  out.make();
  out.set_last_id(last);
  out.set_entries_added(out.size());
  if (type == rdb_type::stream)
    return;
  check(read_id(in) == out.first_id(), "a wrong first ID of a stream");
  out.set_max_deleted_id(read_id(in));
  out.set_entries_added(need(in.length()));
  check(out.entries_added() >= out.size(), "fewer entries were added to a stream than it has");
}

// -- groups ---------------------------------------------------------------------------------------

void read_pending(rdb_reader& in, types::consumer_group& out) {
  for (auto left = need_count(in, raw_id_bytes); left > 0; --left) {
    const auto id = read_raw_id(in);
    check(out.pending().find(id) == nullptr, "a pending entry twice");
    auto& entry = out.assign(id, nullptr);
    entry.delivered_ms = read_ms(in);
    entry.deliveries = as_signed(need(in.length()));
  }
}

/// A consumer's entries, or with no consumer those that nobody owns. Returns how many.
std::uint64_t read_owned(rdb_reader& in, types::consumer_group& out,
                         types::stream_consumer* owner) {
  const auto count = need_count(in, raw_id_bytes);
  for (auto left = count; left > 0; --left) {
    const auto id = read_raw_id(in);
    const auto* const entry = out.pending().find(id);
    check(entry != nullptr && entry->owner == nullptr, "an entry is pending for two consumers");
    if (owner != nullptr)
      out.assign(id, owner);
  }
  return count;
}

std::uint64_t read_consumer(rdb_reader& in, types::consumer_group& out, rdb_type type) {
  const auto name = need(in.string());
  const auto seen_ms = read_ms(in);
  const auto active_ms = type == rdb_type::stream_3 ? read_ms(in) : seen_ms;
  if (seen_ms == nobody_seen_ms)
    return read_owned(in, out, nullptr);
  check(out.find_consumer(name) == nullptr, "a consumer twice");
  auto& consumer = out.add_consumer(name, seen_ms);
  consumer.active_ms = active_ms;
  return read_owned(in, out, &consumer);
}

/// How many entries the group has read: -1 is written for what is not known.
std::int64_t read_entries_read(rdb_reader& in, rdb_type type, const types::stream& of,
                               const stream_id& last) {
  if (type != rdb_type::stream)
    return static_cast<std::int64_t>(need(in.length()));
  const auto read = of.entries_up_to(last);
  return read ? as_signed(*read) : types::consumer_group::unknown;
}

void read_group(rdb_reader& in, types::stream& out, rdb_type type) {
  const auto name = need(in.string());
  const auto last = read_id(in);
  const auto entries_read = read_entries_read(in, type, out, last);
  check(entries_read >= types::consumer_group::unknown, "an impossible number of entries read");
  check(out.add_group(name, last, entries_read), "a consumer group twice");
  auto& group = *out.find_group(name);
  read_pending(in, group);
  std::uint64_t owned = 0;
  for (auto left = need_count(in); left > 0; --left)
    owned += read_consumer(in, group, type);
  check(owned == group.pending().size(), "a pending entry without a consumer");
}

} // namespace

types::stream read_stream(rdb_reader& in, rdb_type type, const value_context& with) {
  types::stream out;
  const auto& settings = with.settings;
  read_entries(in, out,
               {.bytes = settings.stream_node_bytes.load(std::memory_order_relaxed),
                .entries = settings.stream_node_entries.load(std::memory_order_relaxed)});
  read_counters(in, out, type);
  for (auto left = need_count(in); left > 0; --left)
    read_group(in, out, type);
  return out;
}

} // namespace thespis::persistence
