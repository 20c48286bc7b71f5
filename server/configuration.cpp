#include "server/configuration.hpp"

#include "actors/owned_fd.hpp"
#include "actors/sizing.hpp"
#include "base/command_line.hpp"
#include "base/config_file.hpp"
#include "base/config_rewrite.hpp"
#include "base/version.hpp"
#include "commands/rows.hpp"
#include "keyspace/shard.hpp"
#include "server/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

namespace thespis::server {

namespace {

std::string reason(int error) {
  return std::system_category().message(error);
}

/// Everything up to the end of the file. Returns false, with errno, if that is not to be had.
bool read_all(int fd, std::string& text) {
  std::array<char, 4096> chunk{};
  for (;;) {
    const auto n = ::read(fd, chunk.data(), chunk.size());
    if (n == 0)
      return true;
    if (n > 0)
      text.append(chunk.data(), static_cast<std::size_t>(n));
    else if (errno != EINTR)
      return false;
  }
}

base::result<std::string> read_file(const std::string& path) {
  std::string text;
  const actors::owned_fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (fd.get() < 0 || !read_all(fd.get(), text))
    return base::fault{fmt::format("can't open config file '{}': {}", path, reason(errno))};
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

/// `dir` counts from its line on, also for the paths that follow it. What would protect the data if
/// it had an effect must not go unnoticed.
base::result<void> check_option(base::options& values, base::option which) {
  if (which == base::option::dir && ::chdir(values.text(which).c_str()) != 0)
    return base::fault{fmt::format("Can't chdir to '{}': {}", values.text(which), reason(errno))};
  if (which == base::option::aclfile && !values.text(which).empty())
    return base::fault{"ACL users are not supported yet"};
  return {};
}

/// A new name of a file is on disk when its directory is. Some file systems do that by themselves
/// and refuse to be asked (EINVAL).
base::result<void> sync_directory_of(const std::string& file) {
  const auto directory = std::filesystem::path{file}.parent_path().string();
  const actors::owned_fd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (fd.get() < 0 || (::fsync(fd.get()) != 0 && errno != EINVAL))
    return base::fault{fmt::format("syncing the directory {}: {}", directory, reason(errno))};
  return {};
}

/// The lines that are no options.
base::result<void> obey(std::span<const std::string> words) {
  if (words.front() == "rename-command")
    return commands::rename_command(words[1], words[2]);
  if (words.front() == "user")
    return base::fault{"ACL users are not supported yet"};
  return base::fault{"Modules are not supported"};
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
    fmt::print("Thespis server v={} redis={} bits=64\n", base::thespis_version,
               base::redis_version);
    return next_step::exit_successfully;
  }
  std::vector<base::config_text> texts;
  if (!line.file.empty()) {
    auto read = read_file(line.file);
    if (!read)
      return fail("Fatal error, " + read.why());
    texts.push_back({line.file, std::move(*read)});
    into.file = std::filesystem::absolute(line.file).string();
  }
  if (line.reads_stdin) {
    texts.push_back({"standard input", {}});
    if (!read_all(STDIN_FILENO, texts.back().text))
      return fail("Fatal error, can't read standard input: " + reason(errno));
  }
  texts.push_back({"command line", line.settings, "option"});
  const base::config_reader reader{
    .include = read_included, .directive = obey, .option_set = check_option};
  if (auto loaded = base::load_config(into.settings, texts, reader); !loaded)
    return fail("Fatal error in the configuration: " + loaded.why());
  if (auto fit = check_databases(into.settings, memory_limit()); !fit)
    return fail("Fatal error in the configuration: " + fit.why());
  if (auto known = adopt_directory(into.settings); !known)
    return fail("Fatal error, " + known.why());
  return next_step::serve;
}

base::result<void> check_databases(const base::options& settings, std::uint64_t memory_bytes) {
  constexpr double mb = 1024 * 1024;
  // What a shard has for each: the database and its three counters.
  constexpr auto each_bytes = sizeof(keyspace::database) + 3 * sizeof(base::counter);
  const auto databases = settings.get(base::option::databases);
  const auto partitions = actors::partition_count_of(settings, actors::loop_count_of(settings));
  const auto needed = static_cast<double>(databases) * static_cast<double>(partitions)
                      * static_cast<double>(each_bytes);
  if (needed <= static_cast<double>(memory_bytes) / 2)
    return {};
  return base::fault{
    fmt::format("'databases {}': they need {:.0f} MB in {} partitions, that is more "
                "than half of the {:.0f} MB of memory",
                databases, needed / mb, partitions, static_cast<double>(memory_bytes) / mb)};
}

base::result<void> adopt_directory(base::options& settings) {
  std::error_code failed;
  const auto here = std::filesystem::current_path(failed);
  if (failed)
    return base::fault{"can't find the working directory: " + failed.message()};
  return settings.adopt(base::option::dir, here.string());
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
  // The file may hold a password, so who could not read it before cannot do so later.
  struct stat old_file {};
  const auto mode = ::stat(from.file.c_str(), &old_file) == 0 ? old_file.st_mode & 0777 : 0644;
  const actors::owned_fd fd{
    ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)};
  if (fd.get() < 0)
    return failed("opening");
  const auto written = ::write(fd.get(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size()) || ::fchmod(fd.get(), mode) != 0
      || ::fsync(fd.get()) != 0)
    return failed("writing");
  if (::rename(temporary.c_str(), from.file.c_str()) != 0)
    return failed("renaming");
  return sync_directory_of(from.file);
}

} // namespace thespis::server
