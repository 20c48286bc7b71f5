/// CLIENT TRACKING and what belongs to it: the client hears when keys change that it keeps copies
/// of. What it asked for is kept in its session (protocol/client_tracking.hpp); reads are
/// remembered by whoever runs them (execute.cpp).

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "commands/tracking.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
using protocol::client_tracking;
using protocol::tracked_reads;
namespace errors = protocol::errors;

namespace {

struct tracking_options {
  std::uint64_t redirect = 0;
  bool broadcast = false;
  bool opt_in = false;
  bool opt_out = false;
  bool no_loop = false;
  std::vector<std::string> prefixes;

  tracked_reads reads() const noexcept {
    if (opt_in)
      return tracked_reads::asked_for;
    return opt_out ? tracked_reads::not_declined : tracked_reads::all;
  }
};

/// The word behind REDIRECT; otherwise an error has been replied.
bool read_redirect(command_context& ctx, std::string_view word, tracking_options& out) {
  if (out.redirect != 0) {
    ctx.reply.error(errors::tracking_redirected_twice);
    return false;
  }
  const auto id = base::parse_int64(word);
  if (!id) {
    ctx.reply.error(errors::not_an_integer);
    return false;
  }
  if (*id <= 0 || ctx.server->record_of(static_cast<std::uint64_t>(*id)) == nullptr) {
    ctx.reply.error(errors::tracking_redirect_unknown);
    return false;
  }
  out.redirect = static_cast<std::uint64_t>(*id);
  return true;
}

/// Empty: an error has been replied.
std::optional<tracking_options> read_options(command_context& ctx, arguments words) {
  tracking_options out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto has_value = i + 1 < words.size();
    if (equals_nocase(words[i], "redirect") && has_value) {
      if (!read_redirect(ctx, words[++i], out))
        return std::nullopt;
    } else if (equals_nocase(words[i], "prefix") && has_value) {
      out.prefixes.emplace_back(words[++i]);
    } else if (equals_nocase(words[i], "bcast")) {
      out.broadcast = true;
    } else if (equals_nocase(words[i], "optin")) {
      out.opt_in = true;
    } else if (equals_nocase(words[i], "optout")) {
      out.opt_out = true;
    } else if (equals_nocase(words[i], "noloop")) {
      out.no_loop = true;
    } else {
      ctx.reply.error(errors::syntax);
      return std::nullopt;
    }
  }
  return out;
}

bool overlap(std::string_view a, std::string_view b) noexcept {
  const auto common = std::min(a.size(), b.size());
  return a.substr(0, common) == b.substr(0, common);
}

/// Empty: none does.
std::string overlapping_prefix(const client_tracking* current, const tracking_options& asked) {
  for (std::size_t i = 0; i < asked.prefixes.size(); ++i) {
    const auto& prefix = asked.prefixes[i];
    if (current != nullptr)
      for (const auto& known : current->prefixes)
        if (overlap(prefix, known))
          return errors::tracking_prefix_overlaps(prefix, "an existing", known);
    for (std::size_t j = i + 1; j < asked.prefixes.size(); ++j)
      if (overlap(prefix, asked.prefixes[j]))
        return errors::tracking_prefix_overlaps(prefix, "another provided", asked.prefixes[j]);
  }
  return {};
}

/// What speaks against these options for a client that tracks as `current` says (null: not at all).
/// Empty: nothing. In the order in which Redis asks.
std::string objection(const client_tracking* current, const tracking_options& asked) {
  if (!asked.broadcast && !asked.prefixes.empty())
    return std::string{errors::tracking_prefix_without_bcast};
  if (current != nullptr && current->broadcast != asked.broadcast)
    return std::string{errors::tracking_bcast_switched};
  if (asked.broadcast && (asked.opt_in || asked.opt_out))
    return std::string{errors::tracking_bcast_with_opt};
  if (asked.opt_in && asked.opt_out)
    return std::string{errors::tracking_opt_both};
  if (current != nullptr
      && ((asked.opt_in && current->reads == tracked_reads::not_declined)
          || (asked.opt_out && current->reads == tracked_reads::asked_for)))
    return std::string{errors::tracking_opt_switched};
  return overlapping_prefix(current, asked);
}

std::unique_ptr<client_tracking> combine(const client_tracking* current, tracking_options asked) {
  auto made = std::make_unique<client_tracking>();
  made->reads = asked.reads();
  made->broadcast = asked.broadcast;
  made->no_loop = asked.no_loop;
  made->redirect = asked.redirect;
  made->caching_called = current != nullptr && current->caching_called;
  if (asked.broadcast) {
    if (current != nullptr)
      made->prefixes = current->prefixes;
    if (asked.prefixes.empty() && !std::count(made->prefixes.begin(), made->prefixes.end(), ""))
      made->prefixes.emplace_back();
    std::move(asked.prefixes.begin(), asked.prefixes.end(), std::back_inserter(made->prefixes));
    std::sort(made->prefixes.begin(), made->prefixes.end());
  }
  return made;
}

} // namespace

void set_tracking(command_context& ctx, std::unique_ptr<client_tracking> asked) {
  auto& client = ctx.client;
  if (auto* const record = ctx.server->record_of(client.id)) {
    ctx.server->note_tracking(*record, asked != nullptr, asked != nullptr && asked->broadcast);
    record->set_flag(client_no_loop, asked != nullptr && asked->no_loop);
    record->set_flag(client_broken_redirect, false);
    record->redirect.store(asked == nullptr ? -1 : static_cast<std::int64_t>(asked->redirect),
                           std::memory_order_relaxed);
  }
  client.tracking = std::move(asked);
  client.listens_anew = true;
}

