#pragma once

#include "actors/owned_fd.hpp"
#include "base/options.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace thespis::actors {

/// Opens listening sockets. A fault says which address failed and why, in one sentence.
///
/// Sockets are non-blocking and closed on exec. `copies` sockets share each TCP address
/// (SO_REUSEPORT), one per event loop; the address is tried without sharing first, because the kernel
/// would let two servers of one user share a port without a word.
struct listening_sockets {
  /// One list per event loop.
  std::vector<std::vector<owned_fd>> per_loop;

  explicit listening_sockets(std::size_t loops) : per_loop(loops) {
  }

  /// `address`: "*", "::*", an IPv4 or IPv6 address or a host name; a '-' in front means that an
  /// address which this machine does not have is no fault. Port 0 lets the system choose.
  base::result<void> open_tcp(std::string address, std::uint16_t port, int backlog);

  /// `permissions`: as in chmod, 0 for the default. A stale socket file is replaced.
  base::result<void> open_unix(const std::string& path, unsigned permissions, int backlog);

  bool empty() const noexcept;
};

/// Opens what the settings `bind`, `port`, `unixsocket` and their like ask for. With port 0 and no
/// Unix socket there is nothing to open, and that is no fault.
base::result<listening_sockets> open_sockets_of(const base::options& settings, std::size_t loops);

} // namespace thespis::actors
