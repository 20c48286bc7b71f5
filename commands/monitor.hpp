#pragma once

/// What MONITOR shows of a request.

#include "keyspace/command_context.hpp"
#include "protocol/arguments.hpp"
#include "protocol/command_spec.hpp"
#include "protocol/session.hpp"

#include <string>

namespace thespis::commands {

/// Whether monitors get the request at all: not those of the administration. What runs others is
/// shown before these.
inline bool is_monitored(const protocol::command_spec& spec) noexcept {
  return (spec.flags & protocol::admin) == 0
         && ((spec.flags & protocol::skip_monitor) == 0 || protocol::runs_others(spec.route));
}

/// A simple string: `+1339518083.107412 [0 127.0.0.1:60866] "keys" "*"` with the time in seconds,
/// the client's database, `who` (its address, or "lua"), and its words. Passwords are "(redacted)".
std::string monitor_line(const protocol::command_spec& spec, protocol::arguments words,
                         std::string_view who, int database, keyspace::instant now);

/// Which database the client is in when the request has run: SELECT is shown with the new one.
int database_behind(const protocol::command_spec& spec, protocol::arguments words,
                    const protocol::session& client, int database) noexcept;

/// The client gets them from now on, or does not any more. REQUIRES: the command's way is
/// `administrator`.
void set_monitoring(keyspace::command_context& ctx, bool on);

} // namespace thespis::commands
