/// DEBUG: what tests and the curious need, behind enable-debug-command. Subcommands that look at
/// keys are rows of their own, run where the keys are (debug_keyspace_commands.cpp); everything
/// else, and whatever fits no row, comes to cmd_debug. Subcommands of features that this server
/// does not have are unknown here.

#include "base/ascii.hpp"
#include "base/glob.hpp"
#include "base/random.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "commands/subcommand_help.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

void cmd_debug_digest(command_context& ctx, arguments args);
void cmd_debug_digest_value(command_context& ctx, arguments args);
void cmd_debug_htstats(command_context& ctx, arguments args);
void cmd_debug_htstats_key(command_context& ctx, arguments args);
void cmd_debug_listpack(command_context& ctx, arguments args);
void cmd_debug_object(command_context& ctx, arguments args);
void cmd_debug_populate(command_context& ctx, arguments args);
void cmd_debug_quicklist(command_context& ctx, arguments args);
void cmd_debug_quicklist_packed_threshold(command_context& ctx, arguments args);
void cmd_debug_reload(command_context& ctx, arguments args);
void cmd_debug_sdslen(command_context& ctx, arguments args);
void cmd_debug_sleep(command_context& ctx, arguments args);
void cmd_memory_malloc_stats(command_context& ctx, arguments args);

