/// Strings as bitmaps: single bits, counts, searches and combinations. What the bits mean and how
/// they are worked on is in types/bitmap.hpp.

#include "types/bitmap.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/bit_offset.hpp"
#include "commands/rows.hpp"
#include "commands/string_value.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// They cost as much as an element of a collection.
constexpr std::size_t bitmap_bytes_per_element = 1024;

/// A range as BITCOUNT and BITPOS are given it.
struct range {
  std::int64_t start = 0;
  std::int64_t end = -1;
  bool in_bits = false;
};

/// Both ends are included.
struct bit_range {
  std::uint64_t first;
  std::uint64_t last;
};

/// What of the range is in a string; nothing if it is empty. Negative offsets count from the end,
/// and those that are still negative then are 0.
std::optional<bit_range> range_in(std::string_view bytes, range wanted) {
  const auto unit_bits = wanted.in_bits ? 1 : 8;
  const auto size = static_cast<std::int64_t>(bytes.size()) * (8 / unit_bits);
  const auto from_front = [size](std::int64_t offset) {
    return offset < 0 ? std::max<std::int64_t>(size + offset, 0) : offset;
  };
  const auto start = from_front(wanted.start);
  const auto end = std::min(from_front(wanted.end), size - 1);
  if (start > end)
    return std::nullopt;
  return bit_range{static_cast<std::uint64_t>(start * unit_bits),
                   static_cast<std::uint64_t>((end + 1) * unit_bits - 1)};
}

/// Nothing: the error has been replied.
std::optional<bool> read_unit(command_context& ctx, std::string_view word) {
  if (base::equals_nocase(word, "bit"))
    return true;
  if (base::equals_nocase(word, "byte"))
    return false;
  ctx.reply.error(errors::syntax);
  return std::nullopt;
}

/// BITCOUNT's arguments behind the key: all or [start end [BYTE | BIT]]. Nothing: the error has
/// been replied.
std::optional<range> read_count_range(command_context& ctx, arguments args) {
  range wanted;
  if (args.size() == 2)
    return wanted;
  if (args.size() != 4 && args.size() != 5) {
    ctx.reply.error(errors::syntax);
    return std::nullopt;
  }
  const auto start = base::parse_int64(args[2]);
  const auto end = base::parse_int64(args[3]);
  if (!start || !end) {
    ctx.reply.error(errors::not_an_integer);
    return std::nullopt;
  }
  if (args.size() == 5) {
    const auto in_bits = read_unit(ctx, args[4]);
    if (!in_bits)
      return std::nullopt;
    wanted.in_bits = *in_bits;
  }
  wanted.start = *start;
  wanted.end = *end;
  return wanted;
}

/// BITPOS' arguments behind the bit: [start [end [BYTE | BIT]]].
std::optional<range> read_search_range(command_context& ctx, arguments args) {
  range wanted;
  if (args.size() > 6) {
    ctx.reply.error(errors::syntax);
    return std::nullopt;
  }
  const auto start = args.size() > 3 ? base::parse_int64(args[3]) : 0;
  if (start && args.size() == 6) {
    const auto in_bits = read_unit(ctx, args[5]);
    if (!in_bits)
      return std::nullopt;
    wanted.in_bits = *in_bits;
  }
  const auto end = args.size() > 4 ? base::parse_int64(args[4]) : -1;
  if (!start || !end) {
    ctx.reply.error(errors::not_an_integer);
    return std::nullopt;
  }
  wanted.start = *start;
  wanted.end = *end;
  return wanted;
}

struct named_operation {
  std::string_view name;
  types::bit_operation what;
  std::size_t sources_min = 1;
};

constexpr named_operation operations[] = {
  {"AND", types::bit_operation::conjunction},        {"OR", types::bit_operation::disjunction},
  {"XOR", types::bit_operation::exclusive},          {"NOT", types::bit_operation::complement},
  {"DIFF", types::bit_operation::only_first, 2},     {"DIFF1", types::bit_operation::not_first, 2},
  {"ANDOR", types::bit_operation::first_and_any, 2}, {"ONE", types::bit_operation::exactly_one},
};

/// Null: the error has been replied.
const named_operation* read_operation(command_context& ctx, std::string_view word,
                                      std::size_t source_count) {
  const auto* found = std::find_if(std::begin(operations), std::end(operations), [&](auto& each) {
    return base::equals_nocase(word, each.name);
  });
  if (found == std::end(operations)) {
    ctx.reply.error(errors::syntax);
    return nullptr;
  }
  if (found->what == types::bit_operation::complement && source_count != 1) {
    ctx.reply.error(errors::bitop_not_one_source);
    return nullptr;
  }
  if (source_count < found->sources_min) {
    ctx.reply.error(errors::bitop_too_few_sources(found->name));
    return nullptr;
  }
  return found;
}

