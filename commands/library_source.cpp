#include "commands/library_source.hpp"

#include "base/ascii.hpp"
#include "base/split_words.hpp"
#include "scripting/function_registration.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace thespis::commands {

namespace {

using base::equals_nocase;

constexpr std::string_view marker = "#!";
constexpr std::string_view name_option = "name=";

/// What stands behind "name=", which must be the only option and be there once.
base::result<std::string> find_name(const std::vector<std::string>& words) {
  std::optional<std::string> name;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (!equals_nocase(word.substr(0, name_option.size()), name_option))
      return base::fault{fmt::format("Invalid metadata value given: {}", word)};
    if (name)
      return base::fault{"Invalid metadata value, name argument was given multiple times"};
    name.emplace(word.substr(name_option.size()));
  }
  if (!name)
    return base::fault{"Library name was not given"};
  return *std::move(name);
}

} // namespace

base::result<std::string> read_library_name(std::string_view source) {
  if (!source.starts_with(marker))
    return base::fault{"Missing library metadata"};
  const auto end = source.find('\n');
  if (end == std::string_view::npos)
    return base::fault{"Invalid library metadata"};
  const auto words = base::split_words(source.substr(0, end));
  if (!words || words->empty())
    return base::fault{"Invalid library metadata"};
  auto name = find_name(*words);
  if (!name)
    return name;
  if (!scripting::is_function_name(*name))
    return base::fault{"Library names can only contain letters, numbers, or underscores(_) and "
                       "must be at least one character long"};
  const auto engine = std::string_view{words->front()}.substr(marker.size());
  if (!equals_nocase(engine, "lua"))
    return base::fault{fmt::format("Engine '{}' not found", engine)};
  return name;
}

} // namespace thespis::commands
