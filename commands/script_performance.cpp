#include "commands/script_performance.hpp"

#include "base/number.hpp"
#include "base/tick_clock.hpp"
#include "commands/shebang.hpp"
#include "protocol/script_errors.hpp"

namespace thespis::commands {

using keyspace::command_context;
namespace errors = protocol::errors;

bool is_engine_free(command_context& ctx) {
  const auto& engine = ctx.scripts->engine;
  if (!engine.is_running() && !engine.is_suspended()) [[likely]]
    return true;
  ctx.reply.error(errors::not_from_script);
  return false;
}

void follow_libraries(script_stage& stage) {
  if (stage.generation != stage.library.generation()) [[unlikely]] {
    stage.engine.forget_all();
    stage.generation = stage.library.generation();
  }
  if (stage.function_generation != stage.functions.generation()) [[unlikely]] {
    stage.engine.unload_all_but(stage.functions.ids());
    stage.function_generation = stage.functions.generation();
  }
}

std::optional<std::size_t> script_key_count(command_context& ctx, protocol::arguments args,
                                            std::string_view not_a_number) {
  const auto count = base::parse_int64(args[2]);
  if (!count)
    ctx.reply.error(not_a_number);
  else if (*count > static_cast<std::int64_t>(args.size()) - 3)
    ctx.reply.error(errors::key_count_too_large);
  else if (*count < 0)
    ctx.reply.error(errors::key_count_negative);
  else
    return static_cast<std::size_t>(*count);
  return std::nullopt;
}

std::string_view objection_to_run(const script_stage& stage, std::uint32_t flags, bool read_only) {
  if ((flags & script_has_flags) == 0 || (flags & script_no_writes) != 0)
    return {};
  if (read_only)
    return errors::script_may_write;
  if ((flags & script_allow_oom) == 0 && stage.gates.is_up(gate_out_of_memory))
    return errors::script_needs_memory;
  return write_objection(stage.gates);
}

void begin_performance(command_context& ctx, const new_performance& what) noexcept {
  auto& stage = *ctx.scripts;
  stage.now = {.flags = what.flags,
               .read_only = what.read_only || (what.flags & script_no_writes) != 0,
               .out_of_memory = stage.gates.is_up(gate_out_of_memory),
               .database = ctx.client.database,
               .began_ticks = base::tick_clock::read(),
               .function = what.function};
  stage.status.begin(!what.function.empty());
}

void end_performance(command_context& ctx) noexcept {
  auto& stage = *ctx.scripts;
  ctx.moves = false;
  ctx.client.database = stage.now.database;
  stage.status.end();
  stage.status.note_engine_bytes(stage.engine.memory());
}

} // namespace thespis::commands
