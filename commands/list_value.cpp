#include "commands/list_value.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/seeded_fault.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
namespace errors = protocol::errors;

std::optional<list_end> read_list_end(command_context& ctx, std::string_view word) {
  if (base::equals_nocase(word, "left"))
    return list_end::left;
  if (base::equals_nocase(word, "right"))
    return list_end::right;
  ctx.reply.error(errors::syntax);
  return std::nullopt;
}

list_range range_between(std::int64_t start, std::int64_t stop, std::size_t size) noexcept {
  const auto n = static_cast<std::int64_t>(size);
  if (start < 0)
    start = std::max<std::int64_t>(start + n, 0);
  stop = stop < 0 ? stop + n : std::min(stop, n - 1);
  if (start > stop)
    return {};
  return {static_cast<std::size_t>(start), static_cast<std::size_t>(stop - start + 1)};
}

std::optional<std::size_t> element_number(std::int64_t index, std::size_t size) noexcept {
  const auto n = static_cast<std::int64_t>(size);
  if (index < -n || index >= n)
    return std::nullopt;
  return static_cast<std::size_t>(index < 0 ? index + n : index);
}

namespace {

/// What is copied at once: all of a short element, and whatever lies behind it.
constexpr std::size_t step = 16;
constexpr std::size_t two_digits_max = 99;

/// In front of an element of so many bytes: "$", one or two digits, CR, LF.
using short_header = std::array<char, 8>;

constexpr auto short_headers = [] {
  std::array<short_header, two_digits_max + 1> headers{};
  for (std::size_t size = 0; size <= two_digits_max; ++size) {
    auto* to = headers[size].data();
    *to++ = '$';
    if (size >= 10)
      *to++ = static_cast<char>('0' + size / 10);
    *to++ = static_cast<char>('0' + size % 10);
    *to++ = '\r';
    *to = '\n';
  }
  return headers;
}();

/// Writes all bytes of the header and returns behind those that count. REQUIRES: two_digits_max.
char* put_short_header(char* to, std::size_t size) noexcept {
  std::memcpy(to, short_headers[size].data(), sizeof(short_header));
  return to + 4 + (size >= 10);
}

/// Copies in steps of 16 bytes: up to 15 behind the end are read and written.
void copy_in_steps(char* to, const char* from, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size; i += step)
    std::memcpy(to + i, from + i, step);
}

/// An element that is long, or has little behind it that may be read, without its line end.
char* put_element(char* to, std::string_view element, std::size_t readable) noexcept {
  if (element.size() <= two_digits_max && readable >= element.size() + step) {
    to = put_short_header(to, element.size());
    copy_in_steps(to, element.data(), element.size());
    return to + element.size();
  }
  char digits[24];
  const auto text = base::format_uint64(element.size(), digits);
  *to++ = '$';
  to = std::copy(text.begin(), text.end(), to);
  *to++ = '\r';
  *to++ = '\n';
  return std::copy(element.begin(), element.end(), to);
}

/// The elements of a run, into room that is made once for all of them. Short ones take one look at
/// their size, three stores and no branch that depends on the size.
void reply_run(protocol::reply_writer& reply, const types::list_run& run) {
  // "$", digits and line ends around elements that are longer than a chunk's are counted as such.
  constexpr std::size_t frame_bytes = 10;
  if (run.size() == 1)
    return reply.bulk(*run.begin());
  auto& out = reply.buffer();
  char* const start = out.prepare(run.bytes() + run.size() * frame_bytes + 2 * step);
  char* to = start;
  const auto* const readable_end = run.readable_end();
  for (auto element : run) {
    const auto readable = static_cast<std::size_t>(readable_end - element.data());
    if (element.size() <= step && readable >= step) [[likely]] {
      to = put_short_header(to, element.size());
      std::memcpy(to, element.data(), step);
      to += element.size();
    } else {
      to = put_element(to, element, readable);
    }
    std::memcpy(to, "\r\n", 2);
    to += 2;
  }
  out.commit(static_cast<std::size_t>(to - start));
}

} // namespace

void reply_range(command_context& ctx, const types::list& value, list_range range) {
  ctx.reply.array(range.count);
  value.for_each_run(range.first, range.count, [&](const types::list_run& run) {
    reply_run(ctx.reply, run);
    return true;
  });
}

