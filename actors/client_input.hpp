#pragma once

/// What a client has sent and nobody has answered yet: the bytes, and how far they have become
/// requests. Requests are views of these bytes, so they stay where they are until forget_parsed().
///
///     | parsed: words of the batch | to parse | room for the next receive |
///     ^ data()                      ^ parsed_  ^ size()                    ^ capacity()
///
/// The room follows the client: little at first, more for one that fills it.

#include "base/byte_buffer.hpp"
#include "protocol/resp_parser.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace thespis::actors {

class client_input {
public:
  /// Makes room for what the parser expects, and for more; without memory for more, what room there
  /// is will do. Returns whether anything useful can be received.
  bool make_room() noexcept;
  /// Where the next receive puts its bytes, and how many.
  char* room() noexcept {
    return bytes_.data() + bytes_.size();
  }
  std::size_t room_bytes() const noexcept {
    return bytes_.capacity() - bytes_.size();
  }
  void received(std::size_t count) noexcept;
  /// Adds what has been received elsewhere; nothing of it is left there. Throws std::bad_alloc.
  void add(base::byte_buffer& more);

  /// The next request's words, appended to `words`. Throws std::bad_alloc.
  protocol::parse_status next(std::vector<std::string_view>& words) {
    const auto status = parser_.next(bytes_.view().substr(parsed_), consumed_, words);
    parsed_ += consumed_;
    return status;
  }
  /// The last request comes again.
  void take_back() noexcept {
    parsed_ -= consumed_;
  }
  protocol::resp_parser& parser() noexcept {
    return parser_;
  }

  /// Drops what has become requests. REQUIRES: these have been answered.
  void forget_parsed();
  /// Back to the room of a client that has just come, as far as the content allows.
  void shrink() noexcept;
  bool has_grown() const noexcept;

  bool empty() const noexcept {
    return bytes_.empty();
  }
  std::size_t size() const noexcept {
    return bytes_.size();
  }
  std::size_t capacity() const noexcept {
    return bytes_.capacity();
  }

private:
  base::byte_buffer bytes_;
  protocol::resp_parser parser_;
  std::size_t parsed_ = 0;
  /// Of these bytes, how many were the last request's.
  std::size_t consumed_ = 0;
  std::size_t receive_bytes_ = receive_bytes_min;

  /// What a receive asks for at first; doubled while the client fills it, up to the maximum.
  static constexpr std::size_t receive_bytes_min = 2 * 1024;
  static constexpr std::size_t receive_bytes_max = 64 * 1024;
};

} // namespace thespis::actors
