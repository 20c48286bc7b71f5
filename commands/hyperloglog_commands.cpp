/// Counting different elements in strings that are sketches: types/hyperloglog.hpp tells how.
/// Whatever looks at one key and changes nothing, PFCOUNT included, leaves the estimate in it for
/// the next who asks.

#include "commands/hyperloglog_value.hpp"
#include "commands/rows.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"
#include "types/hyperloglog.hpp"
#include "types/hyperloglog_sparse.hpp"

#include <cstdint>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::database;
using keyspace::event_class;
using protocol::arguments;
using types::hll_draft;
using types::hll_view;
namespace errors = protocol::errors;

namespace {

/// `raised`: how many registers, and one more for a new sketch.
void reply_raised(command_context& ctx, std::string_view key, std::size_t raised) {
  if (raised != 0)
    ctx.did_several(event_class::string, "pfadd", key, raised);
  ctx.reply.integer(raised != 0 ? 1 : 0);
}

/// In place: a dense sketch keeps its length.
void add_dense(command_context& ctx, std::string_view key, database::slot& at, arguments elements) {
  const auto bytes = sketch_bytes(ctx, key, at);
  std::size_t raised = 0;
  for (const auto element : elements)
    raised += types::hll_raise(bytes, types::hll_mark_of(element)) ? 1 : 0;
  if (raised != 0)
    types::hll_forget_cardinality(bytes);
  reply_raised(ctx, key, raised);
}

void add_to(command_context& ctx, std::string_view key, database::slot& at, hll_draft& draft,
            arguments elements) {
  const bool found{at};
  const auto bytes_max = sparse_bytes_max(ctx);
  std::size_t raised = found ? 0 : 1;
  for (const auto element : elements) {
    const auto outcome = draft.raise(types::hll_mark_of(element), bytes_max);
    if (outcome == hll_draft::outcome::corrupted)
      return ctx.reply.error(errors::corrupted_hyperloglog);
    raised += outcome == hll_draft::outcome::raised ? 1 : 0;
  }
  if (raised != 0)
    put_sketch(ctx, key, at, draft);
  if (!found)
    ctx.also(event_class::new_key, "new", key);
  reply_raised(ctx, key, raised);
}

/// All sketches at the keys in one.
struct sketch_union {
  types::hll_registers registers{};
  bool any_dense = false;

  /// Returns false after an error has been replied. Missing keys add nothing.
  bool add(command_context& ctx, arguments keys) {
    for (const auto key : keys) {
      const auto at = ctx.find_to_read(key);
      if (!at)
        continue;
      const auto sketch = open_sketch(ctx, at);
      if (!sketch)
        return false;
      any_dense |= sketch->is_dense();
      if (!sketch->merge_into(registers)) {
        ctx.reply.error(errors::corrupted_hyperloglog);
        return false;
      }
    }
    return true;
  }
};

void count_one(command_context& ctx, std::string_view key) {
  auto at = ctx.find_to_read(key);
  if (!at)
    return ctx.reply.integer(0);
  const auto sketch = open_sketch(ctx, at);
  if (!sketch)
    return;
  auto cardinality = sketch->cached_cardinality();
  if (!cardinality) {
    cardinality = sketch->cardinality();
    if (!cardinality)
      return ctx.reply.error(errors::corrupted_hyperloglog);
    types::hll_store_cardinality(sketch_bytes(ctx, key, at), *cardinality);
    ctx.did(no_event, "pfcount", key);
  }
  ctx.reply.integer(static_cast<std::int64_t>(*cardinality));
}

} // namespace

/// PFADD key [element …] -> 1 if the key is new or its estimate may have changed, 0 otherwise
/// Errors: WRONGTYPE, no sketch, corrupted. Cost: O(1) for each element.
void cmd_pfadd(command_context& ctx, arguments args) {
  const auto key = args[1];
  const auto elements = args.subspan(2);
  auto at = ctx.find_to_write(key);
  if (!at) {
    hll_draft fresh;
    return add_to(ctx, key, at, fresh, elements);
  }
  const auto sketch = open_sketch(ctx, at);
  if (!sketch)
    return;
  if (sketch->is_dense())
    return add_dense(ctx, key, at, elements);
  hll_draft draft{*sketch};
  add_to(ctx, key, at, draft, elements);
}