void reply_and_pop(command_context& ctx, std::string_view key, keyspace::database::slot& at,
                   list_end where, std::size_t count) {
  opened<types::list> value{ctx, key, at};
  if (where == list_end::left) {
    reply_range(ctx, *value, {0, count});
    value->keep(count, value->size() - count);
  } else {
    ctx.reply.array(count);
    auto left = count;
    value->for_each_backward([&](std::string_view element) {
      ctx.reply.bulk(element);
      return --left > 0;
    });
    value->keep(0, value->size() - count);
  }
  value->shrunk(list_limit(ctx));
  value.close(event_class::list, pop_event(where), count);
}

namespace {

/// As many bytes as Redis counts for an element on its way from list to list, which may be an
/// integer by then.
std::size_t counted_bytes(std::string_view element) noexcept {
  return types::is_listpack_integer(element) ? 0 : element.size();
}

/// Within one list. REQUIRES: it is one and has elements.
void rotate(command_context& ctx, std::string_view key, keyspace::database::slot& at,
            list_end where_from, list_end where_to) {
  opened<types::list> value{ctx, key, at};
  // A copy, because the list moves its elements.
  base::byte_buffer element;
  element.append(end_of(*value, where_from));
  ctx.reply.bulk(element.view());
  value->growing(list_limit(ctx), 0, 0);
  push(*value, where_to, element.view());
  pop(*value, where_from);
  value->shrunk(list_limit(ctx));
  ctx.also(event_class::list, push_event(where_to), key);
  value.close(event_class::list, pop_event(where_from));
}

} // namespace

bool move_element(command_context& ctx, std::string_view from, std::string_view to,
                  list_end where_from, list_end where_to) {
  // First the destination: see rename_commands.cpp.
  auto destination = ctx.find_to_write(to);
  auto source = ctx.find_to_write(from);
  if (!source)
    return false;
  if (is_not<types::list>(ctx, source) || (destination && is_not<types::list>(ctx, destination)))
    return true;
  if (from == to) {
    rotate(ctx, from, source, where_from, where_to);
    return true;
  }
  {
    keyspace::object_ref<types::list> value{*source};
    const auto element = end_of(*value, where_from);
    ctx.reply.bulk(element);
    opened<types::list> other{ctx, to, destination};
    other->growing(list_limit(ctx), counted_bytes(element), 1);
    if (!base::seeded("move_loses", 20))
      push(*other, where_to, element);
    // One change in all: that of the source.
    other.close(event_class::list, push_event(where_to), 0);
  }
  // A new destination makes older slots void.
  source = ctx.db(from).find(from);
  opened<types::list> value{ctx, from, source};
  pop(*value, where_from);
  value->shrunk(list_limit(ctx));
  value.close(event_class::list, pop_event(where_from));
  return true;
}

std::optional<many_pop> read_many_pop(command_context& ctx, protocol::arguments args,
                                      std::size_t first) {
  const auto fail = [&](std::string_view why) {
    ctx.reply.error(why);
    return std::nullopt;
  };
  const auto key_count = base::parse_int64(args[first]);
  if (!key_count || *key_count < 1)
    return fail(errors::key_count_not_positive);
  const auto after_keys = args.size() - first - 1;
  if (static_cast<std::uint64_t>(*key_count) >= after_keys)
    return fail(errors::syntax);
  const auto keys = args.subspan(first + 1, static_cast<std::size_t>(*key_count));
  auto at = first + 1 + keys.size();
  const auto where = read_list_end(ctx, args[at++]);
  if (!where)
    return std::nullopt;
  std::optional<std::int64_t> count;
  for (; at < args.size(); ++at) {
    if (count || !base::equals_nocase(args[at], "count") || at + 1 == args.size())
      return fail(errors::syntax);
    count = base::parse_int64(args[++at]);
    if (!count || *count < 1)
      return fail("ERR count should be greater than 0");
  }
  return many_pop{keys, *where, static_cast<std::size_t>(count.value_or(1))};
}

bool pop_from_first(command_context& ctx, const many_pop& wanted) {
  for (auto key : wanted.keys) {
    if (!ctx.shards.covers(key))
      continue;
    auto at = ctx.find_to_write(key);
    if (!at)
      continue;
    if (is_not<types::list>(ctx, at))
      return true;
    const auto size = keyspace::object_ref<types::list> {
      *at
      } -> size();
    if (size == 0)
      continue;
    const auto count = std::min(wanted.count, size);
    ctx.reply.array(2);
    ctx.reply.bulk(key);
    reply_and_pop(ctx, key, at, wanted.where, count);
    char digits[24];
    ctx.replay_as(key, {wanted.where == list_end::left ? "LPOP" : "RPOP", key,
                        base::format_uint64(count, digits)});
    return true;
  }
  return false;
}

} // namespace thespis::commands
