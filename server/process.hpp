#pragma once

/// The server as a process of a Unix system: background, pid file, service manager, limits.

#include "base/option_choices.hpp"
#include "base/options.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::server {

/// Goes on in a child without a terminal. The parent stays until the child's start has an outcome:
/// it exits with 0 once `release_parent` is called, and with the child's exit code (at least 1) if
/// the child ends before that. What the child writes to standard error until then is passed on.
/// Before any thread is started.
void become_daemon();

/// In the child: the start has succeeded. Standard error leads nowhere from here on.
void release_parent();

/// Writes the process id to a file and removes it at the end of its life.
class pid_file {
public:
  pid_file() = default;
  pid_file(const pid_file&) = delete;
  pid_file& operator=(const pid_file&) = delete;
  ~pid_file();

  base::result<void> write(const std::string& path);

private:
  std::string path_;
};

/// Who has started the process and waits to hear of it: what the setting `supervised` says, if the
/// environment agrees; with "auto" what the environment says.
base::supervision find_supervisor(base::supervision setting);

/// "no", "systemd", "upstart": as INFO shows it.
std::string_view name_of(base::supervision supervisor);

/// Tells the service manager that clients may come. Upstart wants the process to stop itself, and
/// lets it go on.
void report_ready(base::supervision supervisor);
void report_stopping(base::supervision supervisor);

/// Descriptors that are not clients': the event loops', listening sockets, files, logs.
std::size_t reserved_descriptors(const base::options& settings);

/// Lets the process have as many files as so many clients need beside the `reserved` ones, or as
/// many as the system allows; returns how many clients fit, which may be none.
std::size_t raise_file_limit(std::size_t clients, std::size_t reserved);

/// Bytes of memory that the process can have: the machine's, or what its control group is limited
/// to.
std::uint64_t memory_limit();

} // namespace thespis::server
