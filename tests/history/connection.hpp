#pragma once

/// A client's connection, over TCP, in RESP2: writes what it is given, reads one reply after the
/// other. Blocking; who is not answered within a minute gives up.

#include "tests/history/reply.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace thespis::history {

/// Why there is no answer.
class connection_failure : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

class connection {
public:
  /// To this machine. Throws connection_failure, as all that follow.
  explicit connection(std::uint16_t port);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void send(std::string_view requests);
  reply receive();
  /// The time at which the last bytes came that receive() needed.
  std::int64_t received_ns() const noexcept {
    return received_ns_;
  }

private:
  std::string_view read_line();
  /// A bulk string of that length.
  reply read_text(std::size_t size);
  void read_more();

  int socket_;
  std::string input_;
  /// Where the next reply begins.
  std::size_t at_ = 0;
  std::int64_t received_ns_ = 0;
};

/// Of the clock of all histories.
std::int64_t now_ns() noexcept;

/// Appends the request to `out`.
void encode(std::string& out, const std::vector<std::string>& words);

} // namespace thespis::history
