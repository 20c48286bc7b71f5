/// LCS: the longest subsequence that two strings have in common, by the textbook table.
///
/// Cell (i, j) holds the length of the longest common subsequence of the first i bytes of one
/// string and the first j bytes of the other:
///
///             j: 0  1 …  |b|
///     i: 0      0  0 …  0
///        1      0  L(i,j) = L(i-1, j-1) + 1             where the bytes are equal
///        …      0         = max(L(i-1, j), L(i, j-1))   elsewhere
///
/// The subsequence itself is read backwards from the last cell. Where both ways are as long, the
/// walk gives up a byte of the second string: this decides which of several answers a client sees,
/// and so it is part of the contract. The table is bounded by proto-max-bulk-len.
///
/// Source: Wagner and Fischer, "The string-to-string correction problem" (1974).

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/rows.hpp"
#include "commands/string_value.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// They cost as much as an element of a collection.
constexpr std::size_t cells_per_element = 64;

/// A stretch of equal bytes: a[a_start, a_start + length) and b[b_start, b_start + length).
struct match_run {
  std::uint32_t a_start;
  std::uint32_t b_start;
  std::uint32_t length;
};

class lcs_table {
public:
  /// Cost: time and memory O(|a| * |b|).
  lcs_table(std::string_view a, std::string_view b)
    : a_(a),
      b_(b),
      width_(b.size() + 1),
      cells_(std::make_unique_for_overwrite<std::uint32_t[]>((a.size() + 1) * width_)) {
    std::fill_n(cells_.get(), width_, 0u);
    for (std::size_t i = 1; i <= a_.size(); ++i)
      fill_row(i);
  }

  static bool too_large(std::string_view a, std::string_view b, std::size_t bytes_max) noexcept {
    return (a.size() + 1) > bytes_max / sizeof(std::uint32_t) / (b.size() + 1);
  }

  std::uint32_t length() const noexcept {
    return at(a_.size(), b_.size());
  }

  /// Calls visit(match_run) for the runs of one longest common subsequence, the last one first.
  template <class Visitor>
  void visit_backwards(Visitor&& visit) const {
    std::size_t i = a_.size();
    std::size_t j = b_.size();
    std::uint32_t matched = 0;
    const auto end_run = [&] {
      if (matched != 0)
        visit(match_run{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j), matched});
      matched = 0;
    };
    while (i > 0 && j > 0) {
      if (a_[i - 1] == b_[j - 1]) {
        ++matched;
        --i;
        --j;
        continue;
      }
      end_run();
      if (at(i - 1, j) > at(i, j - 1))
        --i;
      else
        --j;
    }
    end_run();
  }

  std::string subsequence() const {
    std::string out(length(), '\0');
    auto end = out.end();
    visit_backwards([&](const match_run& run) {
      end -= run.length;
      std::copy_n(a_.begin() + run.a_start, run.length, end);
    });
    return out;
  }

private:
  std::uint32_t at(std::size_t i, std::size_t j) const noexcept {
    return cells_[i * width_ + j];
  }

  void fill_row(std::size_t i) noexcept {
    const std::uint32_t* above = cells_.get() + (i - 1) * width_;
    std::uint32_t* row = cells_.get() + i * width_;
    const char byte = a_[i - 1];
    row[0] = 0;
    for (std::size_t j = 1; j < width_; ++j)
      row[j] = byte == b_[j - 1] ? above[j - 1] + 1 : std::max(above[j], row[j - 1]);
  }

  std::string_view a_;
  std::string_view b_;
  std::size_t width_;
  std::unique_ptr<std::uint32_t[]> cells_;
};

struct lcs_options {
  bool length_only = false;
  bool ranges = false;
  bool with_match_length = false;
  std::int64_t match_length_min = 0;
};

