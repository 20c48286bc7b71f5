#include "actors/socket_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace thespis::actors {

socket_file::socket_file(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0)
    return;
  std::error_code failed;
  path_ = std::filesystem::absolute(path, failed).string();
  device_ = found.st_dev;
  number_ = found.st_ino;
}

socket_file::socket_file(socket_file&& other) noexcept {
  swap(other);
}

socket_file& socket_file::operator=(socket_file&& other) noexcept {
  swap(other);
  return *this;
}

socket_file::~socket_file() {
  struct stat found {};
  if (!path_.empty() && ::stat(path_.c_str(), &found) == 0 && found.st_dev == device_
      && found.st_ino == number_)
    ::unlink(path_.c_str());
}

void socket_file::swap(socket_file& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(device_, other.device_);
  std::swap(number_, other.number_);
}

} // namespace thespis::actors
