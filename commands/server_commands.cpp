/// The server as a whole: its clock, its end, its art.

#include "base/ascii.hpp"
#include "base/random.hpp"
#include "base/time_units.hpp"
#include "base/version.hpp"
#include "commands/lolwut.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"
#include "protocol/script_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

void cmd_dbsize(command_context& ctx, arguments args);
void cmd_flushall(command_context& ctx, arguments args);
void cmd_flushdb(command_context& ctx, arguments args);
void cmd_swapdb(command_context& ctx, arguments args);

namespace {

/// SHUTDOWN's words. `abort` excludes all others.
struct shutdown_words {
  shutdown_request request;
  bool abort = false;
};

/// Nothing: the words are wrong.
std::optional<shutdown_words> read_shutdown(arguments words) {
  using save_mode = shutdown_request::save_mode;
  shutdown_words out;
  auto save = false;
  auto nosave = false;
  for (const auto word : words) {
    if (equals_nocase(word, "save"))
      save = true;
    else if (equals_nocase(word, "nosave"))
      nosave = true;
    else if (equals_nocase(word, "now"))
      out.request.now = true;
    else if (equals_nocase(word, "force"))
      out.request.force = true;
    else if (equals_nocase(word, "abort"))
      out.abort = true;
    else
      return std::nullopt;
  }
  const auto others = save || nosave || out.request.now || out.request.force;
  if ((save && nosave) || (out.abort && others))
    return std::nullopt;
  out.request.save = save ? save_mode::yes : nosave ? save_mode::no : save_mode::as_configured;
  return out;
}

} // namespace

/// TIME -> array of Unix time in seconds and the microseconds of the second. Cost: O(1).
void cmd_time(command_context& ctx, arguments) {
  ctx.reply.array(2);
  ctx.reply.bulk_integer(ctx.now.us / base::us_per_s);
  ctx.reply.bulk_integer(ctx.now.us % base::us_per_s);
}

/// SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] -> nothing: the connection closes when the server ends
/// SHUTDOWN ABORT -> OK
/// Errors: syntax, nothing to abort. Cost: O(1), the end takes its time afterwards.
void cmd_shutdown(command_context& ctx, arguments args) {
  const auto words = read_shutdown(args.subspan(1));
  if (!words)
    return ctx.reply.error(errors::syntax);
  auto& server = *ctx.server;
  if (ctx.has_moved) {
    // The data has been saved, or could not be.
    if (!server.shutting_down)
      ctx.reply.error(errors::shutdown_failed);
    return;
  }
  if (words->abort) {
    if (!server.hooks.abort_shutdown || !server.hooks.abort_shutdown())
      return ctx.reply.error(errors::no_shutdown);
    server.shutting_down = false;
    return ctx.reply.ok();
  }
  if (server.scripts != nullptr && server.scripts->some_are_slow()
      && words->request.save != shutdown_request::save_mode::no)
    return ctx.reply.error(server.scripts->slow_one_is_function() ? errors::busy_function
                                                                  : errors::busy);
  server.log(base::log_level::warning, "User requested shutdown...");
  if (!server.hooks.shut_down)
    return ctx.reply.error(errors::shutdown_failed);
  server.shutting_down = true;
  if (server.hooks.shut_down(words->request))
    ctx.move_to(keyspace::place::administrator);
}

