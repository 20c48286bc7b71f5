#pragma once

/// What a script asks of the server, answered by the commands: redis.call and what stands around
/// it. Which commands a script may call, and which errors it gets otherwise, is here.

#include "commands/script_stage.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/key_finder.hpp"
#include "scripting/host.hpp"

#include <optional>
#include <string_view>

namespace thespis::commands {

class script_calls final : public scripting::host {
public:
  /// `outer`: the request that runs the script, EVAL or its like. `words`: its own.
  script_calls(keyspace::command_context& outer, script_stage& stage,
               protocol::arguments words) noexcept
    : outer_(outer), stage_(stage), words_(words) {
  }

  bool call(protocol::arguments words, int protocol, base::byte_buffer& reply) override;
  verdict breathe() override;
  void log(int level, std::string_view text) override;
  std::optional<bool> may_call(protocol::arguments words) override;

private:
  /// Empty: no objection.
  std::string_view objection(const protocol::resolved_command& found) const noexcept;
  /// Which partition has all keys of a request, or that several do; nothing: not all of them are
  /// at hand.
  std::optional<std::uint32_t> partition_of(const protocol::command_spec& spec,
                                            protocol::arguments words);
  void show(const protocol::command_spec& spec, protocol::arguments words);
  bool run(const protocol::transaction::request& what, protocol::arguments words, int protocol,
           base::byte_buffer& reply);

  keyspace::command_context& outer_;
  script_stage& stage_;
  protocol::arguments words_;
  protocol::found_keys keys_;
};

} // namespace thespis::commands
