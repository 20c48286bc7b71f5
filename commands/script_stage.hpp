#pragma once

/// Where a partition runs scripts: its engine, and what lies beside it while a script is on. There
/// is one for each partition; like the shard it belongs to whoever has borrowed the partition, and
/// goes with it from thread to thread. At most one script runs there at a time.

#include "base/option_choices.hpp"
#include "commands/function_library.hpp"
#include "commands/running_scripts.hpp"
#include "commands/script_library.hpp"
#include "commands/script_settings.hpp"
#include "scripting/engine.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

struct script_stage {
  script_stage(script_library& all, function_library& all_functions, script_status& mine,
               const script_settings& valid, const server_gates& doors)
    : library(all), functions(all_functions), status(mine), settings(valid), gates(doors) {
    status.note_engine_bytes(engine.memory());
  }
  script_stage(const script_stage&) = delete;
  script_stage& operator=(const script_stage&) = delete;

  scripting::engine engine;
  script_library& library;
  function_library& functions;
  script_status& status;
  const script_settings& settings;
  const server_gates& gates;
  /// redis.log.
  std::function<void(base::log_level, std::string_view)> log;

  /// The script that is on, from its beginning on, wherever it goes on.
  struct performance {
    /// Bits of script_flag.
    std::uint32_t flags = 0;
    bool read_only = false;
    /// Memory was over maxmemory when it began.
    bool out_of_memory = false;
    /// The client's, to be selected again behind it.
    int database = 0;
    std::uint64_t began_ticks = 0;
    /// It goes on elsewhere with a request that could not be run where it was.
    bool repeats_request = false;
    /// The name of a function, while it is on; empty: a script.
    std::string_view function{};
  };
  performance now;

  /// What those who monitor have to be shown of the requests of scripts.
  std::vector<std::string> shown;

  /// The engine's compiled scripts, and its functions, are of these generations of the libraries.
  std::uint64_t generation = 0;
  std::uint64_t function_generation = 0;
};

} // namespace thespis::commands
