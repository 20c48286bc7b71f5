#include "base/option_checks.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>

namespace thespis::base::option_checks {

namespace {

bool is_letter_or_digit(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

bool is_path(std::string_view text) {
  return text.find('/') != text.npos;
}

struct title_variable {
  std::string_view name;
  /// Whether something always stands for it.
  bool says_something;
};
constexpr std::array<title_variable, 7> title_variables{{
  {"title", false},
  {"listen-addr", true},
  {"server-mode", false},
  {"port", true},
  {"tls-port", true},
  {"unixsocket", false},
  {"config-file", true},
}};

} // namespace

const char* dump_file_name(std::string_view text) {
  return is_path(text) ? "dbfilename can't be a path, just a filename" : nullptr;
}

const char* append_file_name(std::string_view text) {
  if (text.empty())
    return "appendfilename can't be empty";
  return is_path(text) ? "appendfilename can't be a path, just a filename" : nullptr;
}

const char* append_directory_name(std::string_view text) {
  if (text.empty())
    return "appenddirname can't be empty";
  return is_path(text) ? "appenddirname can't be a path, just a dirname" : nullptr;
}

const char* announced_host_name(std::string_view text) {
  constexpr std::size_t chars_max = 255;
  if (text.size() > chars_max)
    return "Hostnames must be less than 256 characters";
  const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.'; };
  if (!std::all_of(text.begin(), text.end(), allowed))
    return "Hostnames may only contain alphanumeric characters, hyphens or dots";
  return nullptr;
}

const char* announced_node_name(std::string_view text) {
  constexpr std::string_view marks = "!#$%&()*+.:;<>?@[]^{|}~, \x7f";
  const auto refused = [marks](char c) {
    return static_cast<unsigned char>(c) < ' ' || marks.find(c) != marks.npos;
  };
  if (std::any_of(text.begin(), text.end(), refused))
    return "Announced human node name contained invalid character";
  return nullptr;
}

const char* process_title(std::string_view text) {
  constexpr auto wrong = "template format is invalid or contains unknown variables";
  bool says_something = false;
  while (!text.empty()) {
    if (text.front() != '{' || text.starts_with("{{")) {
      says_something = says_something || !is_space(text.front());
      text.remove_prefix(text.front() == '{' ? 2 : 1);
      continue;
    }
    const auto end = text.find('}');
    if (end == text.npos)
      return wrong;
    const auto name = text.substr(1, end - 1);
    const auto* found = std::find_if(title_variables.begin(), title_variables.end(),
                                     [&](const auto& one) { return one.name == name; });
    if (found == title_variables.end())
      return wrong;
    says_something = says_something || found->says_something;
    text.remove_prefix(end + 1);
  }
  return says_something ? nullptr : wrong;
}

const char* shutdown_options(std::int64_t bits) {
  constexpr auto both = static_cast<std::int64_t>(shutdown_flag::save)
                        | static_cast<std::int64_t>(shutdown_flag::nosave);
  return (bits & both) == both ? "shutdown options SAVE and NOSAVE can't be used simultaneously"
                               : nullptr;
}

const char* defragmentation(std::int64_t on) {
  return on == 0 ? nullptr
                 : "Active defragmentation cannot be enabled: it requires a Redis server compiled "
                   "with a modified Jemalloc like the one shipped by default with the Redis source "
                   "distribution";
}

std::int64_t tick_rate(std::int64_t hz) {
  return std::clamp<std::int64_t>(hz, 1, 500);
}

std::int64_t backlog_size(std::int64_t bytes) {
  return std::max<std::int64_t>(bytes, 16 * 1024);
}

} // namespace thespis::base::option_checks
