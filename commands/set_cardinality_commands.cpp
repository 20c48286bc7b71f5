/// How many members an intersection, a union or a difference of sets has, up to a limit. Nothing is
/// gathered but the number.

#include "commands/key_list.hpp"
#include "commands/rows.hpp"
#include "commands/set_value.hpp"
#include "protocol/argument_reader.hpp"
#include "types/set_algebra.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
using types::set_element;
namespace errors = protocol::errors;

namespace {

using set_span = std::span<const types::set>;

struct card_request {
  arguments keys;
  /// 0: none.
  std::size_t limit = 0;
};

/// Empty: an error has been replied. `may_be_rough`: whether APPROX is an option.
std::optional<card_request> read_card_request(command_context& ctx, arguments args,
                                              bool may_be_rough) {
  protocol::argument_reader in{args};
  card_request out{read_keys(in, ctx.spec->name,
                             {.not_an_integer = errors::key_count_not_positive,
                              .below_one = errors::key_count_not_positive,
                              .too_many = errors::key_count_too_large})};
  while (in.more())
    if (in.option("LIMIT", 1))
      out.limit = read_limit(in);
    else if (!may_be_rough || !in.option("APPROX"))
      in.fail(errors::syntax);
  if (!in.failed())
    return out;
  ctx.reply.error(in.error());
  return std::nullopt;
}

template <class Algebra>
void reply_count(command_context& ctx, arguments args, bool may_be_rough, Algebra&& algebra) {
  const auto request = read_card_request(ctx, args, may_be_rough);
  sets_to_read sets;
  if (!request || !sets.find(ctx, request->keys) || ctx.moves_for(sets.members()))
    return;
  std::size_t count = 0;
  algebra(set_span{sets.all()}, [&](set_element) { return ++count == request->limit; });
  ctx.reply.integer(static_cast<std::int64_t>(count));
}

} // namespace

/// SINTERCARD numkeys key [key …] [LIMIT limit] -> size of the intersection, at most the limit.
/// Errors: numkeys, syntax, limit, WRONGTYPE. Cost: as SINTER.
void cmd_sintercard(command_context& ctx, arguments args) {
  reply_count(ctx, args, false, [](set_span sets, auto visit) { types::intersect(sets, visit); });
}

/// SUNIONCARD numkeys key [key …] [APPROX] [LIMIT limit] -> size of the union, at most the limit.
/// It is exact with APPROX too. Errors: numkeys, syntax, limit, WRONGTYPE. Cost: as SUNION.
void cmd_sunioncard(command_context& ctx, arguments args) {
  reply_count(ctx, args, true, [](set_span sets, auto visit) { types::unite(sets, visit); });
}

/// SDIFFCARD numkeys key [key …] [LIMIT limit] -> size of the difference, at most the limit.
/// Errors: numkeys, syntax, limit, WRONGTYPE. Cost: as SDIFF.
void cmd_sdiffcard(command_context& ctx, arguments args) {
  reply_count(ctx, args, false, [](set_span sets, auto visit) { types::subtract(sets, visit); });
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec counted_keys[] = {
  {.flags = key_ro | key_access, .position = 1, .find_keys = key_spec::find::keynum,
   .key_count_index = 0, .first_key = 1},
};

constexpr command_spec set_cardinality_table[] = {
  {.name = "sdiffcard", .arity = -3, .flags = readonly, .acl = acl_set, .keys = counted_keys,
   .route = way::borrow, .run = cmd_sdiffcard, .group = command_group::set, .since = "8.10.0",
   .complexity = "O(N) where N is the total number of elements in all given sets.",
   .summary = "Counts the members of a set that none of the other sets has.",
   .syntax = "numkeys:integer key... [LIMIT limit:integer]"},
  {.name = "sintercard", .arity = -3, .flags = readonly, .acl = acl_set, .keys = counted_keys,
   .route = way::borrow, .run = cmd_sintercard, .group = command_group::set, .since = "7.0.0",
   .complexity =
     "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of "
     "sets.",
   .summary = "Counts the members that several sets have in common.",
   .syntax = "numkeys:integer key... [LIMIT limit:integer]"},
  {.name = "sunioncard", .arity = -3, .flags = readonly, .acl = acl_set, .keys = counted_keys,
   .route = way::borrow, .run = cmd_sunioncard, .group = command_group::set, .since = "8.10.0",
   .complexity = "O(N) where N is the total number of elements in all given sets.",
   .summary = "Counts the members of several sets, each once.",
   .syntax = "numkeys:integer key... [APPROX] [LIMIT limit:integer]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> set_cardinality_rows() noexcept {
  return set_cardinality_table;
}

} // namespace thespis::commands