/// PFCOUNT key [key …] -> how many different elements the sketches have seen together, about
/// Errors: WRONGTYPE, no sketch, corrupted. Cost: O(1) for one key that has been counted and not
/// changed since, otherwise O(number of keys), some microseconds each.
void cmd_pfcount(command_context& ctx, arguments args) {
  if (args.size() == 2)
    return count_one(ctx, args[1]);
  sketch_union all;
  if (all.add(ctx, args.subspan(1)))
    ctx.reply.integer(static_cast<std::int64_t>(types::hll_cardinality(all.registers)));
}

/// PFMERGE destkey [sourcekey …] -> OK; destkey has seen what all of them, itself too, have seen.
/// Errors: WRONGTYPE, no sketch, corrupted. Cost: O(number of keys).
void cmd_pfmerge(command_context& ctx, arguments args) {
  const auto key = args[1];
  sketch_union all;
  if (!all.add(ctx, args.subspan(1)))
    return;
  auto at = ctx.find_to_write(key);
  const bool found{at};
  char scratch[24];
  hll_draft draft = found ? hll_draft{*hll_view::open(at->text(scratch))} : hll_draft{};
  if (all.any_dense) {
    draft.make_dense();
    types::hll_store_registers(draft.bytes(), all.registers);
  } else {
    const auto bytes_max = sparse_bytes_max(ctx);
    for (std::uint32_t i = 0; i < all.registers.size(); ++i)
      if (all.registers[i] != 0)
        draft.raise({i, all.registers[i]}, bytes_max);
  }
  put_sketch(ctx, key, at, draft);
  if (!found)
    ctx.also(event_class::new_key, "new", key);
  ctx.did(event_class::string, "pfadd", key);
  ctx.reply.ok();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec pfcount_keys[] = {
  {.flags = key_rw | key_access, .position = 1, .last_key = -1,
   .notes =
     "RW because it may change the internal representation of the key, and propagate to replicas"},
};
constexpr key_spec pfmerge_keys[] = {
  {.flags = key_rw | key_access | key_insert, .position = 1},
  {.flags = key_ro | key_access, .position = 2, .last_key = -1},
};

constexpr command_spec hyperloglog_table[] = {
  {.name = "pfadd", .arity = -2, .flags = write | denyoom | fast, .acl = acl_hyperloglog,
   .keys = key_at<1, key_rw | key_insert>, .route = way::single, .run = cmd_pfadd,
   .group = command_group::hyperloglog, .since = "2.8.9",
   .complexity = "O(1) to add every element.",
   .summary = "Shows elements to a HyperLogLog, making it if there is none.",
   .syntax = "key [element...]"},
  {.name = "pfcount", .arity = -2, .flags = readonly | may_replicate, .acl = acl_hyperloglog,
   .keys = pfcount_keys, .route = way::borrow, .run = cmd_pfcount,
   .group = command_group::hyperloglog, .since = "2.8.9",
   .complexity =
     "O(1) with a very small average constant time when called with a single key. O(N) with N being "
     "the number of keys, and much bigger constant times, when called with multiple keys.",
   .summary = "Estimates how many different elements HyperLogLogs have seen together.",
   .syntax = "key..."},
  {.name = "pfmerge", .arity = -2, .flags = write | denyoom, .acl = acl_hyperloglog,
   .keys = pfmerge_keys, .route = way::borrow, .run = cmd_pfmerge,
   .group = command_group::hyperloglog, .since = "2.8.9",
   .complexity = "O(N) to merge N HyperLogLogs, but with high constant times.",
   .summary = "Unites HyperLogLogs in the first of them.", .syntax = "destkey#0 [sourcekey#1...]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> hyperloglog_rows() noexcept {
  return hyperloglog_table;
}

} // namespace thespis::commands
