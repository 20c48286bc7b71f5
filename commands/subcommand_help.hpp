#pragma once

/// What the HELP subcommand of a container replies: its head line, the lines about the subcommands,
/// and those about HELP itself.

#include "protocol/reply_writer.hpp"

#include <fmt/format.h>

#include <span>
#include <string_view>

namespace thespis::commands {

/// `container` in capitals. `lines`: a subcommand with its arguments, then what it does, indented
/// by four spaces. Replies an array of simple strings.
inline void reply_help(protocol::reply_writer& reply, std::string_view container,
                       std::span<const std::string_view> lines) {
  reply.array(lines.size() + 3);
  reply.simple(
    fmt::format("{} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", container));
  for (const auto line : lines)
    reply.simple(line);
  reply.simple("HELP");
  reply.simple("    Print this help.");
}

} // namespace thespis::commands
