#include "actors/push_queue.hpp"

namespace thespis::actors {

namespace {

/// Longer frames are not copied.
constexpr std::size_t copied_bytes_max = 16 * 1024;

/// A run of copied frames is not moved about any more once it is as long as that.
constexpr std::size_t run_bytes_max = 64 * 1024;

} // namespace

/// Where bytes may be copied to.
base::byte_buffer& push_queue::tail() {
  if (first_ == runs_.size() || runs_.back().from || runs_.back().own.size() > run_bytes_max)
    runs_.emplace_back();
  return runs_.back().own;
}

void push_queue::add(const std::shared_ptr<const pubsub::delivery>& from, std::string_view bytes) {
  if (bytes.size() > copied_bytes_max)
    runs_.push_back({{}, from, bytes});
  else
    tail().append(bytes);
  bytes_ += bytes.size();
}

void push_queue::add(std::string_view bytes) {
  tail().append(bytes);
  bytes_ += bytes.size();
}

void push_queue::add(const std::shared_ptr<const pubsub::delivery>& from, std::string_view frame,
                     char type) {
  const auto rest = frame.substr(1);
  const auto is_long = frame.size() > copied_bytes_max;
  tail().prepare(is_long ? 1 : frame.size());
  const auto last = runs_.size() - 1;
  if (is_long)
    runs_.push_back({{}, from, rest});
  // No more allocations.
  runs_[last].own.push_back(type);
  if (!is_long)
    runs_[last].own.append(rest);
  bytes_ += frame.size();
}

std::size_t push_queue::gather(std::span<iovec> into) const noexcept {
  std::size_t count = 0;
  auto skipped = sent_;
  for (auto i = first_; i < runs_.size() && count < into.size(); ++i) {
    const auto bytes = runs_[i].bytes().substr(skipped);
    skipped = 0;
    if (!bytes.empty())
      into[count++] = {const_cast<char*>(bytes.data()), bytes.size()};
  }
  return count;
}

void push_queue::append_to(base::byte_buffer& out) const {
  out.prepare(bytes_);
  auto skipped = sent_;
  for (auto i = first_; i < runs_.size(); ++i)
    out.append(runs_[i].bytes().substr(std::exchange(skipped, 0)));
}

void push_queue::sent(std::size_t bytes) noexcept {
  bytes_ -= bytes;
  sent_ += bytes;
  while (first_ < runs_.size() && sent_ >= runs_[first_].bytes().size()) {
    sent_ -= runs_[first_].bytes().size();
    runs_[first_++] = {};
  }
  if (first_ < runs_.size() / 2)
    return;
  runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
}

} // namespace thespis::actors
