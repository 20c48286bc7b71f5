#pragma once

/// redis.conf: one setting a line, '#' comments, quotes as in split_words.hpp, and the same grammar
/// for standard input and the command line. Pure: whoever calls has read the texts, and brings what
/// reads the files of `include`.
///
/// Reasons are Redis' own; an error is one line, where redis-server prints four. The server puts
/// "Fatal error in the configuration: " in front of it.
///
///   /etc/thespis.conf, line 3: 'foo bar': Bad directive or wrong number of arguments
///   command line, option 1: 'port "x"': argument couldn't be parsed into an integer

#include "base/options.hpp"
#include "base/result.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::base {

/// A text with settings: a file, standard input, the options of the command line.
struct config_text {
  /// Stands in errors.
  std::string name;
  std::string text;
  /// What errors call a line of it.
  std::string_view line_name = "line";
};

/// What reading a configuration needs from outside. Functions may be empty.
struct config_reader {
  /// Reads the files that the pattern of an `include` matches, in their order. A pattern with
  /// wildcards may match none. Without this function every `include` is an error.
  std::function<result<std::vector<config_text>>(std::string_view pattern)> include;

  /// Takes the lines that are no options: `rename-command name new-name`, `user name rule…`,
  /// `loadmodule path argument…`, all words including the first, which is in lower case. Their
  /// number has been checked. Without this function such lines are skipped.
  std::function<result<void>(std::span<const std::string> words)> directive;

  /// Called after every option that was set, so that settings that concern the world (dir) can be
  /// refused with their line. May be empty.
  std::function<result<void>(options& values, option which)> option_set;
};

/// Nested includes beyond this are taken for a circle.
inline constexpr int include_depth_max = 16;

/// Sets what the texts say; later lines and later texts win. The fault is one line, without a
/// newline at its end; the options that were set before it stay set.
result<void> load_config(options& values, std::span<const config_text> texts,
                         const config_reader& reader);

} // namespace thespis::base
