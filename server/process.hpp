#pragma once

/// The server as a process of a Unix system: background, pid file, service manager, limits.

#include "base/result.hpp"

#include <string>

namespace thespis::server {

/// Goes on in a child without a terminal; the parent exits with 0. Before any thread is started.
void become_daemon();

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

/// Tells systemd (sd_notify) about a state such as "READY=1"; nothing where there is no systemd.
void notify_service_manager(const char* state);

/// Lets the process have as many files as `clients` need, or as many as the system allows; returns how
/// many clients fit.
std::size_t raise_file_limit(std::size_t clients);

} // namespace thespis::server