namespace {

constexpr std::string_view debug_help[] = {
  "CHANGE-REPL-ID",
  "    Give the instance a new replication ID.",
  "DICT-RESIZING <0|1>",
  "    With 0 the tables of databases keep their memory when keys go, with 1 they",
  "    give it back as usual. They grow in any case.",
  "DIGEST",
  "    Reply with a fingerprint of all data.",
  "DIGEST-VALUE <key> [<key> ...]",
  "    Reply with fingerprints of the values of the keys.",
  "ERROR <string>",
  "    Reply with <string> as an error.",
  "JMAP",
  "    Reply with the allocator's own map of its arenas and size classes.",
  "LISTPACK <key>",
  "    Show the elements of a small collection, as they are stored.",
  "LOG <message>",
  "    Write <message> into the server's log.",
  "HTSTATS <dbid>",
  "    Describe the hash table of a database.",
  "HTSTATS-KEY <key>",
  "    Describe the hash table that is the value of <key>.",
  "OBJECT <key>",
  "    Show what is known of <key> and its value on a low level.",
  "POPULATE <count> [<prefix>] [<size>]",
  "    Make <count> string keys named key:<num>, or <prefix>:<num>. Keys that exist",
  "    stay as they are.",
  "PROTOCOL <type>",
  "    Reply with a value of the type: string, integer, double, bignum, null, array,",
  "    set, map, attrib, push, verbatim, true, false.",
  "QUICKLIST <key> [<0|1>]",
  "    Show the pieces of a large list, with 1 also their elements.",
  "QUICKLIST-PACKED-THRESHOLD <size>",
  "    Keep elements of lists that are longer by themselves, 0: only very long ones.",
  "REPLYBUFFER PEAK-RESET-TIME <NEVER|RESET|milliseconds>",
  "    How long the peak of a client's reply buffer counts before the buffer may",
  "    shrink below it. RESET: the default.",
  "REPLYBUFFER RESIZING <0|1>",
  "    With 0 reply buffers keep what they have grown to, with 1 they shrink as usual.",
  "RELOAD [MERGE] [NOFLUSH]",
  "    Write all data as into a file, drop it, and read it back, in memory.",
  "SDSLEN <key>",
  "    Show the sizes of <key> and of its string.",
  "SET-ACTIVE-EXPIRE <0|1>",
  "    With 0 keys expire only when they are accessed, with 1 as usual.",
  "SET-DISABLE-DENY-SCRIPTS <0|1>",
  "    With 1 scripts may call every command, with 0 those that are allowed.",
  "SET-SKIP-CHECKSUM-VALIDATION <0|1>",
  "    With 1 RESTORE and FUNCTION RESTORE take payloads whatever their checksums say.",
  "SLEEP <seconds>",
  "    Stop the server for <seconds>, which may have decimals.",
  "STRINGMATCH-LEN <length> <pattern>",
  "    Match a text of <length> letters a against the pattern.",
  "STRINGMATCH-TEST",
  "    Match random patterns against random texts.",
  "PAUSE-CRON <0|1>",
  "    With 1 stop the periodic work of the server.",
};

constexpr std::string_view protocol_types
  = "ERR Wrong protocol type name. Please use one of the following: "
    "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false";

void reply_aggregate(command_context& ctx, std::string_view type) {
  if (type == "array")
    ctx.reply.array(3);
  else if (type == "set")
    ctx.reply.set(3);
  else
    ctx.reply.map(3);
  for (int i = 0; i < 3; ++i) {
    ctx.reply.integer(i);
    if (type == "map")
      ctx.reply.boolean(i == 1);
  }
}

void reply_attribute(command_context& ctx) {
  if (ctx.client.protocol == 3) {
    ctx.reply.raw("|1\r\n");
    ctx.reply.bulk("key-popularity");
    ctx.reply.array(2);
    ctx.reply.bulk("key:123");
    ctx.reply.integer(90);
  }
  ctx.reply.bulk("Some real reply following the attribute");
}

void reply_push(command_context& ctx) {
  if (ctx.client.protocol == 2)
    return ctx.reply.error("ERR RESP2 is not supported by this command");
  ctx.reply.push(2);
  ctx.reply.bulk("server-cpu-usage");
  ctx.reply.integer(42);
  // Pushed data is no reply.
  ctx.reply.bulk("Some real reply following the push reply");
}

/// DEBUG PROTOCOL type -> a value of that type.
void show_protocol(command_context& ctx, std::string_view word) {
  std::string type{word};
  for (auto& letter : type)
    letter = base::lower(letter);
  auto& reply = ctx.reply;
  if (type == "string")
    reply.bulk("Hello World");
  else if (type == "integer")
    reply.integer(12345);
  else if (type == "double")
    reply.dbl(3.141);
  else if (type == "bignum")
    reply.big_number("1234567999999999999999999999999999999");
  else if (type == "null")
    reply.null();
  else if (type == "array" || type == "set" || type == "map")
    reply_aggregate(ctx, type);
  else if (type == "attrib")
    reply_attribute(ctx);
  else if (type == "push")
    reply_push(ctx);
  else if (type == "verbatim")
    reply.verbatim("txt", "This is a verbatim\nstring");
  else if (type == "true" || type == "false")
    reply.boolean(type == "true");
  else
    reply.error(protocol_types);
}

void match_length(command_context& ctx, arguments args) {
  constexpr std::int64_t length_max = 512 * 1024 * 1024;
  const auto length = read_integer(ctx.reply, args[2], 0, length_max);
  if (!length)
    return;
  const std::string text(static_cast<std::size_t>(*length), 'a');
  ctx.reply.integer(base::glob_match(args[3], text) ? 1 : 0);
}

void match_random(command_context& ctx) {
  constexpr int rounds = 100'000;
  constexpr std::size_t length_max = 32;
  base::random_bits random{static_cast<std::uint64_t>(ctx.now.us)};
  const auto any_text = [&](std::string& text) {
    text.resize(random.below(length_max));
    for (auto& c : text)
      c = static_cast<char>(random.below(128));
  };
  std::string pattern;
  std::string text;
  std::uint64_t matches = 0;
  for (int i = 0; i < rounds; ++i) {
    any_text(pattern);
    any_text(text);
    matches += base::glob_match(pattern, text, i % 2 == 0) ? 1 : 0;
  }
  ctx.server->log(base::log_level::verbose,
                  "DEBUG STRINGMATCH-TEST: " + std::to_string(matches) + " random texts matched");
  ctx.reply.simple("Apparently Redis did not crash: test passed");
}

void change_replication_id(command_context& ctx) {
  constexpr std::string_view digits = "0123456789abcdef";
  base::random_bits random{static_cast<std::uint64_t>(ctx.now.us)};
  for (auto& digit : ctx.server->facts.replication_id)
    digit = digits[random.below(digits.size())];
  ctx.server->log(base::log_level::notice,
                  "Changing replication IDs after receiving change-repl-id");
  ctx.reply.ok();
}

/// Redis reads the switches of DEBUG with atoi: what is no number is 0.
bool is_on(std::string_view word) {
  word.remove_prefix(std::min(word.find_first_not_of(" \t\n\v\f\r"), word.size()));
  if (!word.empty() && (word.front() == '-' || word.front() == '+'))
    word.remove_prefix(1);
  const auto begin = word.find_first_not_of('0');
  return begin != std::string_view::npos && base::is_digit(word[begin]);
}

/// DEBUG REPLYBUFFER: see reply_buffer_settings.
void set_reply_buffers(command_context& ctx, arguments args) {
  using settings = reply_buffer_settings;
  constexpr auto relaxed = std::memory_order_relaxed;
  auto& now = ctx.server->reply_buffers;
  if (equals_nocase(args[2], "resizing")) {
    now.resizing.store(is_on(args[3]), relaxed);
  } else if (!equals_nocase(args[2], "peak-reset-time")) {
    return ctx.reply.error(errors::wrong_subcommand(args[1], args[0]));
  } else if (equals_nocase(args[3], "never")) {
    now.peak_reset_ms.store(settings::never, relaxed);
  } else if (equals_nocase(args[3], "reset")) {
    now.peak_reset_ms.store(settings::peak_reset_ms_default, relaxed);
  } else {
    const auto ms = read_integer(ctx.reply, args[3], errors::not_an_integer);
    if (!ms)
      return;
    now.peak_reset_ms.store(*ms, relaxed);
  }
  ctx.reply.ok();
}

} // namespace

