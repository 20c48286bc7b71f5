#include "commands/shebang.hpp"

#include "base/split_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace thespis::commands {

namespace {

constexpr named_script_flag named_flags[] = {
  {"no-writes", script_no_writes},
  {"allow-oom", script_allow_oom},
  {"allow-stale", script_allow_stale},
  {"no-cluster", script_no_cluster},
  {"allow-cross-slot-keys", script_allow_cross_slot_keys},
  {"declared-keys", script_declared_keys},
};

/// "no-writes,allow-oom": as in Redis nothing at all is a flag without a name, too.
base::result<std::uint32_t> read_flags(std::string_view names) {
  std::uint32_t flags = 0;
  for (;;) {
    const auto comma = names.find(',');
    const auto name = names.substr(0, comma);
    const auto flag = script_flag_named(name);
    if (flag == 0)
      return base::fault{fmt::format("Unexpected flag in script shebang: {}", name)};
    flags |= flag;
    if (comma == std::string_view::npos)
      return flags;
    names.remove_prefix(comma + 1);
  }
}

} // namespace

std::span<const named_script_flag> script_flag_names() noexcept {
  return named_flags;
}

std::uint32_t script_flag_named(std::string_view name) noexcept {
  const auto found = std::find_if(std::begin(named_flags), std::end(named_flags),
                                  [&](const auto& one) { return one.name == name; });
  return found == std::end(named_flags) ? std::uint32_t{0} : found->flag;
}

base::result<std::uint32_t> read_shebang(std::string_view source) {
  constexpr std::string_view options = "flags=";
  if (!source.starts_with("#!"))
    return std::uint32_t{0};
  const auto end = source.find('\n');
  if (end == std::string_view::npos)
    return base::fault{"Invalid script shebang"};
  const auto words = base::split_words(source.substr(0, end));
  if (!words || words->empty())
    return base::fault{"Invalid engine in script shebang"};
  if (words->front() != "#!lua")
    return base::fault{fmt::format("Unexpected engine in script shebang: {}", words->front())};
  std::uint32_t flags = script_has_flags;
  for (std::size_t i = 1; i < words->size(); ++i) {
    const std::string_view word = (*words)[i];
    if (!word.starts_with(options))
      return base::fault{fmt::format("Unknown lua shebang option: {}", word)};
    if (word.size() == options.size())
      continue;
    const auto more = read_flags(word.substr(options.size()));
    if (!more)
      return more;
    flags |= *more;
  }
  return flags;
}

} // namespace thespis::commands
