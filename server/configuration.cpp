#include "server/configuration.hpp"

#include "base/command_line.hpp"
#include "base/config_file.hpp"
#include "base/config_rewrite.hpp"
#include "commands/version.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace thespis::server {

namespace {

std::string reason(int error) {
  return std::system_category().message(error);
}

base::result<std::string> read_file(const std::string& path) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file.is_open() || file.bad() || std::filesystem::is_directory(path))
    return base::fault{fmt::format("Fatal error, can't open config file '{}': {}", path,
                                   reason(errno != 0 ? errno : EISDIR))};
  return text;
}

std::string read_stdin() {
  std::string text;
  char chunk[4096];
  while (const auto n = std::fread(chunk, 1, sizeof chunk, stdin))
    text.append(chunk, n);
  return text;
}

/// The files of an `include`; a pattern with wildcards may match none.
base::result<std::vector<base::config_text>> read_included(std::string_view pattern) {
  const std::string path{pattern};
  std::vector<std::string> names;
  if (path.find_first_of("*?[") == std::string::npos) {
    names.push_back(path);
  } else {
    glob_t found{};
    if (::glob(path.c_str(), 0, nullptr, &found) == 0)
      names.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
  }
  std::vector<base::config_text> files;
  for (auto& name : names) {
    auto text = read_file(name);
    if (!text)
      return base::fault{text.why()};
    files.push_back({std::move(name), std::move(*text)});
  }
  return files;
}

/// `dir` counts from its line on, also for the paths that follow it.
base::result<void> enter_directory(base::options& values, base::option which) {
  if (which == base::option::dir && ::chdir(values.text(which).c_str()) != 0)
    return base::fault{fmt::format("Can't chdir to '{}': {}", values.text(which), reason(errno))};
  return {};
}

void print_help() {
  fmt::print("Usage: thespis-server [/path/to/thespis.conf] [--option value …] [-]\n"
             "       thespis-server -  (settings from standard input)\n"
             "       thespis-server -v | --version\n"
             "       thespis-server -h | --help\n\n"
             "Settings are those of redis.conf, with a file or on the command line:\n"
             "       thespis-server --port 7000 --threads 2 --bind 127.0.0.1 ::1\n");
}

next_step fail(std::string_view why) {
  fmt::print(stderr, "{}\n", why);
  return next_step::exit_with_failure;
}

} // namespace

next_step load_configuration(std::span<const std::string_view> arguments, configuration& into) {
  const auto line = base::parse_command_line(arguments);
  if (line.what == base::command_line::wish::show_help) {
    print_help();
    return next_step::exit_successfully;
  }
  if (line.what == base::command_line::wish::show_version) {
    fmt::print("Thespis server v={} redis={} bits=64\n", commands::thespis_version,
               commands::redis_version);
    return next_step::exit_successfully;
  }
  std::string text;
  if (!line.file.empty()) {
    auto read = read_file(line.file);
    if (!read)
      return fail(read.why());
    text = std::move(*read);
    into.file = std::filesystem::absolute(line.file).string();
  }
  const base::config_reader reader{.version = std::string{commands::thespis_version},
                                   .include = read_included,
                                   .directive = {},
                                   .option_set = enter_directory};
  const auto all = base::join_config(text, line.reads_stdin ? read_stdin() : "", line.settings);
  if (auto loaded = base::load_config(into.settings, all, reader); !loaded)
    return fail("\n" + loaded.why());
  return next_step::serve;
}

base::result<void> rewrite_configuration(const configuration& from) {
  std::error_code gone;
  std::string old_text;
  if (std::filesystem::exists(from.file, gone)) {
    auto read = read_file(from.file);
    if (!read)
      return base::fault{read.why()};
    old_text = std::move(*read);
  }
  const auto text = base::rewrite_config(old_text, from.settings);
  const auto temporary = fmt::format("{}.{}.tmp", from.file, ::getpid());
  const auto failed = [&](std::string_view what) {
    auto why = fmt::format("{} {}: {}", what, temporary, reason(errno));
    ::unlink(temporary.c_str());
    return base::fault{std::move(why)};
  };
  const auto fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return failed("opening");
  const auto written = ::write(fd, text.data(), text.size());
  const auto complete = written == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!complete)
    return failed("writing");
  if (::rename(temporary.c_str(), from.file.c_str()) != 0)
    return failed("renaming");
  return {};
}

} // namespace thespis::server
