#pragma once

/// What a client asked of CLIENT TRACKING: to hear of changes of the keys that it keeps copies of.
/// Source: Redis, "Client-side caching reference".

#include <cstdint>
#include <string>
#include <vector>

namespace thespis::protocol {

/// Which reads of a client count.
enum class tracked_reads : std::uint8_t {
  all,
  /// OPTIN: only those behind CLIENT CACHING YES.
  asked_for,
  /// OPTOUT: all but those behind CLIENT CACHING NO.
  not_declined,
};

struct client_tracking {
  tracked_reads reads = tracked_reads::all;
  /// CLIENT CACHING was called for the next request; the dispatcher takes it back after that. Other
  /// subcommands of CLIENT do not count, as in Redis.
  bool caching_called = false;
  /// BCAST: no reads are remembered; the client hears of all keys with one of `prefixes`.
  bool broadcast = false;
  /// NOLOOP: not of those that it changed itself.
  bool no_loop = false;
  /// The client that is told in its place; 0: it is told itself.
  std::uint64_t redirect = 0;
  /// With BCAST at least one; "" stands for all keys. In order.
  std::vector<std::string> prefixes;

  /// Whether the keys that the request reads are to be remembered.
  bool remembers() const noexcept {
    return !broadcast && caching_called == (reads == tracked_reads::asked_for);
  }
};

} // namespace thespis::protocol
