// Subscribers that do nothing but count: many connections on one thread, as fast as the kernel
// hands out what a server has sent. (One in Python is slower than the servers that are to be
// measured.)
//
//   subscribers PORT CONNECTIONS VERB TOPIC EXPECTED
//
// Each connection sends VERB TOPIC (SUBSCRIBE news, PSUBSCRIBE '*') and waits until that is
// confirmed; then the program says "ready". When EXPECTED messages have come, over all connections
// together, it says "done". It ends with its standard input, and with an error as soon as a
// connection does.
//
// A message is counted by where it begins: a * at the beginning of a line. That is right as long as
// no name and no message has a * after a line feed.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

constexpr std::size_t bytes_per_read = 256 * 1024;
constexpr int events_per_wait = 64;

/// For a call of the system that has failed.
[[noreturn]] void give_up(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

void say(const char* word) {
  std::puts(word);
  std::fflush(stdout);
}

/// One connection. It lives as long as the program.
struct subscriber {
  int socket = -1;
  char last_byte = '\n'; // of what has been read
};

class subscribers {
public:
  subscribers(std::uint16_t port, std::size_t count, std::string request)
    : request_{std::move(request)}, epoll_{epoll_create1(0)} {
    if (epoll_ < 0)
      give_up("epoll_create1");
    all_.resize(count);
    for (auto& each : all_) {
      connect(each, port);
      confirm(each);
      watch(each.socket, &each);
    }
    watch(STDIN_FILENO, nullptr);
  }

  /// Counts until the standard input ends, and says when there are `expected` messages.
  void count_until_told(std::uint64_t expected) {
    std::array<epoll_event, events_per_wait> events;
    for (;;) {
      const auto found = epoll_wait(epoll_, events.data(), events_per_wait, -1);
      if (found < 0 && errno != EINTR)
        give_up("epoll_wait");
      const auto before = messages_;
      for (int i = 0; i < found; ++i) {
        const auto from = static_cast<subscriber*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (from == nullptr)
          return;
        read(*from);
      }
      if (before < expected && messages_ >= expected)
        say("done");
    }
  }

private:
  void connect(subscriber& who, std::uint16_t port) const {
    who.socket = socket(AF_INET, SOCK_STREAM, 0);
    if (who.socket < 0)
      give_up("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(who.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0)
      give_up("connect");
    if (write(who.socket, request_.data(), request_.size())
        != static_cast<ssize_t>(request_.size()))
      give_up("write");
  }

  /// Reads until there is the array of three that confirms, whose last element is the number 1.
  void confirm(subscriber& who) {
    std::string reply;
    while (!reply.ends_with("\r\n:1\r\n")) {
      const auto size = ::read(who.socket, buffer_.data(), buffer_.size());
      if (size <= 0 || buffer_[0] == '-')
        throw std::runtime_error{"this server lets nobody subscribe"};
      reply.append(buffer_.data(), static_cast<std::size_t>(size));
    }
  }

  void watch(int descriptor, subscriber* who) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = who;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) < 0)
      give_up("epoll_ctl");
  }

  void read(subscriber& who) {
    const auto size = ::read(who.socket, buffer_.data(), buffer_.size());
    if (size <= 0)
      throw std::runtime_error{"a subscriber was disconnected"};
    const std::string_view bytes{buffer_.data(), static_cast<std::size_t>(size)};
    if (bytes.front() == '*' && who.last_byte == '\n')
      ++messages_;
    for (auto at = bytes.find('*', 1); at != bytes.npos; at = bytes.find('*', at + 1))
      messages_ += bytes[at - 1] == '\n' ? 1 : 0;
    who.last_byte = bytes.back();
  }

  std::string request_;
  int epoll_;
  std::vector<subscriber> all_;
  std::vector<char> buffer_ = std::vector<char>(bytes_per_read);
  std::uint64_t messages_ = 0;
};

std::string request_of(std::string_view verb, std::string_view topic) {
  std::string request = "*2\r\n";
  for (const auto word : {verb, topic})
    request.append("$" + std::to_string(word.size()) + "\r\n").append(word).append("\r\n");
  return request;
}

} // namespace

int main(int argc, char** argv) try {
  if (argc != 6) {
    std::fputs("usage: subscribers PORT CONNECTIONS VERB TOPIC EXPECTED\n", stderr);
    return 2;
  }
  subscribers all{static_cast<std::uint16_t>(std::atoi(argv[1])), std::stoul(argv[2]),
                  request_of(argv[3], argv[4])};
  say("ready");
  all.count_until_told(std::stoull(argv[5]));
  return 0;
} catch (const std::exception& failure) {
  std::fprintf(stderr, "subscribers: %s\n", failure.what());
  return 1;
}
