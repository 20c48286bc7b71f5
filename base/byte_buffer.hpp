#pragma once

/// A growing run of bytes for output and input. Unlike std::string it neither zeroes what it is
/// about to overwrite nor keeps a terminator, and it gives its memory back when asked.
///
/// Not thread-safe. Growth doubles; an allocation that fails throws std::bad_alloc and leaves the
/// content as it was.

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

namespace thespis::base {

class byte_buffer {
public:
  byte_buffer() noexcept = default;
  byte_buffer(byte_buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {
  }
  byte_buffer& operator=(byte_buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  byte_buffer(const byte_buffer&) = delete;
  byte_buffer& operator=(const byte_buffer&) = delete;
  ~byte_buffer();

  char* data() noexcept {
    return data_;
  }
  const char* data() const noexcept {
    return data_;
  }
  std::size_t size() const noexcept {
    return size_;
  }
  std::size_t capacity() const noexcept {
    return capacity_;
  }
  bool empty() const noexcept {
    return size_ == 0;
  }
  std::string_view view() const noexcept {
    return {data_, size_};
  }

  /// Makes room for `n` more bytes and returns where they go; commit() makes them content.
  char* prepare(std::size_t n) {
    if (capacity_ - size_ < n)
      grow(n);
    return data_ + size_;
  }

  /// Adds the `n` bytes that were written behind the content. REQUIRES: prepare(m), n <= m.
  void commit(std::size_t n) noexcept {
    size_ += n;
  }

  void append(std::string_view bytes) {
    if (bytes.empty())
      return;
    std::memcpy(prepare(bytes.size()), bytes.data(), bytes.size());
    size_ += bytes.size();
  }

  void push_back(char byte) {
    *prepare(1) = byte;
    ++size_;
  }

  /// Cuts the content to its first `n` bytes. REQUIRES: n <= size().
  void truncate(std::size_t n) noexcept {
    size_ = n;
  }

  void clear() noexcept {
    size_ = 0;
  }

  /// Drops the first `n` bytes; the rest moves to the front. Cost: O(rest). REQUIRES: n <= size().
  void consume(std::size_t n) noexcept {
    size_ -= n;
    if (size_ != 0)
      std::memmove(data_, data_ + n, size_);
  }

  /// Frees the memory. The content is lost.
  void release() noexcept;

  void swap(byte_buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

private:
  void grow(std::size_t n);

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

} // namespace thespis::base