/// Empty: an error has been replied.
std::optional<lcs_options> read_options(command_context& ctx, arguments args) {
  lcs_options options;
  for (std::size_t i = 3; i < args.size(); ++i) {
    if (base::equals_nocase(args[i], "idx")) {
      options.ranges = true;
    } else if (base::equals_nocase(args[i], "len")) {
      options.length_only = true;
    } else if (base::equals_nocase(args[i], "withmatchlen")) {
      options.with_match_length = true;
    } else if (base::equals_nocase(args[i], "minmatchlen") && i + 1 < args.size()) {
      const auto least = base::parse_int64(args[++i]);
      if (!least) {
        ctx.reply.error(errors::not_an_integer);
        return std::nullopt;
      }
      options.match_length_min = *least;
    } else {
      ctx.reply.error(errors::syntax);
      return std::nullopt;
    }
  }
  if (options.ranges && options.length_only) {
    ctx.reply.error(errors::lcs_both_outputs);
    return std::nullopt;
  }
  return options;
}

void write_range(protocol::reply_writer& reply, std::uint32_t start, std::uint32_t length) {
  reply.array(2);
  reply.integer(start);
  reply.integer(std::int64_t{start} + length - 1);
}

void write_ranges(protocol::reply_writer& reply, const lcs_table& table,
                  const lcs_options& options) {
  reply.map(2);
  reply.bulk("matches");
  const auto matches = reply.begin_array();
  std::size_t count = 0;
  table.visit_backwards([&](const match_run& run) {
    if (run.length < options.match_length_min)
      return;
    ++count;
    reply.array(options.with_match_length ? 3 : 2);
    write_range(reply, run.a_start, run.length);
    write_range(reply, run.b_start, run.length);
    if (options.with_match_length)
      reply.integer(run.length);
  });
  reply.end_array(matches, count);
  reply.bulk("len");
  reply.integer(table.length());
}

/// The bytes at `key`, empty if there are none. Empty optional: it is no string.
std::optional<std::string_view> text_of(command_context& ctx, std::string_view key,
                                        char (&scratch)[24]) {
  const auto at = ctx.find_to_read(key);
  if (!at)
    return std::string_view{};
  if (!at->is_string())
    return std::nullopt;
  return at->text(scratch);
}

} // namespace

/// LCS key1 key2 [LEN] [IDX] [MINMATCHLEN n] [WITHMATCHLEN] -> bulk string | length | map of ranges
/// Errors: values that are no strings, LEN with IDX, a table beyond the limit. Cost: O(N * M).
void cmd_lcs(command_context& ctx, arguments args) {
  char a_scratch[24];
  char b_scratch[24];
  const auto a = text_of(ctx, args[1], a_scratch);
  const auto b = text_of(ctx, args[2], b_scratch);
  if (!a || !b)
    return ctx.reply.error(errors::lcs_not_strings);
  const auto options = read_options(ctx, args);
  if (!options)
    return;
  constexpr std::size_t length_limit = std::numeric_limits<std::uint32_t>::max() - 1;
  if (a->size() >= length_limit || b->size() >= length_limit)
    return ctx.reply.error(errors::lcs_too_long);
  if (lcs_table::too_large(*a, *b, string_bytes_max(ctx)))
    return ctx.reply.error(errors::lcs_no_memory);
  if (ctx.moves_for(a->size() * b->size() / cells_per_element))
    return;
  const lcs_table table{*a, *b};
  if (options->ranges)
    write_ranges(ctx.reply, table, *options);
  else if (options->length_only)
    ctx.reply.integer(table.length());
  else
    ctx.reply.bulk(table.subsequence());
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec lcs_keys[] = {
  {.flags = key_ro | key_access, .position = 1, .last_key = 1},
};

constexpr command_spec lcs_table[] = {
  {.name = "lcs", .arity = -3, .flags = readonly, .acl = acl_string, .keys = lcs_keys,
   .route = way::borrow, .run = cmd_lcs, .group = command_group::string, .since = "7.0.0",
   .complexity = "O(N*M) where N and M are the lengths of s1 and s2, respectively",
   .summary = "Finds the longest subsequence that two strings have in common.",
   .syntax = "key1#0 key2#0 [LEN] [IDX] [MINMATCHLEN min-match-len:integer] [WITHMATCHLEN]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> lcs_rows() noexcept {
  return lcs_table;
}

} // namespace thespis::commands
