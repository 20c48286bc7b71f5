#include "actors/stream_socket.hpp"

#include <asio/error.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace thespis::actors {

stream_socket::stream_socket(event_loop& loop, owned_fd fd)
  : reactor_(asio::use_service<asio::detail::reactor>(loop.io())), fd_(std::move(fd)) {
  reactor_.init_task();
  const int on = 1;
  counts_input_ = ::setsockopt(fd_.get(), SOL_TCP, TCP_INQ, &on, sizeof on) == 0;
  if (reactor_.register_descriptor(fd_.get(), watched_) != 0)
    ::shutdown(fd_.get(), SHUT_RDWR);
}

stream_socket::~stream_socket() {
  close();
}

void stream_socket::operation::start(int kind, bool at_once, std::coroutine_handle<> waiting) {
  waiting_ = waiting;
  waits_ = true;
  ec_ = {};
  bytes_transferred_ = 0;
  socket_.reactor_.start_op(kind, socket_.fd_.get(), socket_.watched_, this, false, at_once);
}

/// `owner` is null when the io_context is destroyed: nobody is left to resume.
void stream_socket::operation::complete(void* owner, asio::detail::operation* base,
                                        const asio::error_code&, std::size_t) {
  auto& self = static_cast<operation&>(*base);
  self.waits_ = false;
  if (owner != nullptr)
    self.waiting_.resume();
}

asio::detail::reactor_op::status stream_socket::receive_operation::perform(
  asio::detail::reactor_op* base) {
  auto& self = static_cast<receive_operation&>(*base);
  for (;;) {
    auto exhausted = false;
    const auto n = self.receive_once(exhausted);
    if (n > 0) {
      self.bytes_transferred_ = static_cast<std::size_t>(n);
      return exhausted ? done_and_exhausted : done;
    }
    if (n == 0) {
      self.ec_ = asio::error::eof;
      return done;
    }
    if (errno == EAGAIN)
      return not_done;
    if (errno != EINTR) {
      self.ec_ = asio::error_code{errno, asio::system_category()};
      return done;
    }
  }
}

/// As recv(). `exhausted`: neither bytes nor the peer's end are left.
std::ptrdiff_t stream_socket::receive_operation::receive_once(bool& exhausted) noexcept {
  if (!socket_.counts_input_)
    return ::recv(socket_.fd_.get(), to, size, 0);
  iovec where{to, size};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> notes;
  msghdr message{};
  message.msg_iov = &where;
  message.msg_iovlen = 1;
  message.msg_control = notes.data();
  message.msg_controllen = notes.size();
  const auto n = ::recvmsg(socket_.fd_.get(), &message, 0);
  const auto* note = n > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (note != nullptr && note->cmsg_level == SOL_TCP && note->cmsg_type == TCP_CM_INQ) {
    int left = 0;
    std::memcpy(&left, CMSG_DATA(note), sizeof left);
    exhausted = left == 0;
  }
  return n;
}

/// The reactor calls it when epoll says so.
asio::detail::reactor_op::status stream_socket::writable_operation::perform(
  asio::detail::reactor_op*) {
  return done;
}

/// The reactor calls it whenever there is news; input that nobody has taken may be in front of the
/// peer's end, so the socket is asked for its state.
asio::detail::reactor_op::status stream_socket::hang_up_operation::perform(
  asio::detail::reactor_op* base) {
  pollfd state{static_cast<hang_up_operation*>(base)->socket_.fd_.get(), POLLRDHUP, 0};
  const auto gone = ::poll(&state, 1, 0) > 0 && state.revents != 0;
  return gone ? done : not_done;
}

std::ptrdiff_t stream_socket::send(const char* from, std::size_t size) noexcept {
  return ::send(fd_.get(), from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

std::ptrdiff_t stream_socket::send(std::span<iovec> pieces) noexcept {
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  return ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void stream_socket::cancel() {
  if (fd_.get() >= 0)
    reactor_.cancel_ops(fd_.get(), watched_);
}

void stream_socket::close() {
  if (fd_.get() < 0)
    return;
  reactor_.deregister_descriptor(fd_.get(), watched_, true);
  fd_ = owned_fd{};
  reactor_.cleanup_descriptor_data(watched_);
}

} // namespace thespis::actors