/// DEBUG subcommand … -> whatever it says. Cost: the subcommand's.
void cmd_debug(command_context& ctx, arguments args) {
  const auto is = [&](std::string_view name, std::size_t words) {
    return args.size() == words && equals_nocase(args[1], name);
  };
  auto& server = *ctx.server;
  if (is("protocol", 3)) {
    show_protocol(ctx, args[2]);
  } else if (is("error", 3)) {
    ctx.reply.wanted_error(args[2]);
  } else if (is("log", 3)) {
    server.log(base::log_level::warning, "DEBUG LOG: " + std::string{args[2]});
    ctx.reply.ok();
  } else if (is("stringmatch-len", 4)) {
    match_length(ctx, args);
  } else if (is("stringmatch-test", 2)) {
    match_random(ctx);
  } else if (is("set-active-expire", 3)) {
    server.active_expiry = is_on(args[2]);
    server.apply_debug_switches();
    ctx.reply.ok();
  } else if (is("set-disable-deny-scripts", 3)) {
    server.script_settings.may_call_all.store(is_on(args[2]), std::memory_order_relaxed);
    ctx.reply.ok();
  } else if (is("set-skip-checksum-validation", 3)) {
    server.access.skip_checksums.store(is_on(args[2]), std::memory_order_relaxed);
    ctx.reply.ok();
  } else if (is("pause-cron", 3)) {
    server.cron_paused = is_on(args[2]);
    server.apply_debug_switches();
    ctx.reply.ok();
  } else if (is("dict-resizing", 3)) {
    server.access.tables_shrink.store(is_on(args[2]), std::memory_order_relaxed);
    ctx.reply.ok();
  } else if (is("replybuffer", 4)) {
    set_reply_buffers(ctx, args);
  } else if (is("jmap", 2)) {
    cmd_memory_malloc_stats(ctx, args);
  } else if (is("change-repl-id", 2)) {
    change_replication_id(ctx);
  } else {
    ctx.reply.error(errors::wrong_subcommand(args[1], args[0]));
  }
}

/// DEBUG HELP -> array of lines. Cost: O(1).
void cmd_debug_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "DEBUG", debug_help);
}

namespace {

using namespace thespis::protocol;

constexpr std::uint32_t debug_flags = admin | noscript | loading | stale | protected_command
                                      | hidden;

// clang-format off
constexpr command_spec debug_table[] = {
  {.name = "debug", .arity = -2,
   .flags = admin | noscript | loading | stale | protected_command | system_command,
   .route = way::administrator, .run = cmd_debug, .group = command_group::server, .since = "1.0.0",
   .complexity = "Depends on subcommand.",
   .summary = "A container for commands to test and debug the server with."},
  // Rows that only route; a request that fits none of them runs cmd_debug.
  {.name = "debug|digest", .arity = 2, .flags = debug_flags, .route = way::borrow_all,
   .run = cmd_debug_digest, .group = command_group::server},
  {.name = "debug|digest-value", .arity = -2, .flags = debug_flags,
   .keys = keys_from<2, 1, key_ro | key_access>, .route = way::borrow,
   .run = cmd_debug_digest_value, .group = command_group::server},
  {.name = "debug|help", .arity = 2, .flags = debug_flags, .route = way::session,
   .run = cmd_debug_help, .group = command_group::server},
  {.name = "debug|htstats", .arity = 3, .flags = debug_flags, .route = way::borrow_all,
   .run = cmd_debug_htstats, .group = command_group::server},
  {.name = "debug|htstats-key", .arity = 3, .flags = debug_flags, .keys = key_at<2, key_ro>,
   .route = way::single, .run = cmd_debug_htstats_key, .group = command_group::server},
  {.name = "debug|listpack", .arity = 3, .flags = debug_flags, .keys = key_at<2, key_ro>,
   .route = way::single, .run = cmd_debug_listpack, .group = command_group::server},
  {.name = "debug|object", .arity = -3, .flags = debug_flags, .keys = key_at<2, key_ro>,
   .route = way::single, .run = cmd_debug_object, .group = command_group::server},
  {.name = "debug|populate", .arity = -3, .flags = debug_flags, .route = way::borrow_all,
   .run = cmd_debug_populate, .group = command_group::server},
  {.name = "debug|quicklist", .arity = -3, .flags = debug_flags, .keys = key_at<2, key_ro>,
   .route = way::single, .run = cmd_debug_quicklist, .group = command_group::server},
  {.name = "debug|quicklist-packed-threshold", .arity = 3, .flags = debug_flags,
   .route = way::session, .run = cmd_debug_quicklist_packed_threshold,
   .group = command_group::server},
  {.name = "debug|reload", .arity = -2, .flags = debug_flags, .route = way::borrow_all,
   .run = cmd_debug_reload, .group = command_group::server},
  {.name = "debug|sdslen", .arity = 3, .flags = debug_flags, .keys = key_at<2, key_ro>,
   .route = way::single, .run = cmd_debug_sdslen, .group = command_group::server},
  {.name = "debug|sleep", .arity = 3, .flags = debug_flags, .route = way::borrow_all,
   .run = cmd_debug_sleep, .group = command_group::server},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> debug_rows() noexcept {
  return debug_table;
}

} // namespace thespis::commands