/// The strings at several keys; those of integers stand in `scratch`.
class source_strings {
public:
  explicit source_strings(arguments keys)
    : keys_(keys), bytes_(keys.size()), scratch_(keys.size()) {
  }

  /// Returns false if one is no string; then the error has been replied.
  bool read(command_context& ctx) {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const auto source = read_bits(ctx, keys_[i], scratch_[i].chars);
      if (!source)
        return false;
      bytes_[i] = source->bytes;
      longest_ = std::max(longest_, source->bytes.size());
    }
    return true;
  }
  std::size_t longest() const noexcept {
    return longest_;
  }
  /// The string at `key` has moved to `out`, and has perhaps grown.
  void moved(std::string_view key, std::span<const char> out) {
    for (std::size_t i = 0; i < keys_.size(); ++i)
      if (keys_[i] == key)
        bytes_[i] = {out.data(), bytes_[i].size()};
  }
  std::span<const std::string_view> all() const noexcept {
    return bytes_;
  }

private:
  struct digits {
    char chars[24];
  };

  arguments keys_;
  std::vector<std::string_view> bytes_;
  std::vector<digits> scratch_;
  std::size_t longest_ = 0;
};

} // namespace

/// SETBIT key offset 0|1 -> the bit that was there
/// Errors: offset, bit, WRONGTYPE. Cost: O(1), but for the zeros up to the offset.
void cmd_setbit(command_context& ctx, arguments args) {
  const auto key = args[1];
  const auto offset = read_bit_offset(ctx, args[2]);
  if (!offset)
    return;
  const auto bit = base::parse_int64(args[3]);
  if (!bit || (*bit != 0 && *bit != 1))
    return ctx.reply.error(errors::invalid_bit);
  auto at = ctx.find_to_write(key);
  const bool found{at};
  if (found && is_wrong_type(ctx, at))
    return;
  const auto size = found ? at->size() : 0;
  const auto bytes = ctx.db(key).resize_string(at, std::max<std::size_t>(size, *offset / 8 + 1));
  const bool old = types::set_bit(bytes, *offset, *bit == 1);
  if (!found)
    ctx.also(event_class::new_key, "new", key);
  if (bytes.size() != size || old != (*bit == 1))
    ctx.did(event_class::string, "setbit", key);
  ctx.reply.integer(old ? 1 : 0);
}

/// GETBIT key offset -> 0 | 1, 0 behind the end. Errors: offset, WRONGTYPE. Cost: O(1).
void cmd_getbit(command_context& ctx, arguments args) {
  const auto offset = read_bit_offset(ctx, args[2]);
  if (!offset)
    return;
  char scratch[24];
  if (const auto source = read_bits(ctx, args[1], scratch))
    ctx.reply.integer(types::bit_at(source->bytes, *offset) ? 1 : 0);
}

/// BITCOUNT key [start end [BYTE | BIT]] -> how many bits are set
/// Errors: syntax, offsets that are no integers, WRONGTYPE. Cost: O(length of the range).
void cmd_bitcount(command_context& ctx, arguments args) {
  const auto wanted = read_count_range(ctx, args);
  if (!wanted)
    return;
  char scratch[24];
  const auto source = read_bits(ctx, args[1], scratch);
  if (!source)
    return;
  // Both negative and in the wrong order: nothing, also where both are before the first bit.
  const bool crossed = wanted->start < 0 && wanted->end < 0 && wanted->start > wanted->end;
  const auto bits = crossed ? std::nullopt : range_in(source->bytes, *wanted);
  if (ctx.moves_for(source->bytes.size() / bitmap_bytes_per_element))
    return;
  const auto count = bits ? types::count_bits(source->bytes, bits->first, bits->last) : 0;
  ctx.reply.integer(static_cast<std::int64_t>(count));
}

