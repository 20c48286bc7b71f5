#include "server/process.hpp"

#include "actors/event_loop.hpp"
#include "actors/listening_sockets.hpp"
#include "actors/sizing.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <system_error>

namespace thespis::server {

namespace {

/// In the pipe between a daemon and its parent: comes after all text. Text has none.
constexpr char ready_mark = '\0';

[[noreturn]] void give_up(const char* what) {
  fmt::print(stderr, "Can't become a daemon: {}: {}\n", what,
             std::system_category().message(errno));
  std::_Exit(1);
}

void lead_nowhere(std::initializer_list<int> descriptors) {
  const auto null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0)
    return;
  for (auto fd : descriptors)
    ::dup2(null, fd);
  if (std::find(descriptors.begin(), descriptors.end(), null) == descriptors.end())
    ::close(null);
}

/// The exit code for a child that has ended without being ready.
int failure_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status))
    fmt::print(stderr, "The server has ended while it started: {}\n",
               ::strsignal(WTERMSIG(status)));
  return WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 1;
}

/// The parent's part: passes on what the child says until it is ready or gone.
[[noreturn]] void await_child(pid_t child, int from) {
  std::array<char, 4096> chunk{};
  for (;;) {
    const auto n = ::read(from, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      std::_Exit(failure_of(child));
    const std::string_view text{chunk.data(), static_cast<std::size_t>(n)};
    const auto end = text.find(ready_mark);
    fmt::print(stderr, "{}", text.substr(0, end));
    if (end != text.npos)
      std::_Exit(0);
  }
}

bool is_in_environment(const char* name) {
  const auto* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

} // namespace

void become_daemon() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    give_up("pipe");
  const auto child = ::fork();
  if (child < 0)
    give_up("fork");
  if (child > 0) {
    ::close(ends[1]);
    await_child(child, ends[0]);
  }
  ::setsid();
  // Where a standard descriptor was closed, the pipe may have taken its number.
  ::dup2(ends[1], STDERR_FILENO);
  for (auto end : ends)
    if (end > STDERR_FILENO)
      ::close(end);
  lead_nowhere({STDIN_FILENO, STDOUT_FILENO});
}

void release_parent() {
  static_cast<void>(::write(STDERR_FILENO, &ready_mark, 1));
  lead_nowhere({STDERR_FILENO});
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

std::size_t reserved_descriptors(const base::options& settings) {
  // Standard streams, the log, a Unix socket, files that are open for a moment, clients that are
  // turned away.
  constexpr std::size_t files = 32;
  // CONFIG SET bind opens what is new before it closes what goes.
  const auto sockets = 2 * actors::tcp_places_of(settings).size();
  return files + actors::loop_count_of(settings) * (actors::event_loop::own_descriptors + sockets);
}

std::size_t raise_file_limit(std::size_t clients, std::size_t reserved) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return clients;
  const auto wanted = clients + reserved;
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
  return raised.rlim_cur > reserved ? raised.rlim_cur - reserved : 0;
}

std::uint64_t memory_limit() {
  auto limit = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES))
               * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  // Control groups, version 2 ("max" if there is no limit) and version 1.
  for (const auto* path :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::ifstream file{path};
    if (std::uint64_t bytes = 0; file >> bytes && bytes != 0)
      limit = std::min(limit, bytes);
  }
  return limit;
}

} // namespace thespis::server
