#pragma once

/// What a history consists of: who asked what of which keys, when, and what came back.
///
/// Keys are divided into groups; no request names keys of two groups. So each group has a history
/// of its own, which is right or wrong by itself: that is what keeps the check affordable (a
/// history over independent objects is linearizable if that of each object is). A group is one key,
/// or a few that lie in different partitions where requests span them. A key is named by its place
/// in its group.
///
/// Times are of one monotonic clock of the machine on which all clients run.

#include "tests/history/reply.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace thespis::history {

enum class verb : std::uint8_t {
  // strings
  set,
  get,
  getdel,
  incrby,
  mset,
  msetnx,
  mget,
  // any type
  del,
  rename,
  // lists
  lpush,
  rpush,
  lpop,
  rpop,
  llen,
  /// All of it.
  lrange,
  /// Of one key or several.
  blpop,
  /// Two keys; values: from the right (1) or left (0), to the right or left.
  lmove,
  blmove,
  // sets
  sadd,
  srem,
  smembers,
  /// The first key gets the result.
  sunionstore,
  sinterstore,
  sdiffstore,

  // -- no requests ------------------------------------------------------------------------------
  /// The key holds these values, and nothing if there are none: what EXEC says by its success of
  /// a key that was watched and then read.
  expect,
  /// The key holds this value and loses it: its time to live was over.
  expire,
};

struct call {
  verb what;
  std::vector<std::uint8_t> keys;
  std::vector<std::int64_t> values{};
  reply answer{};
};

/// The time at which something ended of which nobody knows whether it did.
inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

/// Calls that happen at once, or never: one request, a transaction or a script.
struct operation {
  /// Operations of one client happen in the order of their `sequence`, also where they were sent
  /// at once. Somebody without one (below 0) has no such order.
  int client = 0;
  std::uint64_t sequence = 0;
  std::int64_t invoked_ns = 0;
  /// `never`: it may have happened at any time since, or not at all.
  std::int64_t completed_ns = 0;
  std::vector<call> calls{};
  /// EXEC said that a watched key had changed: nothing happened.
  bool refused = false;
};

std::string describe(const call& what);
std::string describe(const operation& what);

/// Something that no correct server does.
struct anomaly {
  /// Its name in the literature where it has one ("G-single").
  std::string kind;
  std::string evidence;
};

} // namespace thespis::history
