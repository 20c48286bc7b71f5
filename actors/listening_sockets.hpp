#pragma once

#include "actors/host_addresses.hpp"
#include "actors/owned_fd.hpp"
#include "actors/socket_file.hpp"
#include "base/options.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace thespis::actors {

/// An address and a port to listen on.
struct tcp_place {
  /// "*", "::*", an IPv4 or IPv6 address or a host name.
  std::string address;
  std::uint16_t port = 0;
  /// Written with a '-' in front: that this machine does not have it is no fault.
  bool optional = false;

  /// "127.0.0.1:6379".
  std::string name() const;
  bool operator==(const tcp_place& other) const noexcept {
    return port == other.port && address == other.address;
  }
};

/// What the settings `bind` and `port` say; nothing with port 0.
std::vector<tcp_place> tcp_places_of(const base::options& settings);

/// The setting `tcp-backlog`.
int backlog_of(const base::options& settings);

/// A socket on its way to the loop that accepts clients from it.
struct listening_socket {
  /// The name of a TCP place, the path of a Unix socket.
  std::string place;
  owned_fd fd;
  /// Of a Unix socket.
  socket_file file;
};

/// Opens listening sockets. A fault says which address failed and why, in one sentence.
///
/// Sockets are non-blocking and closed on exec. All sockets of a place share it (SO_REUSEPORT), one
/// per event loop; the place is tried without sharing first, because the kernel would let two
/// servers of one user share a port without a word.
class listening_sockets {
public:
  explicit listening_sockets(std::size_t loops) : per_loop_(loops) {
  }

  /// `beside_ours`: this process listens on that port at another address, which may be one with
  /// this ("*"), so the place is shared from the start. `names`: what names stand for; without it
  /// the system is asked, which may take long, with it never.
  base::result<void> open_tcp(const tcp_place& where, int backlog, bool beside_ours = false,
                              const host_addresses* names = nullptr);

  /// `permissions`: as in chmod, 0 for the default. A stale socket file is replaced.
  base::result<void> open_unix(const std::string& path, unsigned permissions, int backlog);

  bool empty() const noexcept;
  std::size_t loop_count() const noexcept {
    return per_loop_.size();
  }
  /// The TCP places that sockets were opened for.
  const std::vector<tcp_place>& tcp_places() const noexcept {
    return places_;
  }
  /// Those of one event loop, to be taken by it.
  std::vector<listening_socket>& of_loop(std::size_t index) {
    return per_loop_[index];
  }

private:
  std::vector<std::vector<listening_socket>> per_loop_;
  std::vector<tcp_place> places_;
};

/// Opens what the settings `bind`, `port`, `unixsocket` and their like ask for. That this is
/// nothing is a fault, too.
base::result<listening_sockets> open_sockets_of(const base::options& settings, std::size_t loops);

} // namespace thespis::actors
