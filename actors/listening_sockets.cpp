#include "actors/listening_sockets.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

namespace thespis::actors {

namespace {

using address_list = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

base::fault because(const std::string& what, int error) {
  return {fmt::format("{}: {}", what, std::system_category().message(error))};
}

/// getaddrinfo for a place. With `names` it asks nobody: a name is one of these, or unknown.
int find_address(const tcp_place& where, const host_addresses* names, addrinfo*& found) {
  auto address = where.address;
  const auto any = address == "*" || address == "::*";
  if (names != nullptr)
    if (const auto* known = names->find(address); known != nullptr) {
      if (known->error != 0)
        return known->error;
      address = known->digits;
    }
  addrinfo hints{};
  // A name stands for what it is in IPv4.
  hints.ai_family = address.find(':') == std::string_view::npos ? AF_INET : AF_INET6;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | (names != nullptr ? AI_NUMERICHOST : 0);
  return ::getaddrinfo(any ? nullptr : address.c_str(), std::to_string(where.port).c_str(), &hints,
                       &found);
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
  if (::bind(fd.get(), where.ai_addr, where.ai_addrlen) != 0 || ::listen(fd.get(), backlog) != 0)
    return owned_fd{};
  return fd;
}

/// Whether a bind to an address that was marked as optional may fail so.
bool is_missing_address(int error) noexcept {
  return error == EADDRNOTAVAIL || error == EAFNOSUPPORT || error == EPROTONOSUPPORT
         || error == ENOPROTOOPT;
}

/// Removes what a server left behind that did not end in order.
void remove_stale_socket(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode))
    ::unlink(path.c_str());
}

} // namespace

std::string tcp_place::name() const {
  return fmt::format("{}:{}", address, port);
}

std::vector<tcp_place> tcp_places_of(const base::options& settings) {
  std::vector<tcp_place> places;
  const auto port = static_cast<std::uint16_t>(settings.get(base::option::port));
  if (port == 0)
    return places;
  for (auto& address : settings.bind_addresses()) {
    const auto optional = address.starts_with('-');
    if (optional)
      address.erase(0, 1);
    places.push_back({std::move(address), port, optional});
  }
  return places;
}

int backlog_of(const base::options& settings) {
  return static_cast<int>(settings.get(base::option::tcp_backlog));
}

bool listening_sockets::empty() const noexcept {
  return std::all_of(per_loop_.begin(), per_loop_.end(),
                     [](const auto& sockets) { return sockets.empty(); });
}

base::result<void> listening_sockets::open_tcp(const tcp_place& where, int backlog,
                                               bool beside_ours, const host_addresses* names) {
  const auto what = "Could not create server TCP listening socket " + where.name();
  if (std::find(places_.begin(), places_.end(), where) != places_.end())
    return because(what, EADDRINUSE);
  addrinfo* found = nullptr;
  if (const auto error = find_address(where, names, found); error != 0) {
    if (where.optional)
      return {};
    return base::fault{fmt::format("{}: {}", what, ::gai_strerror(error))};
  }
  const address_list list{found, &::freeaddrinfo};
  if (const auto probe = listen_on(*list, beside_ours, backlog); probe.get() < 0) {
    if (where.optional && is_missing_address(errno))
      return {};
    return because(what, errno);
  }
  for (auto& sockets : per_loop_) {
    auto fd = listen_on(*list, true, backlog);
    if (fd.get() < 0)
      return because(what, errno);
    sockets.push_back({where.name(), std::move(fd), {}});
  }
  places_.push_back(where);
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
  remove_stale_socket(path);
  owned_fd fd{open_socket(AF_UNIX)};
  if (fd.get() < 0
      || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return because(what, errno);
  socket_file file{path};
  if (::listen(fd.get(), backlog) != 0
      || (permissions != 0 && ::chmod(path.c_str(), static_cast<mode_t>(permissions)) != 0))
    return because(what, errno);
  per_loop_.front().push_back({path, std::move(fd), std::move(file)});
  return {};
}

base::result<listening_sockets> open_sockets_of(const base::options& settings, std::size_t loops) {
  using base::option;
  listening_sockets sockets{loops};
  const auto backlog = backlog_of(settings);
  for (const auto& place : tcp_places_of(settings))
    if (auto opened = sockets.open_tcp(place, backlog); !opened)
      return base::fault{opened.why()};
  const auto& path = settings.text(option::unixsocket);
  const auto permissions = static_cast<unsigned>(settings.get(option::unixsocketperm));
  if (!path.empty())
    if (auto opened = sockets.open_unix(path, permissions, backlog); !opened)
      return base::fault{opened.why()};
  if (sockets.empty())
    return base::fault{"Configured to not listen anywhere, exiting."};
  return sockets;
}

} // namespace thespis::actors
