#include "actors/peer_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>

namespace thespis::actors {

namespace {

using get_name = int (*)(int, sockaddr*, socklen_t*);

struct end_point {
  std::string text = "?:0";
  int family = AF_UNSPEC;
  bool loopback = false;
};

end_point ipv4(const sockaddr_storage& storage) {
  sockaddr_in address{};
  std::memcpy(&address, &storage, sizeof address);
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
  return {fmt::format("{}:{}", text.data(), ntohs(address.sin_port)), AF_INET,
          (ntohl(address.sin_addr.s_addr) >> 24) == 127};
}

end_point ipv6(const sockaddr_storage& storage) {
  sockaddr_in6 address{};
  std::memcpy(&address, &storage, sizeof address);
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
  return {fmt::format("[{}]:{}", text.data(), ntohs(address.sin6_port)), AF_INET6,
          std::memcmp(&address.sin6_addr, &in6addr_loopback, sizeof in6addr_loopback) == 0};
}

end_point unix_path(const sockaddr_storage& storage) {
  sockaddr_un address{};
  std::memcpy(&address, &storage, sizeof address);
  return {fmt::format("{}:0", address.sun_path), AF_UNIX, true};
}

end_point name_of(int fd, get_name get) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (get(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    return {};
  switch (storage.ss_family) {
    case AF_INET:
      return ipv4(storage);
    case AF_INET6:
      return ipv6(storage);
    case AF_UNIX:
      return unix_path(storage);
    default:
      return {};
  }
}

} // namespace

peer_address peer_address::of(int fd) {
  const auto here = name_of(fd, ::getsockname);
  const auto remote = name_of(fd, ::getpeername);
  peer_address result;
  result.here = here.text;
  result.family = here.family;
  result.unix_socket = here.family == AF_UNIX;
  // A client of a Unix socket has no name of its own: it is known by the socket's path.
  result.remote = result.unix_socket ? here.text : remote.text;
  result.local = result.unix_socket || remote.loopback;
  return result;
}

} // namespace thespis::actors