/// CLIENT TRACKING ON | OFF [REDIRECT id] [PREFIX prefix …] [BCAST] [OPTIN] [OPTOUT] [NOLOOP] ->
/// OK. Errors: syntax, options that exclude each other or what the client does already, a client
/// that is not there, prefixes that overlap. Cost: O(prefixes^2).
void cmd_client_tracking(command_context& ctx, arguments args) {
  auto options = read_options(ctx, args.subspan(3));
  if (!options)
    return;
  if (equals_nocase(args[2], "off")) {
    set_tracking(ctx, nullptr);
    return ctx.reply.ok();
  }
  if (!equals_nocase(args[2], "on"))
    return ctx.reply.error(errors::syntax);
  const auto* const current = ctx.client.tracking.get();
  if (const auto why = objection(current, *options); !why.empty())
    return ctx.reply.error(why);
  if (ctx.subscriber == nullptr)
    return ctx.reply.error(errors::takes_no_messages);
  set_tracking(ctx, combine(current, std::move(*options)));
  ctx.reply.ok();
}

/// CLIENT CACHING YES | NO -> OK: of the keys that the next request reads copies are kept, or are
/// not. Errors: syntax, a client that does not track with OPTIN or OPTOUT. Cost: O(1).
void cmd_client_caching(command_context& ctx, arguments args) {
  auto* const tracking = ctx.client.tracking.get();
  if (tracking == nullptr)
    return ctx.reply.error(errors::caching_without_tracking);
  const auto yes = equals_nocase(args[2], "yes");
  if (!yes && !equals_nocase(args[2], "no"))
    return ctx.reply.error(errors::syntax);
  if (yes && tracking->reads != tracked_reads::asked_for)
    return ctx.reply.error(errors::caching_yes_without_optin);
  if (!yes && tracking->reads != tracked_reads::not_declined)
    return ctx.reply.error(errors::caching_no_without_optout);
  tracking->caching_called = true;
  ctx.reply.ok();
}

/// CLIENT GETREDIR -> id | 0: to the client itself | -1: it does not track. Cost: O(1).
void cmd_client_getredir(command_context& ctx, arguments) {
  const auto* const tracking = ctx.client.tracking.get();
  ctx.reply.integer(tracking == nullptr ? -1 : static_cast<std::int64_t>(tracking->redirect));
}

namespace {

std::vector<std::string_view> flags_of(const client_tracking& tracking, bool broken_redirect) {
  std::vector<std::string_view> out{"on"};
  if (tracking.broadcast)
    out.emplace_back("bcast");
  if (tracking.reads == tracked_reads::asked_for) {
    out.emplace_back("optin");
    if (tracking.caching_called)
      out.emplace_back("caching-yes");
  }
  if (tracking.reads == tracked_reads::not_declined) {
    out.emplace_back("optout");
    if (tracking.caching_called)
      out.emplace_back("caching-no");
  }
  if (tracking.no_loop)
    out.emplace_back("noloop");
  if (broken_redirect)
    out.emplace_back("broken_redirect");
  return out;
}

} // namespace

/// CLIENT TRACKINGINFO -> map: flags, redirect, prefixes. Cost: O(prefixes).
void cmd_client_trackinginfo(command_context& ctx, arguments) {
  const auto* const record = ctx.server->record_of(ctx.client.id);
  const auto* const tracking = ctx.client.tracking.get();
  const auto flags = tracking == nullptr
                       ? std::vector<std::string_view>{"off"}
                       : flags_of(*tracking,
                                  record != nullptr && record->has_flag(client_broken_redirect));
  ctx.reply.map(3);
  ctx.reply.bulk("flags");
  ctx.reply.set(flags.size());
  for (const auto flag : flags)
    ctx.reply.bulk(flag);
  ctx.reply.bulk("redirect");
  cmd_client_getredir(ctx, {});
  ctx.reply.bulk("prefixes");
  ctx.reply.array(tracking == nullptr ? 0 : tracking->prefixes.size());
  if (tracking != nullptr)
    for (const auto& prefix : tracking->prefixes)
      ctx.reply.bulk(prefix);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec tracking_table[] = {
  {.name = "client|caching", .arity = 3, .flags = noscript | loading | stale,
   .acl = acl_connection, .route = way::session, .run = cmd_client_caching,
   .group = command_group::connection, .since = "6.0.0", .complexity = "O(1)",
   .summary = "Says whether copies are kept of what the next command reads.",
   .syntax = "mode(YES|NO)"},
  {.name = "client|getredir", .arity = 2, .flags = noscript | loading | stale,
   .acl = acl_connection, .route = way::session, .run = cmd_client_getredir,
   .group = command_group::connection, .since = "6.0.0", .complexity = "O(1)",
   .summary = "Replies with the client that hears of changed keys in place of this one."},
  {.name = "client|tracking", .arity = -3, .flags = noscript | loading | stale,
   .acl = acl_connection, .route = way::administrator, .run = cmd_client_tracking,
   .group = command_group::connection, .since = "6.0.0",
   .complexity = "O(1). Some options may introduce additional complexity.",
   .summary = "Says whether the connection hears of changes of keys that it has read.",
   .syntax =
     "status(ON|OFF) [REDIRECT client-id:integer] [PREFIX... prefix] [BCAST BCAST:token] [OPTIN "
     "OPTIN:token] [OPTOUT OPTOUT:token] [NOLOOP NOLOOP:token]"},
  {.name = "client|trackinginfo", .arity = 2, .flags = noscript | loading | stale,
   .acl = acl_connection, .route = way::administrator, .run = cmd_client_trackinginfo,
   .group = command_group::connection, .since = "6.2.0", .complexity = "O(1)",
   .summary = "Describes what CLIENT TRACKING was asked for."},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> tracking_rows() noexcept {
  return tracking_table;
}

} // namespace thespis::commands
