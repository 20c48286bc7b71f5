#pragma once

/// The command line in redis-server's style:
///
///   thespis-server [file] [--option value …]… [-]
///
/// `-` as the first or last argument reads standard input. Options become lines of redis.conf, so
/// whatever a line can say can be said here: `--bind 127.0.0.1 ::1`, `--save ""`, `--port 7000`,
/// also with its values in the same argument: `"--port 7000"`. An option's first value may start
/// with two hyphens (`--requirepass --secret`); `--save` may have no value at all, which means "".

#include "base/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace thespis::base {

struct command_line {
  enum class wish { serve, show_version, show_help };

  wish what = wish::serve;
  /// The configuration file, or empty.
  std::string file;
  bool reads_stdin = false;
  /// The options as the text of a configuration file.
  std::string settings;
};

/// `arguments` without the name of the program. What is wrong with the options is found when the
/// settings are loaded.
command_line parse_command_line(std::span<const std::string_view> arguments);

} // namespace thespis::base
