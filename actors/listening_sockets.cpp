#include "actors/listening_sockets.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

namespace thespis::actors {

namespace {

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

using address_list = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

base::fault because(const std::string& what, int error) {
  return {fmt::format("{}: {}", what, std::system_category().message(error))};
}

bool enable(int fd, int level, int name) {
  const int on = 1;
  return ::setsockopt(fd, level, name, &on, sizeof on) == 0;
}

int open_socket(int family) {
  return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/// A bound and listening socket, or an invalid one with errno set.
owned_fd listen_on(const addrinfo& where, bool shared, int backlog) {
  owned_fd fd{open_socket(where.ai_family)};
  if (fd.get() < 0)
    return fd;
  enable(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  if (where.ai_family == AF_INET6)
    enable(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  if (shared)
    enable(fd.get(), SOL_SOCKET, SO_REUSEPORT);
  if (::bind(fd.get(), where.ai_addr, where.ai_addrlen) != 0
      || ::listen(fd.get(), backlog) != 0)
    return owned_fd{};
  return fd;
}

/// Whether a bind to an address that was marked as optional may fail so.
bool is_missing_address(int error) noexcept {
  return error == EADDRNOTAVAIL || error == EAFNOSUPPORT || error == EPROTONOSUPPORT
         || error == ENOPROTOOPT;
}

} // namespace

listening_sockets::~listening_sockets() {
  for (const auto& sockets : per_loop)
    for (auto fd : sockets)
      ::close(fd);
}

bool listening_sockets::empty() const noexcept {
  for (const auto& sockets : per_loop)
    if (!sockets.empty())
      return false;
  return true;
}

base::result<void> listening_sockets::open_tcp(std::string address, std::uint16_t port,
                                               int backlog) {
  const auto optional = !address.empty() && address.front() == '-';
  if (optional)
    address.erase(0, 1);
  const auto any = address == "*" || address == "::*";
  const auto what
    = fmt::format("Could not create server TCP listening socket {}:{}", address, port);
  addrinfo hints{};
  hints.ai_family = address == "*" ? AF_INET : address == "::*" ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (auto error
      = ::getaddrinfo(any ? nullptr : address.c_str(), std::to_string(port).c_str(), &hints, &found);
      error != 0) {
    if (optional)
      return {};
    return base::fault{fmt::format("{}: {}", what, ::gai_strerror(error))};
  }
  const address_list list{found, &::freeaddrinfo};
  const auto shared = per_loop.size() > 1;
  if (auto probe = listen_on(*list, false, backlog); probe.get() < 0) {
    if (optional && is_missing_address(errno))
      return {};
    return because(what, errno);
  } else if (!shared) {
    per_loop.front().push_back(probe.release());
    return {};
  }
  for (auto& sockets : per_loop) {
    auto fd = listen_on(*list, true, backlog);
    if (fd.get() < 0)
      return because(what, errno);
    sockets.push_back(fd.release());
  }
  return {};
}

base::result<void> listening_sockets::open_unix(const std::string& path, unsigned permissions,
                                                int backlog) {
  const auto what = fmt::format("Failed opening Unix socket {}", path);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return because(what, ENAMETOOLONG);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  ::unlink(path.c_str());
  owned_fd fd{open_socket(AF_UNIX)};
  if (fd.get() < 0
      || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
      || ::listen(fd.get(), backlog) != 0)
    return because(what, errno);
  if (permissions != 0 && ::chmod(path.c_str(), static_cast<mode_t>(permissions)) != 0)
    return because(what, errno);
  per_loop.front().push_back(fd.release());
  return {};
}

} // namespace thespis::actors
