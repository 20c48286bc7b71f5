#pragma once

#include <unistd.h>

#include <utility>

namespace thespis::actors {

/// A descriptor that is closed unless it is released.
class owned_fd {
public:
  explicit owned_fd(int fd = -1) noexcept : fd_(fd) {
  }
  owned_fd(owned_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {
  }
  owned_fd& operator=(owned_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~owned_fd() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  int get() const noexcept {
    return fd_;
  }
  int release() noexcept {
    return std::exchange(fd_, -1);
  }

private:
  int fd_;
};

} // namespace thespis::actors
