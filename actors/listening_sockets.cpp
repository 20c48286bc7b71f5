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

namespace thespis::actors {

namespace {

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
    per_loop.front().push_back(std::move(probe));
    return {};
  }
  for (auto& sockets : per_loop) {
    auto fd = listen_on(*list, true, backlog);
    if (fd.get() < 0)
      return because(what, errno);
    sockets.push_back(std::move(fd));
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
  per_loop.front().push_back(std::move(fd));
  return {};
}

base::result<listening_sockets> open_sockets_of(const base::options& settings, std::size_t loops) {
  using base::option;
  listening_sockets sockets{loops};
  const auto backlog = static_cast<int>(settings.get(option::tcp_backlog));
  const auto port = static_cast<std::uint16_t>(settings.get(option::port));
  if (port != 0)
    for (const auto& address : settings.bind_addresses())
      if (auto opened = sockets.open_tcp(address, port, backlog); !opened)
        return base::fault{opened.why()};
  const auto& path = settings.text(option::unixsocket);
  const auto permissions = static_cast<unsigned>(settings.get(option::unixsocketperm));
  if (!path.empty())
    if (auto opened = sockets.open_unix(path, permissions, backlog); !opened)
      return base::fault{opened.why()};
  if (sockets.empty() && port != 0)
    return base::fault{"Configured to not listen anywhere, exiting."};
  return sockets;
}

} // namespace thespis::actors
