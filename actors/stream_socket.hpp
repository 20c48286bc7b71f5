#pragma once

/// A connected socket on an event loop, as a coroutine wants it: `co_await socket.receive(…)`.
///
/// Why not asio::basic_stream_socket: with Asio 1.22 every asynchronous read first tries recv()
/// although the socket has just been emptied (one wasted system call per request), and allocates
/// its operation anew whenever it is started outside of a handler, which is where our actors run.
/// This class uses the same reactor one level below: operations are members, allocated once, and a
/// receive after which nothing is left tells the reactor that the socket is exhausted, so that the
/// next one waits for epoll's edge. Measured in docs/decisions/010-receive-once-per-readiness.md.
///
/// That nothing is left is for the kernel to say (TCP_INQ): a receive that did not fill its buffer
/// is no proof, because the peer's end may have come along with the last bytes, and there is no
/// second edge for it. Where the kernel does not say so (Unix sockets) the next receive tries.
///
/// At most one receive (or wait for the peer's end) and one wait for writability are outstanding.
/// Only for the loop's own thread. It touches Asio's `detail` namespace; cmake/FindAsio.cmake says
/// for which versions that holds.

#include "actors/event_loop.hpp"
#include "actors/owned_fd.hpp"

#include <asio/detail/reactor.hpp>
#include <asio/detail/reactor_op.hpp>

#include <sys/uio.h>

#include <coroutine>
#include <cstddef>
#include <span>

namespace thespis::actors {

class stream_socket {
  /// What both operations share: they resume a coroutine when they are complete.
  class operation : public asio::detail::reactor_op {
  public:
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    bool waits() const noexcept {
      return waits_;
    }

  protected:
    operation(stream_socket& socket, perform_func_type how)
      : asio::detail::reactor_op(asio::error_code{}, how, &complete), socket_(socket) {
    }
    void start(int kind, bool at_once, std::coroutine_handle<> waiting);

    stream_socket& socket_;

  private:
    static void complete(void* owner, asio::detail::operation* base, const asio::error_code& error,
                         std::size_t bytes);

    std::coroutine_handle<> waiting_;
    bool waits_ = false;
  };

  class receive_operation : public operation {
  public:
    explicit receive_operation(stream_socket& socket) : operation(socket, &perform) {
    }
    void start_for(std::coroutine_handle<> waiting) {
      start(asio::detail::reactor::read_op, true, waiting);
    }
    /// Bytes received; 0 at the end, after an error or when cancelled.
    std::size_t outcome() const noexcept {
      return bytes_transferred_;
    }

    char* to = nullptr;
    std::size_t size = 0;

  private:
    static status perform(asio::detail::reactor_op* base);
    std::ptrdiff_t receive_once(bool& exhausted) noexcept;
  };

  class writable_operation : public operation {
  public:
    explicit writable_operation(stream_socket& socket) : operation(socket, &perform) {
    }
    void start_for(std::coroutine_handle<> waiting) {
      start(asio::detail::reactor::write_op, false, waiting);
    }
    /// Whether the socket takes bytes again; false when cancelled.
    bool outcome() const noexcept {
      return !ec_;
    }

  private:
    static status perform(asio::detail::reactor_op* base);
  };

  /// Takes the place of a receive while nothing is to be received.
  class hang_up_operation : public operation {
  public:
    explicit hang_up_operation(stream_socket& socket) : operation(socket, &perform) {
    }
    void start_for(std::coroutine_handle<> waiting) {
      start(asio::detail::reactor::read_op, true, waiting);
    }
    /// Whether the peer is gone; false when cancelled.
    bool outcome() const noexcept {
      return !ec_;
    }

  private:
    static status perform(asio::detail::reactor_op* base);
  };

  /// What a coroutine awaits. Not the operation itself, of which GCC 12 would await a copy.
  template <class Operation>
  class awaiter {
  public:
    explicit awaiter(Operation& what) noexcept : what_(&what) {
    }
    bool await_ready() const noexcept {
      return false;
    }
    void await_suspend(std::coroutine_handle<> waiting) {
      what_->start_for(waiting);
    }
    auto await_resume() const noexcept {
      return what_->outcome();
    }

  private:
    Operation* what_;
  };

public:
  /// Takes over a connected, non-blocking descriptor. If the loop cannot watch it (no memory), the
  /// first receive yields 0.
  stream_socket(event_loop& loop, owned_fd fd);
  /// REQUIRES: nothing is outstanding.
  ~stream_socket();
  stream_socket(const stream_socket&) = delete;
  stream_socket& operator=(const stream_socket&) = delete;

  /// To be awaited at once. Receives at most `size` bytes.
  awaiter<receive_operation> receive(char* to, std::size_t size) noexcept {
    receive_.to = to;
    receive_.size = size;
    return awaiter{receive_};
  }
  bool is_receiving() const noexcept {
    return receive_.waits();
  }
  /// Whether it is the peer's turn to send or to take something.
  bool waits_for_peer() const noexcept {
    return receive_.waits() || writable_.waits();
  }
  awaiter<writable_operation> writable() noexcept {
    return awaiter{writable_};
  }

  /// Waits until the peer has closed its end or the connection is broken, and leaves all input
  /// where it is. REQUIRES: no receive is outstanding.
  awaiter<hang_up_operation> hang_up() noexcept {
    return awaiter{hang_up_};
  }
  bool is_watching() const noexcept {
    return hang_up_.waits();
  }

  /// Sends what the kernel takes without waiting. Returns the bytes, or -1 with errno.
  std::ptrdiff_t send(const char* from, std::size_t size) noexcept;
  /// The same for several pieces.
  std::ptrdiff_t send(std::span<iovec> pieces) noexcept;

  /// Whoever waits is resumed soon, with nothing.
  void cancel();
  void close();

private:
  asio::detail::reactor& reactor_;
  asio::detail::reactor::per_descriptor_data watched_{};
  owned_fd fd_;
  /// Whether the kernel tells what is left.
  bool counts_input_ = false;
  receive_operation receive_{*this};
  writable_operation writable_{*this};
  hang_up_operation hang_up_{*this};
};

} // namespace thespis::actors
