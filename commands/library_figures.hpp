#pragma once

/// How many scripts and functions there are, for INFO, MEMORY STATS and FUNCTION STATS. Written by
/// whoever changes their libraries, read by anybody.

#include "base/counter.hpp"

namespace thespis::commands {

struct library_figures {
  base::counter scripts;
  base::counter libraries;
  base::counter functions;
  /// About what scripts and functions take outside of the engines.
  base::counter script_bytes;
  base::counter function_bytes;
};

} // namespace thespis::commands
