#include "commands/script_calls.hpp"

#include "base/tick_clock.hpp"
#include "commands/monitor.hpp"
#include "commands/rows.hpp"
#include "commands/shebang.hpp"
#include "keyspace/slots.hpp"
#include "protocol/scan_cursor.hpp"
#include "protocol/script_errors.hpp"

#include <algorithm>
#include <array>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
using protocol::way;
using request = protocol::transaction::request;
namespace errors = protocol::errors;

namespace {

/// A script that has taken so long goes on where it holds up nobody but those who want the same
/// partitions.
constexpr std::uint64_t patience_ns = 2'000'000;

} // namespace

bool script_calls::call(arguments words, int protocol, base::byte_buffer& reply) {
  const auto found = all_commands().resolve(words);
  if (const auto error = objection(found); !error.empty()) {
    protocol::reply_writer writer{reply, protocol};
    writer.error(error);
    outer_.inner->note_rejection(found.spec, writer.last_error_code());
    return true;
  }
  const auto partition = partition_of(*found.spec, words);
  if (!partition) {
    protocol::reply_writer{reply, protocol}.error(errors::script_undeclared_key);
    return true;
  }
  if ((found.spec->flags & protocol::write) != 0)
    stage_.status.note_write();
  if (stage_.gates.is_up(gate_monitored)) [[unlikely]]
    show(*found.spec, words);
  return run({found.spec, 0, 0, *partition}, words, protocol, reply);
}

std::string_view script_calls::objection(const protocol::resolved_command& found) const noexcept {
  switch (found.outcome) {
    case protocol::resolution::ok:
      break;
    case protocol::resolution::unknown_command:
    case protocol::resolution::unknown_subcommand:
      return errors::script_unknown_command;
    case protocol::resolution::wrong_arity:
      return errors::script_wrong_arity;
  }
  const auto flags = found.spec->flags;
  const auto& now = stage_.now;
  if ((flags & protocol::noscript) != 0
      && !stage_.settings.may_call_all.load(std::memory_order_relaxed))
    return errors::not_from_script;
  if (now.read_only && (flags & (protocol::write | protocol::may_replicate)) != 0)
    return errors::script_read_only;
  if ((flags & protocol::write) != 0) {
    if (const auto why = write_objection(stage_.gates); !why.empty())
      return why;
  }
  if ((flags & protocol::denyoom) != 0 && now.out_of_memory && (now.flags & script_allow_oom) == 0
      && !stage_.status.has_written())
    return errors::oom;
  return {};
}

std::optional<std::uint32_t> script_calls::partition_of(const protocol::command_spec& spec,
                                                        arguments words) {
  const auto& shards = outer_.shards;
  const auto count = shards.partition_count();
  if (count == 1)
    return 0;
  if (spec.route == way::session || protocol::belongs_to_actor(spec.route))
    return request::many;
  const auto all_at_hand = [&] {
    for (std::size_t i = 0; i < count; ++i)
      if (!shards.covers_partition(i))
        return false;
    return true;
  };
  if (spec.route == way::everywhere || spec.route == way::borrow_all
      || protocol::reads_unnamed_keys(spec, words))
    return all_at_hand() ? std::optional{request::many} : std::nullopt;
  std::optional<std::uint32_t> first;
  if (spec.route == way::by_cursor) {
    const auto cursor = protocol::parse_scan_cursor(words[1]);
    first = cursor ? static_cast<std::uint32_t>(*cursor % count) : 0;
    return shards.covers_partition(*first) ? first : std::nullopt;
  }
  protocol::find_keys(spec, words, keys_);
  auto several = false;
  for (const auto& key : keys_) {
    const auto where = keyspace::partition_of_key(words[key.index],
                                                  static_cast<std::uint32_t>(count));
    if (!shards.covers_partition(where))
      return std::nullopt;
    several = several || (first && *first != where);
    first = where;
  }
  return several || !first ? request::many : *first;
}

void script_calls::show(const protocol::command_spec& spec, arguments words) {
  if (is_monitored(spec) && !stage_.now.repeats_request)
    stage_.shown.push_back(monitor_line(
      spec, words, "lua", database_behind(spec, words, outer_.client, outer_.client.database),
      outer_.now));
}

bool script_calls::run(const request& what, arguments words, int protocol,
                       base::byte_buffer& reply) {
  protocol::reply_writer writer{reply, protocol};
  command_context ctx{writer, outer_.client, outer_.shards, outer_.now};
  ctx.scripts = outer_.scripts;
  ctx.server = outer_.server;
  ctx.exchange = outer_.exchange;
  ctx.may_move = outer_.may_move;
  ctx.has_moved = stage_.now.repeats_request;
  outer_.inner->start_clock();
  outer_.inner->run(ctx, what, words);
  stage_.now.repeats_request = ctx.moves;
  if (ctx.moves) {
    outer_.move_to(ctx.moves_to);
    return false;
  }
  if (ctx.lost_reply) [[unlikely]]
    writer.error(errors::out_of_memory);
  return true;
}

scripting::host::verdict script_calls::breathe() {
  auto& status = stage_.status;
  const auto ticks = base::tick_clock::elapsed(stage_.now.began_ticks, base::tick_clock::read());
  if (ticks >= stage_.settings.slow_ticks.load(std::memory_order_relaxed)) [[unlikely]] {
    if (!status.is_slow())
      status.describe(stage_.now.function, words_, stage_.now.began_ticks);
    status.note_slow();
    if (status.is_killed())
      return verdict::end;
  }
  if (!outer_.may_move || base::tick_clock::to_ns(ticks) < patience_ns)
    return verdict::go_on;
  outer_.move_to(keyspace::place::worker);
  return verdict::leave;
}

void script_calls::log(int level, std::string_view text) {
  using base::log_level;
  constexpr std::array levels{log_level::debug, log_level::verbose, log_level::notice,
                              log_level::warning};
  if (stage_.log)
    stage_.log(levels[static_cast<std::size_t>(std::clamp(level, 0, 3))], text);
}

/// There are no users with less than all rights.
std::optional<bool> script_calls::may_call(arguments words) {
  const auto found = all_commands().resolve(words);
  if (found.outcome == protocol::resolution::ok
      || found.outcome == protocol::resolution::wrong_arity)
    return true;
  return std::nullopt;
}

} // namespace thespis::commands
