#include "persistence/input_window.hpp"

#include "persistence/crc64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thespis::persistence {

namespace {

constexpr std::size_t read_bytes_min = std::size_t{1} << 20;

} // namespace

/// As much again as did not suffice, so that a large value is looked at a few times at most.
base::result<bool> input_window::read_more() {
  buffer_.erase(0, std::exchange(passed_, 0));
  const auto kept = buffer_.size();
  buffer_.resize(kept + std::max(kept, read_bytes_min));
  const auto got = from_.read(std::span{buffer_}.subspan(kept));
  buffer_.resize(kept + (got ? *got : 0));
  if (!got)
    return base::fault{fmt::format("{}: {} at offset {}", from_.name(), got.why(), offset_ + kept)};
  return *got != 0;
}

void input_window::pass(std::size_t count) noexcept {
  checksum_ = crc64(bytes().substr(0, count), checksum_);
  passed_ += count;
  offset_ += count;
}

} // namespace thespis::persistence
