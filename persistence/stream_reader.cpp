#include "persistence/stream_reader.hpp"

#include "base/number.hpp"
#include "persistence/byte_order.hpp"
#include "persistence/listpack.hpp"
#include "persistence/reading.hpp"
#include "persistence/stream_writer.hpp"

#include <deque>
#include <functional>
#include <iterator>
#include <limits>
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

/// A Unix time, or `lowest`.
std::int64_t read_ms(rdb_reader& in, std::int64_t lowest = 0) {
  const auto ms = static_cast<std::int64_t>(need(in.word()));
  check(ms >= lowest, "an impossible time");
  return ms;
}

std::int64_t as_signed(std::uint64_t count) {
  check(count <= std::numeric_limits<std::int64_t>::max(), "an impossible number");
  return static_cast<std::int64_t>(count);
}

// -- entries --------------------------------------------------------------------------------------

/// The digits of integers, which stay where they are until clear().
class kept_digits {
public:
  /// Room for one more.
  digits& next() {
    if (used_ == all_.size())
      all_.emplace_back();
    return all_[used_].chars;
  }
  /// The element may be what was written there.
  void keep(std::string_view element) noexcept {
    const auto& last = all_[used_].chars;
    constexpr std::less<const char*> before;
    if (!before(element.data(), std::begin(last)) && before(element.data(), std::end(last)))
      ++used_;
  }
  void clear() noexcept {
    used_ = 0;
  }

private:
  struct number_text {
    digits chars;
  };
  std::deque<number_text> all_;
  std::size_t used_ = 0;
};

/// See block_writer in stream_writer.cpp.
///
/// Its entries come into blocks of our own, which begin where it does, and anew where they are
/// full. But a block is not full before its entries take as much room as its names: what a payload
/// says once of many entries would otherwise be written once for each, and be much more than the
/// payload.
class block_of_entries {
public:
  block_of_entries(std::string_view raw_id, std::string_view block,
                   const types::stream_limits& limits)
    : master_(id_from_raw(raw_id)), block_bytes_(block.size()), in_(block), limits_(limits) {
    check(block.size() <= bytes_max, "a block of a stream that is too long");
  }
  void append_to(types::stream& out) {
    const auto entries = need_number();
    const auto deleted = need_number();
    for (auto left = need_number(); left > 0; --left)
      names_.push_back(need_text(name_digits_));
    check(need_number() == 0, "a broken beginning of a stream's block");
    for (auto left = entries; left > 0; --left)
      live_ += append_entry(out) ? 1 : 0;
    for (auto left = deleted; left > 0; --left)
      live_ += append_entry(out) ? 1 : 0;
    check(live_ == entries, "a wrong number of entries in a stream's block");
    digits scratch;
    check(!in_.next(scratch) && in_.is_whole(), "a broken block of a stream");
  }

private:
  /// Redis keeps to a GiB, but for what a listpack has around its texts.
  static constexpr std::size_t bytes_max = std::size_t{9} << 27;

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
  std::string_view need_text(kept_digits& numbers) {
    const auto element = need_element(in_, numbers.next());
    numbers.keep(element);
    return element;
  }
  /// Whether it is there still.
  bool append_entry(types::stream& out) {
    const auto flags = need_integer();
    const auto ms = static_cast<std::uint64_t>(need_integer());
    const auto seq = static_cast<std::uint64_t>(need_integer());
    const stream_id id{master_.ms + ms, master_.seq + seq};
    const bool same_fields = (flags & entry_same_fields) != 0;
    const auto elements = same_fields ? read_values() : read_pairs();
    check(need_number() == elements, "a wrong length of a stream's entry");
    if ((flags & entry_deleted) != 0)
      return false;
    check(id > out.last_id() && !fields_.empty(), "an entry of a stream is out of order");
    put(out, id, same_fields);
    return true;
  }
  /// Returns how many elements the entry has in all.
  std::size_t read_values() {
    start_fields();
    for (const auto name : names_) {
      fields_.push_back(name);
      fields_.push_back(need_text(digits_));
    }
    return names_.size() + 3;
  }
  std::size_t read_pairs() {
    start_fields();
    const auto count = 2 * need_number();
    for (auto left = count; left > 0; --left)
      fields_.push_back(need_text(digits_));
    return count + 4;
  }
  void start_fields() noexcept {
    fields_.clear();
    digits_.clear();
  }
  void put(types::stream& out, const stream_id& id, bool same_fields) {
    if (begins_block(out, id, same_fields)) {
      out.append_block(id, fields_);
      tail_has_names_ = same_fields;
    } else {
      out.append_to_tail(id, fields_, same_fields);
    }
  }
  bool begins_block(const types::stream& out, const stream_id& id, bool same_fields) const {
    const auto* const tail = out.tail();
    if (live_ == 0 || (same_fields && !tail_has_names_) || !tail->is_in_reach(id))
      return true;
    std::size_t text_bytes = 0;
    for (const auto text : fields_)
      text_bytes += text.size();
    return !tail->is_mostly_names() && tail->is_full(id, limits_, text_bytes);
  }

  stream_id master_;
  std::size_t block_bytes_;
  listpack_reader in_;
  const types::stream_limits& limits_;
  std::vector<std::string_view> names_;
  kept_digits name_digits_;
  /// Field, value, field, value …
  std::vector<std::string_view> fields_;
  kept_digits digits_;
  std::size_t live_ = 0;
  /// Whether the last block of the stream began with names_.
  bool tail_has_names_ = false;
};

void read_entries(rdb_reader& in, types::stream& out, const types::stream_limits& limits) {
  std::string key_scratch;
  std::string scratch;
  for (auto left = need_count(in); left > 0; --left) {
    const auto key = need(in.string(key_scratch));
    check(key.size() == raw_id_bytes, "a block of a stream without its ID");
    block_of_entries{key, need(in.string(scratch)), limits}.append_to(out);
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
  read_id(in); // The first one, which the entries tell as well.
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
  constexpr std::int64_t never_active = -1;
  const auto active_ms = type == rdb_type::stream_3 ? read_ms(in, never_active) : seen_ms;
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
