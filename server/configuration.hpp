#pragma once

/// Where the server's settings come from: the command line, a configuration file, standard input.

#include "base/options.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace thespis::server {

struct configuration {
  base::options settings;
  /// Absolute; empty without a file.
  std::string file;
};

enum class next_step { serve, exit_successfully, exit_with_failure };

/// Reads all sources into `into`. Prints help, version or what is wrong, and says how to go on.
next_step load_configuration(std::span<const std::string_view> arguments, configuration& into);

/// Refuses so many databases that they would take more than half of `memory_bytes` while they are
/// empty.
base::result<void> check_databases(const base::options& settings, std::uint64_t memory_bytes);

/// Makes the setting `dir` say where the process is, as an absolute path.
base::result<void> adopt_directory(base::options& settings);

/// CONFIG REWRITE: writes the settings back to the file. The new file is complete and on disk
/// before it takes the old one's name, and the name is on disk before this returns.
base::result<void> rewrite_configuration(const configuration& from);

} // namespace thespis::server
