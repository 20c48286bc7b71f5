/// The subcommands of DEBUG that look into collections: LISTPACK, QUICKLIST and HTSTATS-KEY. Redis
/// prints the bytes of its structures to stdout; here the reply tells what is in ours, which only
/// bear the same names.

#include "base/bucket_table.hpp"
#include "base/number.hpp"
#include "base/option_kind.hpp"
#include "base/quote.hpp"
#include "keyspace/command_context.hpp"
#include "keyspace/object.hpp"
#include "protocol/errors.hpp"
#include "types/hash.hpp"
#include "types/lent.hpp"
#include "types/list.hpp"
#include "types/set.hpp"
#include "types/sorted_set.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::entry;
using keyspace::value_type;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// A line for each text, numbered from 0.
class numbered_texts {
public:
  explicit numbered_texts(std::string& out) noexcept : out_(out) {
  }
  void add(std::string_view text) {
    fmt::format_to(std::back_inserter(out_), "{{{}, {} bytes: {}}}\n", count_++, text.size(),
                   base::quoted(text));
  }

private:
  std::string& out_;
  std::size_t count_ = 0;
};

/// The texts of a collection in the order in which they are stored: also values and scores.
void add_texts(const entry& from, numbered_texts& out) {
  switch (from.type()) {
    case value_type::list: {
      types::lent<types::list> value{from.object()};
      value->for_each_run(0, value->size(), [&](const types::list_run& run) {
        for (const auto element : run)
          out.add(element);
        return true;
      });
      return;
    }
    case value_type::set: {
      char digits[24];
      types::lent<types::set> {
        from.object()
        } -> for_each([&](types::set_element member) { out.add(member.text(digits)); });
      return;
    }
    case value_type::hash:
      types::lent<types::hash> {
        from.object()
        } -> for_each([&](const types::hash_item& item) {
          out.add(item.field);
          out.add(item.value);
        });
      return;
    case value_type::zset: {
      char digits[40];
      types::lent<types::sorted_set> {
        from.object()
        } -> visit_all([&](std::string_view member, double score) {
          out.add(member);
          out.add(base::format_double(score, digits));
        });
      return;
    }
    default:
      return;
  }
}

/// Nothing if the value has no hash table.
std::optional<base::table_statistics> table_of(const entry& from) {
  switch (from.type()) {
    case value_type::set:
      return types::lent<types::set> {
        from.object()
        } -> statistics();
    case value_type::hash:
      return types::lent<types::hash> {
        from.object()
        } -> statistics();
    case value_type::zset:
      return types::lent<types::sorted_set> {
        from.object()
        } -> statistics();
    default:
      return std::nullopt;
  }
}

/// What atoi finds at the beginning of a word, as far as it matters: whether that is 0.
bool is_zero(std::string_view word) noexcept {
  const auto first = word.find_first_not_of("+-0");
  return first == std::string_view::npos || word[first] < '1' || word[first] > '9';
}

} // namespace

/// DEBUG HTSTATS-KEY key -> text about the hash table that is its value, or finds its members
/// Errors: no such key, no hash table. Cost: O(elements).
void cmd_debug_htstats_key(command_context& ctx, arguments args) {
  const auto at = ctx.db(args[2]).find(args[2]);
  if (!at)
    return ctx.reply.error(errors::no_such_key);
  const auto statistics = table_of(*at);
  if (!statistics)
    return ctx.reply.error(
      "ERR The value stored at the specified key is not represented using an hash table");
  ctx.reply.verbatim("txt", base::describe(*statistics));
}

/// DEBUG LISTPACK key -> text: bytes and elements of a small collection
/// Errors: no such key, not called a listpack. Cost: O(elements).
void cmd_debug_listpack(command_context& ctx, arguments args) {
  const auto at = ctx.db(args[2]).find(args[2]);
  if (!at)
    return ctx.reply.error(errors::no_such_key);
  if (at->encoding_name() != "listpack")
    return ctx.reply.error("ERR Not a listpack encoded object.");
  auto text = fmt::format("{{total bytes {}}}\n", at->memory_bytes());
  numbered_texts texts{text};
  add_texts(*at, texts);
  ctx.reply.verbatim("txt", text);
}

/// DEBUG QUICKLIST key [0 | 1] -> text: the pieces of a large list; with 1 also their elements
/// Errors: no such key, not called a quicklist. Cost: O(elements).
void cmd_debug_quicklist(command_context& ctx, arguments args) {
  if (args.size() > 4)
    return ctx.reply.error(errors::wrong_subcommand(args[1], args[0]));
  const auto at = ctx.db(args[2]).find(args[2]);
  if (!at)
    return ctx.reply.error(errors::no_such_key);
  if (at->encoding_name() != "quicklist")
    return ctx.reply.error("ERR Not a quicklist encoded object.");
  const bool full = args.size() == 4 && !is_zero(args[3]);
  types::lent<types::list> value{at->object()};
  auto text = fmt::format("{{count {}}}\n{{total bytes {}}}\n", value->size(), at->memory_bytes());
  std::size_t node = 0;
  value->for_each_run(0, value->size(), [&](const types::list_run& run) {
    fmt::format_to(std::back_inserter(text), "{{node {}: {} elements, {} bytes}}\n", node++,
                   run.size(), run.bytes());
    numbered_texts texts{text};
    if (full)
      for (const auto element : run)
        texts.add(element);
    return true;
  });
  ctx.reply.verbatim("txt", text);
}

/// DEBUG QUICKLIST-PACKED-THRESHOLD size -> OK: longer elements of lists share no piece of memory
/// with others from now on; beyond our own border that says nothing. 0: as at the start.
/// Errors: size. Cost: O(1).
void cmd_debug_quicklist_packed_threshold(command_context& ctx, arguments args) {
  constexpr auto bytes_max = (std::uint64_t{1} << 32) - (std::uint64_t{1} << 20);
  std::uint64_t bytes = 0;
  if (!base::parse_memory(args[2], bytes) || bytes > bytes_max)
    return ctx.reply.error(
      "ERR argument must be a memory value bigger than 1 and smaller than 4gb");
  types::list_chunk::keep_out(bytes == 0 ? bytes_max : static_cast<std::size_t>(bytes));
  ctx.reply.ok();
}

} // namespace thespis::commands
