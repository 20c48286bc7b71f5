#include "actors/client_input.hpp"

#include <algorithm>
#include <new>

namespace thespis::actors {

bool client_input::make_room() noexcept {
  try {
    bytes_.prepare(std::max(parser_.bytes_wanted(), receive_bytes_));
    return true;
  } catch (const std::bad_alloc&) {
    return room_bytes() != 0 && room_bytes() >= parser_.bytes_wanted();
  }
}

void client_input::received(std::size_t count) noexcept {
  bytes_.commit(count);
  if (count >= receive_bytes_ && receive_bytes_ < receive_bytes_max)
    receive_bytes_ *= 2;
}

void client_input::add(base::byte_buffer& more) {
  if (bytes_.empty())
    bytes_.swap(more);
  else
    bytes_.append(more.view());
  more.release();
}

void client_input::forget_parsed() {
  bytes_.consume(parsed_);
  parsed_ = 0;
  parser_.release_inline();
  if (bytes_.empty() && bytes_.capacity() > receive_bytes_max)
    bytes_.release();
}

void client_input::shrink() noexcept {
  receive_bytes_ = receive_bytes_min;
  if (bytes_.empty())
    bytes_.release();
}

bool client_input::has_grown() const noexcept {
  return bytes_.capacity() > receive_bytes_min;
}

} // namespace thespis::actors
