#pragma once

/// The words of XREAD and XREADGROUP.

#include "commands/stream_value.hpp"
#include "keyspace/command_context.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace thespis::commands {

struct read_request {
  protocol::arguments keys{};
  protocol::arguments id_words{};
  /// Where these begin.
  std::size_t ids_at = 0;
  std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
  /// When a wait ends, Unix ms; 0: never. Nothing: it does not wait.
  std::optional<std::int64_t> until_ms{};
  /// Whether it is XREADGROUP.
  bool of_group = false;
  std::string_view group{};
  std::string_view consumer{};
  /// NOACK: what is delivered counts as acknowledged.
  bool acknowledges = false;
  /// CLAIM: pending entries that were delivered so long ago are delivered as well.
  std::optional<std::int64_t> claim_idle_ms{};

  group_words words_at(std::size_t i) const noexcept {
    return {keys[i], group};
  }
};

/// Nothing: the error has been replied. The IDs are not looked at.
std::optional<read_request> read_read_request(keyspace::command_context& ctx,
                                              protocol::arguments args, bool of_group);

} // namespace thespis::commands
