#pragma once

#include <cstdint>

namespace thespis::keyspace {

/// The instant at which a batch runs; frozen for all of its commands.
struct instant {
  /// Unix time, by which it is judged what has expired.
  std::int64_t ms = 0;
  /// Unix time, at which entries are used. The same, unless what once happened happens again.
  std::int64_t us = 0;
};

} // namespace thespis::keyspace
