/// thespis-check: says whether a server can load files, what is in them, and where they are
/// damaged.

#include "base/version.hpp"
#include "check/file_check.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace thespis;
using check::verdict;

constexpr std::string_view usage
  = "Usage: thespis-check [--fix [--yes]] FILE…\n"
    "       thespis-check -v | --version\n"
    "       thespis-check -h | --help\n\n"
    "FILE is a snapshot (dump.rdb), a file of a journal (.aof), or a manifest, with which all "
    "files\n"
    "that it names are verified. No server may be writing to them.\n\n"
    "  --fix   cuts off the torn end of the last file of a journal, after asking\n"
    "  --yes   without asking\n\n"
    "Exit code: 0 all is fine, 1 something is damaged, 2 a file cannot be read.\n";

struct wishes {
  bool help = false;
  bool version = false;
  bool fix = false;
  bool yes = false;
  std::vector<std::string> files;
};

/// Nothing: they make no sense.
std::optional<wishes> read_arguments(int argc, char** argv) {
  wishes out;
  bool only_files = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word{argv[i]};
    if (only_files || !word.starts_with('-'))
      out.files.emplace_back(word);
    else if (word == "--")
      only_files = true;
    else if (word == "--fix")
      out.fix = true;
    else if (word == "--yes")
      out.yes = true;
    else if (word == "-h" || word == "--help")
      out.help = true;
    else if (word == "-v" || word == "--version")
      out.version = true;
    else
      return std::nullopt;
  }
  const auto asks_only = out.help || out.version;
  if (!asks_only && (out.files.empty() || (out.yes && !out.fix)))
    return std::nullopt;
  return out;
}

bool ask(std::string_view question) {
  fmt::print("  {} [y/N] ", question);
  std::fflush(stdout);
  const int answer = std::getchar();
  for (int c = answer; c != '\n' && c != EOF;)
    c = std::getchar();
  return answer == 'y' || answer == 'Y';
}

int run(const wishes& wanted) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const check::file_check_options how{
    .now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count(),
    .fix = wanted.fix,
    .agrees = [&](std::string_view question) { return wanted.yes || ask(question); }};
  auto found = verdict::fine;
  for (const auto& path : wanted.files)
    found = check::worse(found, check::check_file(path, how));
  fmt::print("{}\n", found == verdict::fine ? "all is fine" : "something is wrong");
  return static_cast<int>(found);
}

} // namespace

int main(int argc, char** argv) try {
  const auto wanted = read_arguments(argc, argv);
  if (!wanted) {
    fmt::print(stderr, "{}", usage);
    return static_cast<int>(verdict::unreadable);
  }
  if (wanted->help)
    fmt::print("{}", usage);
  else if (wanted->version)
    fmt::print("thespis-check {}\n", base::thespis_version);
  else
    return run(*wanted);
  return 0;
} catch (const std::exception& failed) {
  fmt::print(stderr, "thespis-check: {}\n", failed.what());
  return static_cast<int>(verdict::unreadable);
}
