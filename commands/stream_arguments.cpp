#include "commands/stream_arguments.hpp"

#include "protocol/errors.hpp"

#include <algorithm>
#include <utility>

namespace thespis::commands {

using keyspace::command_context;
using protocol::argument_reader;
using protocol::arguments;
using types::stream_id;
using types::stream_references;
namespace errors = protocol::errors;

// -- IDs ------------------------------------------------------------------------------------------

std::optional<stream_id> read_stream_id(command_context& ctx, std::string_view word,
                                        std::uint64_t missing_seq) {
  if (const auto read = types::parse_stream_id(word, missing_seq))
    return read->id;
  ctx.reply.error(errors::invalid_stream_id);
  return std::nullopt;
}

std::optional<std::vector<stream_id>> read_stream_ids(command_context& ctx, arguments words) {
  std::vector<stream_id> ids;
  ids.reserve(words.size());
  for (const auto word : words) {
    const auto id = read_stream_id(ctx, word);
    if (!id)
      return std::nullopt;
    ids.push_back(*id);
  }
  return ids;
}

namespace {

/// An end of an interval, as it is written. `missing_seq`: that of an ID without one.
std::optional<stream_id> read_bound(command_context& ctx, std::string_view word,
                                    std::uint64_t missing_seq, bool& excluded) {
  excluded = word.size() > 1 && word.front() == '(';
  if (excluded)
    return read_stream_id(ctx, word.substr(1), missing_seq);
  if (word == "-")
    return stream_id{};
  if (word == "+")
    return types::last_possible_id;
  return read_stream_id(ctx, word, missing_seq);
}

} // namespace

std::optional<stream_id> read_interval_start(command_context& ctx, std::string_view word) {
  bool excluded = false;
  const auto id = read_bound(ctx, word, 0, excluded);
  if (!id || !excluded)
    return id;
  const auto next = id->next();
  if (!next)
    ctx.reply.error(errors::stream_invalid_start);
  return next;
}

std::optional<id_interval> read_interval(command_context& ctx, std::string_view start,
                                         std::string_view end) {
  const auto from = read_interval_start(ctx, start);
  if (!from)
    return std::nullopt;
  bool excluded = false;
  auto to = read_bound(ctx, end, stream_id::field_max, excluded);
  if (to && excluded) {
    to = to->previous();
    if (!to)
      ctx.reply.error(errors::stream_invalid_end);
  }
  if (!to)
    return std::nullopt;
  return id_interval{*from, *to};
}

// -- XADD and XTRIM -------------------------------------------------------------------------------

namespace {

class add_or_trim_reader {
public:
  add_or_trim_reader(command_context& ctx, arguments args, bool adds)
    : ctx_(ctx), in_(args, 2), adds_(adds) {
  }

  std::optional<add_or_trim> read() {
    while (in_.more() && read_option()) {
    }
    result_.id_at = in_.position();
    check_limit();
    if (!in_.failed())
      return result_;
    ctx_.reply.error(in_.error());
    return std::nullopt;
  }

private:
  /// Returns false at the ID.
  bool read_option() {
    if (adds_ && in_.peek() == "*")
      return false;
    if (in_.option("MAXLEN", 1)) {
      begin_trim();
      const auto length = in_.integer();
      if (length < 0)
        in_.fail(errors::stream_maxlen_negative);
      result_.trim.length = static_cast<std::uint64_t>(length);
    } else if (in_.option("MINID", 1)) {
      begin_trim();
      result_.trim.min_id = read_min_id(in_.next());
    } else if (in_.option("LIMIT", 1)) {
      limit_ = in_.integer();
      if (*limit_ < 0)
        in_.fail(errors::stream_limit_negative);
    } else if (adds_ && in_.option("NOMKSTREAM")) {
      result_.may_create = false;
    } else if (const auto references = read_references(in_)) {
      if (std::exchange(has_references_, true))
        in_.fail(errors::syntax);
      result_.trim.references = *references;
    } else if (adds_) {
      result_.id = types::parse_stream_id(in_.peek(), 0, true);
      if (!result_.id)
        in_.fail(errors::invalid_stream_id);
      return false;
    } else {
      in_.fail(errors::syntax);
    }
    return true;
  }

  void begin_trim() {
    if (std::exchange(result_.trims, true))
      in_.fail(errors::stream_two_trims);
    result_.trim.approximate = false;
    if (in_.left() < 2)
      return;
    result_.trim.approximate = in_.peek() == "~";
    if (result_.trim.approximate || in_.peek() == "=")
      in_.skip(1);
  }

  stream_id read_min_id(std::string_view word) {
    const auto id = types::parse_stream_id(word, 0);
    if (!id)
      in_.fail(errors::invalid_stream_id);
    return id ? id->id : stream_id{};
  }

  void check_limit() {
    if (limit_.value_or(0) != 0 && !result_.trims)
      in_.fail(errors::stream_limit_without_trim);
    if (!adds_ && !result_.trims)
      in_.fail(errors::stream_no_trim);
    if (limit_ && !result_.trim.approximate)
      in_.fail(errors::stream_limit_of_exact_trim);
    if (limit_)
      result_.trim.limit = static_cast<std::uint64_t>(*limit_);
    else if (result_.trim.approximate)
      result_.trim.limit = usual_limit();
  }

  /// As many entries as a hundred blocks may have.
  std::uint64_t usual_limit() const {
    constexpr std::uint64_t blocks = 100;
    constexpr std::uint64_t without_setting = 10'000;
    constexpr std::uint64_t limit_max = 1'000'000;
    const std::uint64_t entries = ctx_.shards.settings().stream_node_entries.load(
      std::memory_order_relaxed);
    if (entries > limit_max)
      return limit_max;
    return entries == 0 ? without_setting : std::min(entries * blocks, limit_max);
  }

  command_context& ctx_;
  argument_reader in_;
  bool adds_;
  add_or_trim result_{};
  std::optional<std::int64_t> limit_{};
  bool has_references_ = false;
};

} // namespace

std::optional<add_or_trim> read_add_or_trim(command_context& ctx, arguments args, bool adds) {
  return add_or_trim_reader{ctx, args, adds}.read();
}

// -- references -----------------------------------------------------------------------------------

std::optional<stream_references> read_references(argument_reader& in) {
  if (in.option("KEEPREF"))
    return stream_references::keep;
  if (in.option("DELREF"))
    return stream_references::remove;
  if (in.option("ACKED"))
    return stream_references::respect;
  return std::nullopt;
}

arguments read_id_words(argument_reader& in, bool last) {
  const auto count = in.integer_in(1, INT64_MAX, errors::stream_id_count);
  if (in.failed())
    return {};
  const auto wanted = static_cast<std::uint64_t>(count);
  if (last ? wanted != in.left() : wanted > in.left()) {
    in.fail(errors::stream_id_count_mismatch);
    return {};
  }
  return in.next(wanted);
}

} // namespace thespis::commands
