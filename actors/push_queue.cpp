#include "actors/push_queue.hpp"

namespace thespis::actors {

namespace {

/// Longer frames are not copied.
constexpr std::size_t copied_bytes_max = 16 * 1024;

/// A run of copied frames is not moved about any more once it is as long as that.
constexpr std::size_t run_bytes_max = 64 * 1024;

} // namespace

void push_queue::add(const std::shared_ptr<const pubsub::delivery>& from, std::string_view frame,
                     char type) {
  const auto is_long = frame.size() > copied_bytes_max;
  if (runs_.empty() || runs_.back().from || runs_.back().own.size() > run_bytes_max)
    runs_.emplace_back();
  auto& last = runs_.back().own;
  last.prepare(is_long ? 1 : frame.size());
  if (is_long)
    runs_.push_back({{}, from, frame.substr(1)});
  // No more allocations: the deque's elements stay where they are.
  last.push_back(type);
  if (!is_long)
    last.append(frame.substr(1));
  bytes_ += frame.size();
}

std::size_t push_queue::gather(std::span<iovec> into) const noexcept {
  std::size_t count = 0;
  auto skipped = sent_;
  for (const auto& one : runs_) {
    if (count == into.size())
      break;
    const auto bytes = one.bytes().substr(skipped);
    skipped = 0;
    if (!bytes.empty())
      into[count++] = {const_cast<char*>(bytes.data()), bytes.size()};
  }
  return count;
}

void push_queue::sent(std::size_t bytes) noexcept {
  bytes_ -= bytes;
  sent_ += bytes;
  while (!runs_.empty() && sent_ >= runs_.front().bytes().size()) {
    sent_ -= runs_.front().bytes().size();
    if (runs_.size() == 1 && !runs_.front().from) {
      // It is going to be used again.
      runs_.front().own.clear();
      return;
    }
    runs_.pop_front();
  }
}

} // namespace thespis::actors
