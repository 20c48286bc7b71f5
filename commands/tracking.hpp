#pragma once

/// CLIENT TRACKING of one client, which RESET ends.

#include "keyspace/command_context.hpp"
#include "protocol/client_tracking.hpp"

#include <memory>

namespace thespis::commands {

/// Null: the client tracks nothing from now on. REQUIRES: the command's way is `administrator`.
void set_tracking(keyspace::command_context& ctx, std::unique_ptr<protocol::client_tracking> asked);

} // namespace thespis::commands
