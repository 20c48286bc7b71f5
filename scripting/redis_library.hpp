#pragma once

/// The tables `redis` and `server`: what scripts ask of the server. redis.call and redis.pcall are
/// in command_call.hpp; the prelude wraps them, so that a script can be left in them.

struct lua_State;

namespace thespis::scripting {

/// Pushes the library without call and pcall.
void push_redis_library(lua_State* lua);

/// Adds to the table on top what the prelude needs: call, pcall_command, wait, leaving,
/// refuse_to_wait.
void add_redis_primitives(lua_State* lua);

} // namespace thespis::scripting
