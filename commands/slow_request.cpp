#include "commands/slow_request.hpp"

#include "base/ascii.hpp"
#include "base/options.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thespis::commands {

namespace {

std::string shortened(std::string_view word) {
  constexpr auto kept = slow_request::argument_bytes_max;
  if (word.size() <= kept)
    return std::string{word};
  return fmt::format("{}... ({} more bytes)", word.substr(0, kept), word.size() - kept);
}

} // namespace

bool is_secret(const protocol::command_spec& spec, protocol::arguments words, std::size_t index) {
  if (spec.name == "auth")
    return index >= 1;
  if (spec.name == "hello") {
    const auto follows_auth = [&](std::size_t distance) {
      return index >= distance + 2 && base::equals_nocase(words[index - distance], "auth");
    };
    return follows_auth(1) || follows_auth(2);
  }
  if (spec.name == "config|set")
    return index >= 3 && index % 2 == 1 && base::is_sensitive_option(words[index - 1]);
  return false;
}

std::vector<std::string> abridge(const protocol::command_spec& spec, protocol::arguments words) {
  const auto kept = std::min(words.size(), slow_request::arguments_max);
  std::vector<std::string> out;
  out.reserve(kept);
  for (std::size_t i = 0; i < kept; ++i) {
    if (i + 1 == kept && kept < words.size())
      out.push_back(fmt::format("... ({} more arguments)", words.size() - kept + 1));
    else if (is_secret(spec, words, i))
      out.emplace_back("(redacted)");
    else
      out.push_back(shortened(words[i]));
  }
  return out;
}

} // namespace thespis::commands
