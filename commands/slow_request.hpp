#pragma once

/// A request that took longer than an operator wants to hear of: the words of it that the slow log
/// keeps. Cut to size where it ran, because the request's own bytes are gone soon after.

#include "protocol/arguments.hpp"
#include "protocol/command_spec.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace thespis::commands {

struct slow_request {
  static constexpr std::size_t arguments_max = 32;
  static constexpr std::size_t argument_bytes_max = 128;

  /// When it ended, Unix time.
  std::int64_t at_ms = 0;
  std::uint64_t took_ns = 0;
  /// What the latency monitor files it under: "fast-command" or "command".
  bool fast = false;
  /// The slow log does not want it (it was told for the latency monitor, or has secrets).
  bool unlisted = false;
  std::vector<std::string> words;
  std::string address;
  std::string client_name;
};

/// The words as the slow log keeps them: at most 32, each of at most 128 bytes; what is missing is
/// said in their place: "... (3 more arguments)", "... (12 more bytes)". Passwords are
/// "(redacted)".
std::vector<std::string> abridge(const protocol::command_spec& spec, protocol::arguments words);

/// Whether the word at `index` is a password: nobody but its client may see it.
bool is_secret(const protocol::command_spec& spec, protocol::arguments words, std::size_t index);

} // namespace thespis::commands
