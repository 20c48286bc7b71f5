/// A look into sketches, for those who work on them: PFDEBUG shows one, PFSELFTEST tries the
/// arithmetic out.

#include "base/ascii.hpp"
#include "base/random.hpp"
#include "commands/hyperloglog_value.hpp"
#include "commands/rows.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"
#include "types/hyperloglog.hpp"
#include "types/hyperloglog_sparse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::database;
using protocol::arguments;
using types::hll_draft;
using types::hll_view;
namespace errors = protocol::errors;

namespace {

/// Makes the sketch at the key dense. Returns false after an error has been replied.
bool make_dense(command_context& ctx, std::string_view key, database::slot& at,
                const hll_view& sketch) {
  hll_draft draft{sketch};
  if (!draft.make_dense()) {
    ctx.reply.error(errors::corrupted_hyperloglog);
    return false;
  }
  // Not put_sketch(): the cardinality is what it was.
  const auto bytes = ctx.db(key).resize_string(at, draft.view().size());
  std::copy(draft.view().begin(), draft.view().end(), bytes.begin());
  ctx.did(no_event, "pfdebug", key);
  return true;
}

void show_registers(command_context& ctx, std::string_view key, database::slot& at,
                    const hll_view& sketch) {
  if (!sketch.is_dense() && !make_dense(ctx, key, at, sketch))
    return;
  char scratch[24];
  const auto dense = at->text(scratch);
  ctx.reply.array(types::hll_register_count);
  for (std::size_t i = 0; i < types::hll_register_count; ++i)
    ctx.reply.integer(types::hll_register(dense, i));
}

/// "z:" and "Z:" before the length of zeros in one and two bytes, "v:rank,length".
void show_runs(command_context& ctx, const hll_view& sketch) {
  if (sketch.is_dense())
    return ctx.reply.error(errors::hyperloglog_not_sparse);
  std::string text;
  const auto out = std::back_inserter(text);
  const auto runs = sketch.body();
  for (std::size_t at = 0; at < runs.size();) {
    const auto run = types::hll_run::read(runs, at);
    if (!run)
      break;
    const auto* space = text.empty() ? "" : " ";
    if (run->what == types::hll_run::kind::value)
      fmt::format_to(out, "{}v:{},{}", space, run->rank, run->length);
    else
      fmt::format_to(out, "{}{}:{}", space, run->what == types::hll_run::kind::zero ? 'z' : 'Z',
                     run->length);
    at += run->bytes;
  }
  ctx.reply.bulk(text);
}

/// What a dense sketch says is what its registers were raised to.
bool registers_hold(base::random_bits& random) {
  types::hll_registers model{};
  hll_draft draft;
  draft.make_dense();
  for (int round = 0; round < 100'000; ++round) {
    const types::hll_mark mark{static_cast<std::uint32_t>(random.below(types::hll_register_count)),
                               static_cast<std::uint8_t>(random.below(64))};
    types::hll_raise(draft.bytes(), mark);
    model[mark.index] = std::max(model[mark.index], mark.rank);
  }
  for (std::size_t i = 0; i < model.size(); ++i)
    if (types::hll_register(draft.view(), i) != model[i])
      return false;
  return true;
}

/// Estimates of 1, 10 … 100,000 elements are within six standard errors, and as long as there are
/// both forms, they agree.
bool estimates_hold(base::random_bits& random) {
  constexpr double standard_error = 0.0081;
  constexpr std::size_t bytes_max = 12'000;
  hll_draft sparse;
  hll_draft dense;
  dense.make_dense();
  std::uint64_t count = 0;
  for (std::uint64_t stop = 1; stop <= 100'000; stop *= 10) {
    for (; count < stop; ++count) {
      const auto element = random.next();
      const auto mark = types::hll_mark_of(
        {reinterpret_cast<const char*>(&element), sizeof element});
      sparse.raise(mark, bytes_max);
      dense.raise(mark, bytes_max);
    }
    const auto estimate = hll_view::open(dense.view())->cardinality();
    const auto exact = static_cast<double>(stop);
    if (estimate != hll_view::open(sparse.view())->cardinality()
        || std::abs(static_cast<double>(*estimate) - exact)
             > std::max(1.0, exact * 6 * standard_error))
      return false;
  }
  return true;
}

} // namespace

/// PFDEBUG GETREG key -> array of 16384 integers; the sketch becomes dense
/// PFDEBUG DECODE key -> its runs as a bulk string
/// PFDEBUG ENCODING key -> dense | sparse, as simple strings
/// PFDEBUG TODENSE key -> 1 if it became dense, 0 if it was
/// Errors: no key, WRONGTYPE, no sketch, corrupted, dense (DECODE), another subcommand.
void cmd_pfdebug(command_context& ctx, arguments args) {
  const auto sub = args[1];
  const auto key = args[2];
  auto at = ctx.find_to_write(key);
  if (!at)
    return ctx.reply.error(errors::no_such_hyperloglog);
  const auto sketch = open_sketch(ctx, at);
  if (!sketch)
    return;
  if (base::equals_nocase(sub, "getreg"))
    return show_registers(ctx, key, at, *sketch);
  if (base::equals_nocase(sub, "decode"))
    return show_runs(ctx, *sketch);
  if (base::equals_nocase(sub, "encoding"))
    return ctx.reply.simple(sketch->is_dense() ? "dense" : "sparse");
  if (!base::equals_nocase(sub, "todense"))
    return ctx.reply.error(errors::unknown_pfdebug(sub));
  if (sketch->is_dense())
    return ctx.reply.integer(0);
  if (make_dense(ctx, key, at, *sketch))
    ctx.reply.integer(1);
}

/// PFSELFTEST -> OK. Errors: TESTFAILED, which would be a mistake of this program. Cost: some ms.
void cmd_pfselftest(command_context& ctx, arguments) {
  base::random_bits random{1};
  if (!registers_hold(random))
    return ctx.reply.error("TESTFAILED A register does not hold what was stored in it");
  if (!estimates_hold(random))
    return ctx.reply.error("TESTFAILED An estimate is too far from the number of elements");
  ctx.reply.ok();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec hyperloglog_debug_table[] = {
  {.name = "pfdebug", .arity = 3, .flags = write | denyoom | admin | system_command,
   .acl = acl_hyperloglog, .keys = key_at<2, key_rw | key_access>, .route = way::single,
   .run = cmd_pfdebug, .group = command_group::hyperloglog, .since = "2.8.9",
   .complexity = "N/A", .summary = "Shows the inside of a HyperLogLog.",
   .syntax = "subcommand key"},
  {.name = "pfselftest", .arity = 1, .flags = admin | system_command, .acl = acl_hyperloglog,
   .route = way::session, .run = cmd_pfselftest, .group = command_group::hyperloglog,
   .since = "2.8.9", .complexity = "N/A",
   .summary = "Tries out the arithmetic of HyperLogLogs."},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> hyperloglog_debug_rows() noexcept {
  return hyperloglog_debug_table;
}

} // namespace thespis::commands