/// LOLWUT [VERSION version [columns [rows]]] -> text: a picture and the version
/// Sizes count where Redis' art of that version has some, otherwise further words are ignored; the
/// pictures are of one kind. Errors: numbers. Cost: O(columns * rows).
void cmd_lolwut(command_context& ctx, arguments args) {
  constexpr std::int64_t sizes_max[] = {8, 16};
  std::int64_t sizes[] = {3, 1};
  std::size_t numbers = 0;
  if (args.size() >= 3 && equals_nocase(args[1], "version")) {
    const auto version = read_integer(ctx.reply, args[2], errors::not_an_integer);
    if (!version)
      return;
    // Version 5 has two sizes of its squares where 6 has rows.
    numbers = *version == 5 ? 3 : *version == 6 ? 2 : 0;
  }
  for (std::size_t i = 0; i < numbers && 3 + i < args.size(); ++i) {
    const auto size = read_integer(ctx.reply, args[3 + i], errors::not_an_integer);
    if (!size)
      return;
    if (i < std::size(sizes))
      sizes[i] = std::clamp<std::int64_t>(*size, 1, sizes_max[i]);
  }
  base::random_bits random{static_cast<std::uint64_t>(ctx.now.us) ^ ctx.client.id};
  auto picture = draw_masks(static_cast<std::size_t>(sizes[0]), static_cast<std::size_t>(sizes[1]),
                            random);
  picture += fmt::format(
    "\nMasks for a chorus of Thespis, about 534 BC. Redis ver. {}, Thespis ver. "
    "{}\n",
    base::redis_version, base::thespis_version);
  ctx.reply.verbatim("txt", picture);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec server_table[] = {
  {.name = "dbsize", .arity = 1, .flags = readonly | fast, .acl = acl_keyspace,
   .route = way::everywhere, .replies = merge::sum, .run = cmd_dbsize,
   .group = command_group::server, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Counts the keys of the database.",
   .tips = "request_policy:all_shards response_policy:agg_sum"},
  {.name = "flushall", .arity = -1, .flags = write, .acl = acl_keyspace | acl_dangerous,
   .route = way::everywhere, .replies = merge::first, .run = cmd_flushall,
   .group = command_group::server, .since = "1.0.0",
   .complexity = "O(N) where N is the total number of keys in all databases",
   .summary = "Deletes all keys of all databases.",
   .syntax = "[flush-type(ASYNC@4.0.0|SYNC@6.2.0)]",
   .tips = "request_policy:all_shards response_policy:all_succeeded"},
  {.name = "flushdb", .arity = -1, .flags = write, .acl = acl_keyspace | acl_dangerous,
   .route = way::everywhere, .replies = merge::first, .run = cmd_flushdb,
   .group = command_group::server, .since = "1.0.0",
   .complexity = "O(N) where N is the number of keys in the selected database",
   .summary = "Deletes all keys of the database.", .syntax = "[flush-type(ASYNC@4.0.0|SYNC@6.2.0)]",
   .tips = "request_policy:all_shards response_policy:all_succeeded"},
  {.name = "lolwut", .arity = -1, .flags = readonly | fast, .route = way::session,
   .run = cmd_lolwut, .group = command_group::server, .since = "5.0.0",
   .summary = "Draws a piece of computer art and tells the version.",
   .syntax = "[VERSION version:integer]"},
  {.name = "shutdown", .arity = -1,
   .flags = admin | noscript | loading | stale | no_multi | allow_busy, .route = way::administrator,
   .run = cmd_shutdown, .group = command_group::server, .since = "1.0.0",
   .complexity =
     "O(N) when saving, where N is the total number of keys in all databases when saving data, "
     "otherwise O(1)",
   .summary = "Saves the data sets, if so configured, and ends the server.",
   .syntax = "[save-selector(NOSAVE|SAVE)] [NOW@7.0.0] [FORCE@7.0.0] [ABORT@7.0.0]"},
  {.name = "swapdb", .arity = 3, .flags = write | fast, .acl = acl_keyspace | acl_dangerous,
   .route = way::everywhere, .replies = merge::first, .run = cmd_swapdb,
   .group = command_group::server, .since = "4.0.0",
   .complexity =
     "O(N) where N is the count of clients watching or blocking on keys from both databases.",
   .summary = "Exchanges two databases for all clients at once.",
   .syntax = "index1:integer index2:integer"},
  {.name = "time", .arity = 1, .flags = loading | stale | fast, .route = way::session,
   .run = cmd_time, .group = command_group::server, .since = "2.6.0", .complexity = "O(1)",
   .summary = "Replies with the server's clock: seconds and microseconds.",
   .tips = "nondeterministic_output"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> server_rows() noexcept {
  return server_table;
}

} // namespace thespis::commands
