#include "tests/history/connection.hpp"

#include "base/number.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace thespis::history {

namespace {

constexpr timeval patience{.tv_sec = 60, .tv_usec = 0};
constexpr std::size_t bytes_per_read = 16 * 1024;

[[noreturn]] void fail(std::string_view what) {
  throw connection_failure{fmt::format("{}: {}", what, std::strerror(errno))};
}

std::int64_t number_in(std::string_view text) {
  const auto number = base::parse_int64(text);
  if (!number)
    throw connection_failure{fmt::format("no number where the protocol has one: {}", text)};
  return *number;
}

} // namespace

std::int64_t now_ns() noexcept {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds{1};
}

void encode(std::string& out, const std::vector<std::string>& words) {
  out += fmt::format("*{}\r\n", words.size());
  for (const auto& each : words)
    out += fmt::format("${}\r\n{}\r\n", each.size(), each);
}

connection::connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  if (socket_ < 0)
    fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    fail("connect");
  }
}

connection::~connection() {
  ::close(socket_);
}

void connection::send(std::string_view requests) {
  while (!requests.empty()) {
    const auto sent = ::send(socket_, requests.data(), requests.size(), MSG_NOSIGNAL);
    if (sent < 0)
      fail("send");
    requests.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void connection::read_more() {
  if (at_ == input_.size()) {
    input_.clear();
    at_ = 0;
  }
  const auto size = input_.size();
  input_.resize(size + bytes_per_read);
  const auto got = ::recv(socket_, input_.data() + size, bytes_per_read, 0);
  input_.resize(size + static_cast<std::size_t>(got < 0 ? 0 : got));
  if (got == 0)
    throw connection_failure{"the server closed the connection"};
  if (got < 0)
    fail("no answer");
  received_ns_ = now_ns();
}

std::string_view connection::read_line() {
  for (;;) {
    if (const auto end = input_.find("\r\n", at_); end != std::string::npos) {
      const auto line = std::string_view{input_}.substr(at_, end - at_);
      at_ = end + 2;
      return line;
    }
    read_more();
  }
}

reply connection::read_text(std::size_t size) {
  while (input_.size() - at_ < size + 2)
    read_more();
  const auto number = base::parse_int64(std::string_view{input_}.substr(at_, size));
  at_ += size + 2;
  return number ? text_reply(*number) : reply{reply::kind::other};
}

reply connection::receive() {
  const auto line = read_line();
  const auto kind = line.empty() ? '?' : line.front();
  const auto rest = line.substr(line.empty() ? 0 : 1);
  switch (kind) {
    case '+':
      return rest == "OK"       ? ok_reply()
             : rest == "QUEUED" ? reply{reply::kind::queued}
                                : reply{reply::kind::other};
    case '-':
      return error_reply();
    case ':':
      return integer_reply(number_in(rest));
    case '$': {
      const auto size = number_in(rest);
      return size < 0 ? null_reply() : read_text(static_cast<std::size_t>(size));
    }
    case '*': {
      const auto count = number_in(rest);
      if (count < 0)
        return null_reply();
      auto out = array_reply({});
      for (std::int64_t i = 0; i < count; ++i)
        out.elements.push_back(receive());
      return out;
    }
    default:
      throw connection_failure{"no reply of the protocol"};
  }
}

} // namespace thespis::history
