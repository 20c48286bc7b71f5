#pragma once

/// Messages that one client has yet to be sent, in their order. Short ones are copied behind each
/// other, long ones are shared with everybody else who gets them.

#include "base/byte_buffer.hpp"
#include "pubsub/delivery.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::actors {

class push_queue {
public:
  /// `bytes`: of that delivery. Throws std::bad_alloc with nothing changed.
  void add(const std::shared_ptr<const pubsub::delivery>& from, std::string_view bytes);
  /// The same of nobody's: they are copied.
  void add(std::string_view bytes);
  /// The first with another first byte.
  void add(const std::shared_ptr<const pubsub::delivery>& from, std::string_view frame, char type);

  bool empty() const noexcept {
    return bytes_ == 0;
  }
  /// How much is left to be sent.
  std::size_t bytes() const noexcept {
    return bytes_;
  }

  /// The beginning of what is to be sent, in pieces; returns how many.
  std::size_t gather(std::span<iovec> into) const noexcept;
  /// So much has been sent. REQUIRES: bytes <= bytes().
  void sent(std::size_t bytes) noexcept;

  /// Copies all that is left to be sent. Throws std::bad_alloc with nothing changed.
  void append_to(base::byte_buffer& out) const;

  void swap(push_queue& other) noexcept {
    runs_.swap(other.runs_);
    std::swap(first_, other.first_);
    std::swap(sent_, other.sent_);
    std::swap(bytes_, other.bytes_);
  }
  void clear() noexcept {
    push_queue{}.swap(*this);
  }

private:
  /// Either bytes of its own, or of a delivery.
  struct run {
    base::byte_buffer own;
    std::shared_ptr<const pubsub::delivery> from;
    std::string_view shared;

    std::string_view bytes() const noexcept {
      return from ? shared : own.view();
    }
  };

  base::byte_buffer& tail();

  /// Those before `first_` have been sent. No deque: that takes memory for nothing, in each client.
  std::vector<run> runs_;
  std::size_t first_ = 0;
  /// Of the first of the others.
  std::size_t sent_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace thespis::actors