/// BITPOS key 0|1 [start [end [BYTE | BIT]]] -> the first such bit, -1 if there is none
/// Without an end, 0 is found behind the last byte at the latest. Errors: bit, syntax, offsets that
/// are no integers, WRONGTYPE. Cost: O(length of the range).
void cmd_bitpos(command_context& ctx, arguments args) {
  const auto bit = base::parse_int64(args[2]);
  if (!bit)
    return ctx.reply.error(errors::not_an_integer);
  if (*bit != 0 && *bit != 1)
    return ctx.reply.error(errors::invalid_bit_argument);
  const auto wanted = read_search_range(ctx, args);
  if (!wanted)
    return;
  char scratch[24];
  const auto source = read_bits(ctx, args[1], scratch);
  if (!source)
    return;
  if (!source->found)
    return ctx.reply.integer(*bit == 0 ? 0 : -1);
  const auto bits = range_in(source->bytes, *wanted);
  if (!bits)
    return ctx.reply.integer(-1);
  if (ctx.moves_for(source->bytes.size() / bitmap_bytes_per_element))
    return;
  const auto found = types::find_bit(source->bytes, *bit == 1, bits->first, bits->last);
  if (found)
    return ctx.reply.integer(static_cast<std::int64_t>(*found));
  const bool has_end = args.size() > 4;
  ctx.reply.integer(*bit == 0 && !has_end ? static_cast<std::int64_t>(bits->last + 1) : -1);
}

/// BITOP AND|OR|XOR|NOT|DIFF|DIFF1|ANDOR|ONE destkey key [key …] -> the length of the result
/// An empty result deletes destkey. Errors: syntax, number of keys, WRONGTYPE of a source.
/// Cost: O(longest string * keys).
void cmd_bitop(command_context& ctx, arguments args) {
  const auto destination = args[2];
  source_strings sources{args.subspan(3)};
  const auto* operation = read_operation(ctx, args[1], args.size() - 3);
  if (operation == nullptr || !sources.read(ctx))
    return;
  if (ctx.moves_for(sources.longest() * (args.size() - 3) / bitmap_bytes_per_element))
    return;
  auto at = ctx.find_to_write(destination);
  const bool found{at};
  auto& db = ctx.db(destination);
  if (sources.longest() == 0) {
    if (found) {
      db.erase(at);
      ctx.did(event_class::generic, "del", destination);
    }
    return ctx.reply.integer(0);
  }
  if (found)
    db.clear_expiry(at);
  const auto out = db.resize_string(at, sources.longest());
  sources.moved(destination, out);
  types::combine_bits(operation->what, sources.all(), out);
  if (!found)
    ctx.also(event_class::new_key, "new", destination);
  ctx.did(event_class::string, "set", destination);
  ctx.reply.integer(static_cast<std::int64_t>(out.size()));
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec bitop_keys[] = {
  {.flags = key_ow | key_update, .position = 2},
  {.flags = key_ro | key_access, .position = 3, .last_key = -1},
};

constexpr command_spec bitmap_table[] = {
  {.name = "bitcount", .arity = -2, .flags = readonly, .acl = acl_bitmap,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_bitcount,
   .group = command_group::bitmap, .since = "2.6.0", .complexity = "O(N)",
   .summary = "Counts the bits that are set in a string or in a range of it.",
   .syntax = "key [range{start:integer end:integer [unit(BYTE|BIT)@7.0.0]}]"},
  {.name = "bitop", .arity = -4, .flags = write | denyoom, .acl = acl_bitmap, .keys = bitop_keys,
   .route = way::borrow, .run = cmd_bitop, .group = command_group::bitmap, .since = "2.6.0",
   .complexity = "O(N)",
   .summary = "Combines strings bit by bit and stores the result.",
   .syntax =
     "operation(AND|OR|XOR|NOT|DIFF@8.2.0|DIFF1@8.2.0|ANDOR@8.2.0|ONE@8.2.0) destkey#0 key#1..."},
  {.name = "bitpos", .arity = -3, .flags = readonly, .acl = acl_bitmap,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_bitpos,
   .group = command_group::bitmap, .since = "2.8.7", .complexity = "O(N)",
   .summary = "Finds the first bit that is set, or that is not, in a string.",
   .syntax =
     "key bit:integer [range{start:integer [end-unit-block{end:integer [unit(BYTE|BIT)@7.0.0]}]}]"},
  {.name = "getbit", .arity = 3, .flags = readonly | fast, .acl = acl_bitmap,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_getbit,
   .group = command_group::bitmap, .since = "2.2.0", .complexity = "O(1)",
   .summary = "Replies with a bit of a string.", .syntax = "key offset:integer"},
  {.name = "setbit", .arity = 4, .flags = write | denyoom, .acl = acl_bitmap,
   .keys = key_at<1, key_rw | key_access | key_update>, .route = way::single, .run = cmd_setbit,
   .group = command_group::bitmap, .since = "2.2.0", .complexity = "O(1)",
   .summary = "Sets or clears a bit of a string, which grows as needed.",
   .syntax = "key offset:integer value:integer"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> bitmap_rows() noexcept {
  return bitmap_table;
}

} // namespace thespis::commands
