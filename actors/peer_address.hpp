#pragma once

#include <string>

namespace thespis::actors {

/// Both ends of a connected socket, in the form that CLIENT LIST shows.
struct peer_address {
  /// "127.0.0.1:50312", "[::1]:50312", "/path/of/socket:0".
  std::string remote;
  std::string here;
  /// AF_INET, AF_INET6 or AF_UNIX.
  int family = 0;
  bool unix_socket = false;
  /// Whether the peer is on this machine: loopback or a Unix socket.
  bool local = false;

  /// Of a connected socket; with "?:0" for an end that is gone.
  static peer_address of(int fd);
};

} // namespace thespis::actors
