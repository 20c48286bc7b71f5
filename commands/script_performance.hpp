#pragma once

/// What EVAL and FCALL have in common: a script or a function goes on stage, may be left in its
/// middle, goes on elsewhere (the handler is called once more there), and ends.

#include "commands/script_calls.hpp"
#include "commands/script_stage.hpp"
#include "keyspace/command_context.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace thespis::commands {

/// Whether nothing runs in the engine, so that a request may use it. Otherwise an error has been
/// replied: scripts that may call everything (DEBUG SET-DISABLE-DENY-SCRIPTS) still do not use the
/// engine that they run in. REQUIRES: the request is not the one that is suspended.
bool is_engine_free(keyspace::command_context& ctx);

/// Forgets what the engine has compiled of scripts and functions that are not in the libraries any
/// more. REQUIRES: the engine is not suspended.
void follow_libraries(script_stage& stage);

/// The words behind the script: how many keys there are, the keys, the arguments. Nothing: an error
/// has been replied. `not_a_number`: the one for a count that is none.
std::optional<std::size_t> script_key_count(keyspace::command_context& ctx,
                                            protocol::arguments args,
                                            std::string_view not_a_number);

/// What the flags of a script (bits of script_flag) have against its run. Empty: nothing.
/// `read_only`: it was called by EVAL_RO or its like.
std::string_view objection_to_run(const script_stage& stage, std::uint32_t flags, bool read_only);

struct new_performance {
  std::uint32_t flags = 0;
  bool read_only = false;
  /// The name of a function, which outlives its run; empty: a script.
  std::string_view function{};
};
void begin_performance(keyspace::command_context& ctx, const new_performance& what) noexcept;
void end_performance(keyspace::command_context& ctx) noexcept;

/// Lets the engine do this, until the script has ended or goes on elsewhere. `play`: gets the host
/// of the script. Throws std::bad_alloc without memory for the reply; the script has ended then.
template <class Play>
void perform(keyspace::command_context& ctx, protocol::arguments args, const Play& play) {
  script_calls calls{ctx, *ctx.scripts, args};
  try {
    if (play(calls) == scripting::engine::outcome::suspended)
      return;
  } catch (...) {
    end_performance(ctx);
    throw;
  }
  end_performance(ctx);
}

/// The same for a script that goes on.
inline void resume(keyspace::command_context& ctx, protocol::arguments args) {
  perform(ctx, args, [&](auto& calls) { return ctx.scripts->engine.resume(calls, ctx.reply); });
}

} // namespace thespis::commands
