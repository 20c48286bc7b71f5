#include "actors/output_file.hpp"

#include "actors/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace thespis::actors {

namespace {

/// Redis names its own like that: whoever cleans up after crashes knows them.
constexpr auto temporary_format = FMT_STRING("{}/temp-{}.rdb");
constexpr auto temporary_scan = "temp-%d.rdb%n";
constexpr auto temporary_base_scan = "temp-rewriteaof-bg-%d.aof%n";

/// The process that a file of this name is a temporary one of; 0: it is none.
int process_in(const std::string& name) noexcept {
  for (const auto* scan : {temporary_scan, temporary_base_scan}) {
    int process = 0;
    int length = 0;
    if (std::sscanf(name.c_str(), scan, &process, &length) == 1 // NOLINT: checked
        && static_cast<std::size_t>(length) == name.size())
      return process;
  }
  return 0;
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

base::result<void> synchronise_directory(const std::string& directory) {
  const owned_fd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (fd.get() >= 0 && ::fsync(fd.get()) == 0)
    return {};
  return base::fault{
    fmt::format("cannot synchronise the directory {}: {}", directory, log::system_error(errno))};
}

} // namespace

base::result<output_file> output_file::create(const std::string& path, std::string temporary) {
  if (temporary.empty())
    temporary = fmt::format(temporary_format, directory_of(path), ::getpid());
  owned_fd fd{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (fd.get() < 0)
    return base::fault{fmt::format("cannot create {}: {}", temporary, log::system_error(errno))};
  return output_file{path, std::move(temporary), std::move(fd)};
}

output_file::output_file(std::string path, std::string temporary, owned_fd fd) noexcept
  : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {
}

output_file::~output_file() {
  if (fd_.get() >= 0)
    ::unlink(temporary_.c_str());
}

base::result<void> output_file::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return failure("write");
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

base::result<void> output_file::flush() {
  if (::fdatasync(fd_.get()) != 0)
    return failure("synchronise");
  return {};
}

base::result<void> output_file::finish() {
  if (::fsync(fd_.get()) != 0)
    return failure("synchronise");
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0)
    return failure("rename");
  fd_ = owned_fd{};
  return synchronise_directory(directory_of(path_));
}

bool may_exist(const std::string& path) noexcept {
  return ::access(path.c_str(), F_OK) == 0 || errno != ENOENT;
}

void remove_leftovers(const std::string& path) noexcept try {
  std::error_code failed;
  for (const auto& file : std::filesystem::directory_iterator{directory_of(path), failed}) {
    const auto process = process_in(file.path().filename().string());
    if (process <= 0)
      continue;
    if (process == ::getpid() || (::kill(process, 0) != 0 && errno == ESRCH))
      ::unlink(file.path().c_str());
  }
} catch (const std::exception&) {
  // They are in nobody's way.
}

base::fault output_file::failure(std::string_view action) const {
  return {fmt::format("cannot {} {}: {}", action, temporary_, log::system_error(errno))};
}

} // namespace thespis::actors
