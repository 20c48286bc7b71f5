#include "base/byte_buffer.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace thespis::base {

namespace {

constexpr std::size_t capacity_bytes_min = 256;

} // namespace

byte_buffer::~byte_buffer() {
  std::free(data_);
}

void byte_buffer::release() noexcept {
  std::free(data_);
  data_ = nullptr;
  size_ = capacity_ = 0;
}

void byte_buffer::grow(std::size_t n) {
  auto wanted = size_ + n;
  if (wanted < size_)
    throw std::bad_alloc{};
  auto capacity = std::max({capacity_bytes_min, wanted, capacity_ * 2});
  auto* grown = static_cast<char*>(std::realloc(data_, capacity));
  if (grown == nullptr)
    throw std::bad_alloc{};
  data_ = grown;
  capacity_ = capacity;
}

} // namespace thespis::base
