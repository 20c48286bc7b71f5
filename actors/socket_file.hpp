#pragma once

#include <sys/types.h>

#include <string>

namespace thespis::actors {

/// The file of a Unix socket that this process listens on. Its end removes the file, unless that
/// has become another one meanwhile: the socket of a server that was started later.
class socket_file {
public:
  /// Of no file.
  socket_file() = default;
  /// `path`: where a socket has just been bound.
  explicit socket_file(const std::string& path);
  socket_file(socket_file&& other) noexcept;
  socket_file& operator=(socket_file&& other) noexcept;
  ~socket_file();

private:
  void swap(socket_file& other) noexcept;

  /// Absolute, because the working directory may change; empty: none.
  std::string path_;
  dev_t device_ = 0;
  ino_t number_ = 0;
};

} // namespace thespis::actors
