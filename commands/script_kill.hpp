#pragma once

#include "keyspace/command_context.hpp"

namespace thespis::commands {

/// What SCRIPT KILL and FUNCTION KILL do and reply.
void kill_script(keyspace::command_context& ctx, bool functions);

} // namespace thespis::commands
