#include "base/command_line.hpp"

#include "base/ascii.hpp"
#include "base/quote.hpp"
#include "base/split_words.hpp"

namespace thespis::base {

namespace {

bool is_option(std::string_view argument) {
  return argument.starts_with("--");
}

bool has_only_a_name(std::string_view argument) {
  const auto words = split_words(argument);
  return words && words->size() == 1;
}

/// Whether the option may stand without a value: before another option, or at the end.
bool may_lack_value(std::string_view name) {
  return equals_nocase(name, "--save");
}

std::string settings_of(std::span<const std::string_view> arguments) {
  std::string text;
  bool expects_value = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto argument = arguments[i];
    if (expects_value || !is_option(argument)) {
      text.append(quoted(argument)).append(" ");
      expects_value = false;
      continue;
    }
    if (!text.empty())
      text += '\n';
    text.append(argument.substr(2)).append(" ");
    expects_value = has_only_a_name(argument);
    const bool alone = i + 1 == arguments.size() || is_option(arguments[i + 1]);
    if (expects_value && alone && may_lack_value(argument)) {
      text += "\"\"";
      expects_value = false;
    }
  }
  return text;
}

} // namespace

command_line parse_command_line(std::span<const std::string_view> arguments) {
  command_line parsed;
  if (arguments.size() == 1) {
    if (arguments[0] == "-v" || arguments[0] == "--version")
      parsed.what = command_line::wish::show_version;
    if (arguments[0] == "-h" || arguments[0] == "--help")
      parsed.what = command_line::wish::show_help;
    if (parsed.what != command_line::wish::serve)
      return parsed;
  }
  if (!arguments.empty() && arguments.front() == "-") {
    parsed.reads_stdin = true;
    arguments = arguments.subspan(1);
  } else if (!arguments.empty() && !arguments.front().starts_with('-')) {
    parsed.file = std::string{arguments.front()};
    arguments = arguments.subspan(1);
  }
  if (!arguments.empty() && arguments.back() == "-") {
    parsed.reads_stdin = true;
    arguments = arguments.first(arguments.size() - 1);
  }
  parsed.settings = settings_of(arguments);
  return parsed;
}

} // namespace thespis::base
