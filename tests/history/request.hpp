#pragma once

/// Operations as a client sends them, and what its replies mean. This is the one place that knows
/// in which ways several calls can be made one: MULTI and EXEC, or a script.

#include "tests/history/operation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace thespis::history {

enum class wrapping : std::uint8_t {
  /// One call as it is.
  plain,
  /// MULTI … EXEC
  transaction,
  /// EVAL
  script,
};

struct request {
  std::size_t group = 0;
  wrapping how = wrapping::plain;
  std::vector<call> calls{};
  /// Reads behind a WATCH of their keys, each of one key or MGET; only with a transaction. Empty:
  /// nothing is watched.
  std::vector<call> watched{};
  /// Whether the transaction is sent when the replies of the reads are in, and not with them.
  bool in_two_steps = false;
};

/// Appends WATCH and the reads. Returns how many replies there will be. `names`: of the group's
/// keys.
std::size_t encode_watch(std::string& out, const request& what,
                         const std::vector<std::int64_t>& names);
/// Appends the rest.
std::size_t encode_calls(std::string& out, const request& what,
                         const std::vector<std::int64_t>& names);

/// Puts the answers into the reads. Returns false if these are no replies to them.
bool decode_watch(request& what, std::span<const reply> replies);

/// Puts the answers into the calls of `out`, with what the success says of the keys that were
/// watched ahead of them. Returns false if these are no replies to them.
bool decode_calls(operation& out, const request& what, const std::vector<std::int64_t>& names,
                  std::span<const reply> replies);

} // namespace thespis::history
