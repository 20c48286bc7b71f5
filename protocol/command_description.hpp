#pragma once

/// What COMMAND INFO and COMMAND DOCS say about one command, with its subcommands inside. Shapes
/// are those of Redis 7.2 in both protocols.

#include "protocol/command_table.hpp"
#include "protocol/reply_writer.hpp"

#include <cstdint>

namespace thespis::protocol {

/// An array of ten: name, arity, flags, first key, last key, step, ACL categories, tips, key
/// specifications, subcommands. REQUIRES: `spec` is a row of `table`.
void write_command_info(const command_table& table, const command_spec& spec, reply_writer& out);

/// A map: summary, since, group, complexity, arguments, subcommands … as far as known.
/// REQUIRES: `spec` is a row of `table`.
void write_command_docs(const command_table& table, const command_spec& spec, reply_writer& out);

/// A set of the names of the bits of `key_flag`: RW, access, update …
void write_key_flags(std::uint16_t flags, reply_writer& out);

} // namespace thespis::protocol
