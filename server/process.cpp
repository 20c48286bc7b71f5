#include "server/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace thespis::server {

namespace {

/// Descriptors that are not clients: listening sockets, epoll, files, logs.
constexpr rlim_t reserved_descriptors = 32;

bool is_in_environment(const char* name) {
  const auto* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

} // namespace

void become_daemon() {
  if (::fork() != 0)
    std::_Exit(0);
  ::setsid();
  if (const auto null = ::open("/dev/null", O_RDWR); null >= 0) {
    for (auto fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
      ::dup2(null, fd);
    if (null > STDERR_FILENO)
      ::close(null);
  }
}

pid_file::~pid_file() {
  if (!path_.empty())
    ::unlink(path_.c_str());
}

base::result<void> pid_file::write(const std::string& path) {
  auto* file = std::fopen(path.c_str(), "w");
  if (file == nullptr)
    return base::fault{
      fmt::format("Failed to write PID file {}: {}", path, std::system_category().message(errno))};
  fmt::print(file, "{}\n", ::getpid());
  std::fclose(file);
  // The working directory may change.
  std::error_code failed;
  path_ = std::filesystem::absolute(path, failed).string();
  return {};
}

base::supervision find_supervisor(base::supervision setting) {
  using base::supervision;
  const auto wanted = [&](supervision which) {
    return setting == which || setting == supervision::automatic;
  };
  if (wanted(supervision::upstart) && is_in_environment("UPSTART_JOB"))
    return supervision::upstart;
  if (wanted(supervision::systemd) && is_in_environment("NOTIFY_SOCKET"))
    return supervision::systemd;
  return supervision::none;
}

std::string_view name_of(base::supervision supervisor) {
  for (const auto& [name, value] : base::supervisions)
    if (value == static_cast<std::int64_t>(supervisor))
      return name;
  return "unknown";
}

void report_ready(base::supervision supervisor) {
  if (supervisor == base::supervision::systemd)
    ::sd_notify(0, "READY=1\nSTATUS=Ready to accept connections\n");
  if (supervisor == base::supervision::upstart)
    std::raise(SIGSTOP);
}

void report_stopping(base::supervision supervisor) {
  if (supervisor == base::supervision::systemd)
    ::sd_notify(0, "STOPPING=1\n");
}

std::size_t raise_file_limit(std::size_t clients) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return clients;
  const auto wanted = clients + reserved_descriptors;
  if (limit.rlim_cur >= wanted)
    return clients;
  auto raised = limit;
  raised.rlim_cur = wanted;
  raised.rlim_max = std::max<rlim_t>(limit.rlim_max, wanted);
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0)
    return clients;
  raised.rlim_max = limit.rlim_max;
  raised.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &raised);
  return raised.rlim_cur > reserved_descriptors ? raised.rlim_cur - reserved_descriptors : 1;
}

} // namespace thespis::server
