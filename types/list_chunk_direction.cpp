/// How a chunk is turned; list_chunk.hpp says why.

#include "types/list_chunk.hpp"

namespace thespis::types {

void list_chunk::turn() noexcept {
  if ((count_ & wide) == 0)
    (count_ & backward) == 0 ? turn_short_backward() : turn_short_forward();
  else
    (count_ & backward) == 0 ? turn_wide_backward() : turn_wide_forward();
  count_ ^= backward;
}

void list_chunk::turn_short_backward() noexcept {
  if (end_ == capacity_)
    slide((capacity_ - used_bytes() - head_bytes) / 2);
  auto* at = reinterpret_cast<unsigned char*>(bytes()) + begin_;
  auto size = *at;
  for (auto left = count(); left > 0; --left) {
    // Behind the content, where the next one's length was.
    auto* const place = at + 1 + size;
    const auto next = *place;
    *place = size;
    at = place;
    size = next;
  }
  set_window(begin_ + 1u, end_ + 1u);
}

void list_chunk::turn_short_forward() noexcept {
  if (begin_ == head_bytes)
    slide((capacity_ - used_bytes() - head_bytes + 1) / 2);
  auto* at = reinterpret_cast<unsigned char*>(bytes()) + end_ - 1;
  auto size = *at;
  for (auto left = count(); left > 0; --left) {
    auto* const place = at - 1 - size;
    const auto next = *place;
    *place = size;
    at = place;
    size = next;
  }
  set_window(begin_ - 1u, end_ - 1u);
}

void list_chunk::turn_wide_backward() noexcept {
  auto* at = bytes() + begin_;
  for (auto left = count(); left > 0; --left) {
    const auto element = list_run::read(at);
    write_backward(at, element.content());
    at += element.head + element.size;
  }
}

void list_chunk::turn_wide_forward() noexcept {
  auto* end = bytes() + end_;
  for (auto left = count(); left > 0; --left) {
    const auto [content, start] = read_backward(end);
    const auto size = content.size();
    const auto head = static_cast<std::size_t>(end - start) - size;
    std::memmove(start + head, start, size);
    write_forward(start, {start + head, size});
    end = start;
  }
}

} // namespace thespis::types
