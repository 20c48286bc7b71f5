#pragma once

/// The arguments of redis.call as the words of a request.

#include "protocol/arguments.hpp"

#include <optional>

struct lua_State;

namespace thespis::scripting {

struct interpreter;

/// Reads all arguments on the stack into the interpreter's buffers; the views live until the next
/// call, and as long as the arguments are on the stack. Numbers become text as in Redis 7.2: whole
/// ones with all their digits, others with the fewest digits that read back as the same.
/// On a fault returns nullopt and sets `fault` to its text (a constant).
std::optional<protocol::arguments> read_words(interpreter& self, lua_State* lua,
                                              const char*& fault) noexcept;

} // namespace thespis::scripting
