#include "commands/admission.hpp"

#include "protocol/errors.hpp"
#include "protocol/script_errors.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <system_error>

namespace thespis::commands {

namespace {

using protocol::command_spec;
namespace errors = protocol::errors;

struct question {
  const command_spec& spec;
  const server_gates& gates;
  const protocol::session& client;
  std::int64_t now_ms;

  /// EXEC writes if something that is queued does.
  bool flagged(std::uint32_t flags) const noexcept {
    constexpr std::uint32_t of_queued = protocol::write | protocol::denyoom
                                        | protocol::may_replicate;
    const auto queued = spec.route == protocol::way::transaction && client.in_transaction()
                          ? client.queued->flags() & of_queued
                          : 0;
    return ((spec.flags | queued) & flags) != 0;
  }
};

/// Empty: no objection.
std::string protected_command_error(const question& asked) {
  if (!asked.flagged(protocol::protected_command))
    return {};
  const auto access = asked.gates.debug_command.load(std::memory_order_relaxed);
  if (access == protected_access::yes || (access == protected_access::local && asked.client.local))
    return {};
  return std::string{errors::debug_not_allowed};
}

std::string authentication_error(const question& asked) {
  if (asked.client.authenticated() || !asked.gates.is_up(gate_password)
      || asked.flagged(protocol::no_auth))
    return {};
  return std::string{errors::no_auth};
}

std::string transaction_error(const question& asked) {
  if ((asked.client.special & protocol::special_multi) == 0 || !asked.flagged(protocol::no_multi))
    return {};
  return std::string{errors::not_in_transaction};
}

std::string memory_error(const question& asked) {
  const auto is_queued = asked.client.in_transaction() && !asked.flagged(protocol::never_queued);
  if (!asked.gates.is_up(gate_out_of_memory) || !(asked.flagged(protocol::denyoom) || is_queued))
    return {};
  return std::string{errors::oom};
}

std::string persistence_error(const question& asked) {
  if (!asked.flagged(protocol::write))
    return {};
  return std::string{write_objection(asked.gates)};
}

std::string subscription_error(const question& asked) {
  constexpr std::array<std::string_view, 9> open_to_subscribers = {
    "ping",         "subscribe",    "ssubscribe", "psubscribe", "unsubscribe",
    "sunsubscribe", "punsubscribe", "quit",       "reset"};
  if ((asked.client.special & protocol::special_subscribed) == 0 || asked.client.protocol != 2)
    return {};
  if (std::find(open_to_subscribers.begin(), open_to_subscribers.end(), asked.spec.name)
      != open_to_subscribers.end())
    return {};
  return errors::not_while_subscribed(asked.spec.name);
}

std::string loading_error(const question& asked) {
  if (!asked.gates.is_up(gate_loading) || asked.flagged(protocol::loading))
    return {};
  return std::string{errors::loading};
}

std::string busy_error(const question& asked) {
  if (!asked.gates.is_up(gate_busy_script) || asked.flagged(protocol::allow_busy))
    return {};
  return std::string{asked.gates.busy_with_function.load(std::memory_order_relaxed)
                       ? errors::busy_function
                       : errors::busy};
}

std::string monitoring_error(const question& asked) {
  if (!asked.client.monitors()
      || !asked.flagged(protocol::readonly | protocol::write | protocol::may_replicate))
    return {};
  return std::string{errors::not_while_monitoring};
}

/// In the order in which Redis asks.
constexpr std::string (*checks[])(const question&) = {
  protected_command_error, authentication_error, transaction_error, memory_error,
  persistence_error,       subscription_error,   loading_error,     busy_error,
  monitoring_error};

bool paused(const question& asked) {
  if (!asked.gates.is_up(gate_pause_all)
      && !(asked.gates.is_up(gate_pause_writes)
           && asked.flagged(protocol::write | protocol::may_replicate)))
    return false;
  return asked.now_ms < asked.gates.pause_until_ms.load(std::memory_order_relaxed);
}

void reject(const command_spec* spec, std::string_view why, protocol::reply_writer& reply,
            command_statistics& statistics) {
  reply.error(why);
  statistics.rejected(spec, reply.last_error_code());
}

} // namespace

std::string_view write_objection(const server_gates& gates) {
  if (gates.is_up(gate_no_persistence))
    return errors::misconf;
  if (!gates.is_up(gate_journal_failed))
    return {};
  thread_local std::string text;
  text = errors::aof_write_failed(
    std::generic_category().message(gates.journal_error.load(std::memory_order_relaxed)));
  return text;
}

verdict admit_with_care(const command_spec& spec, const server_gates& gates,
                        const protocol::session& client, std::int64_t now_ms,
                        protocol::reply_writer& reply, command_statistics& statistics) {
  const question asked{spec, gates, client, now_ms};
  for (const auto check : checks) {
    if (const auto objection = check(asked); !objection.empty()) {
      reject(&spec, objection, reply, statistics);
      return verdict::rejected;
    }
  }
  return paused(asked) ? verdict::wait : verdict::pass;
}

void reject_unresolved(const protocol::resolved_command& found, protocol::arguments args,
                       protocol::reply_writer& reply, command_statistics& statistics) {
  switch (found.outcome) {
    case protocol::resolution::ok:
      break;
    case protocol::resolution::unknown_command:
      reject(nullptr, errors::unknown_command(args[0], args.subspan(1)), reply, statistics);
      break;
    case protocol::resolution::unknown_subcommand:
      reject(nullptr, errors::unknown_subcommand(args[1], args[0]), reply, statistics);
      break;
    case protocol::resolution::wrong_arity:
      reject(found.spec, errors::wrong_arity(found.spec->name), reply, statistics);
      break;
  }
}

} // namespace thespis::commands
