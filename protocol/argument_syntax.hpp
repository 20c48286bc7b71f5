#pragma once

/// The arguments of a command in one line of its row, as COMMAND DOCS tells them. SET's is
///
///     key value [condition(NX|XX)@2.6.12] [GET@6.2.0]
///     [expiration(EX seconds:integer@2.6.12|PX milliseconds:integer@2.6.12|KEEPTTL@6.0.0)]
///
///     list         item item ...          in their order, one space between two
///     item         word                   an argument, or a token that stands alone
///                  [item]                 optional; may be a token with its argument: [EX seconds]
///                  <TOKEN word>           not optional, a token with its argument
///     word         name                   a string
///                  name:type              integer, double, pattern, unix-time, string, token, key
///                  key   name#1           a key; the number is the index of its key specification
///                  name:pattern#1         another type with a key specification
///                  name(item|item)        one of them; here a token with argument needs no <>
///                  name{list}             all of them, as a block
///                  TOKEN                  a token alone: capitals, or 'anything in quotes'
///     behind it    name=shown             display_text, if it is not the name (before the type)
///                  ...                    may be repeated; behind a token: together with the token
///                  @6.2.0                 since
///                  !6.2.0                 deprecated since
///
/// A token alone is called by its letters in lower case; `TOKEN name:token` calls it otherwise. A
/// name in capitals, or a string called "key", needs a type to tell it from a token and from a key.
///
/// It is read only when COMMAND DOCS asks. What cannot be read is a mistake of the row: it ends the
/// process, and a test expands every row.

#include "protocol/reply_writer.hpp"

#include <string_view>

namespace thespis::protocol {

/// Writes a key of the map and a text, if there is a text.
void write_pair(std::string_view key, std::string_view value, reply_writer& out);

/// Writes the array under "arguments" of COMMAND DOCS: one map for each argument. Cost: O(syntax),
/// times the depth of nesting.
void write_arguments(std::string_view syntax, reply_writer& out);

} // namespace thespis::protocol
