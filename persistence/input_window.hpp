#pragma once

/// A file that is read from its beginning to its end through a window on it, with the checksum of
/// what has been passed.

#include "base/result.hpp"
#include "persistence/byte_source.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::persistence {

class input_window {
public:
  /// `from` outlives it.
  explicit input_window(byte_source& from) noexcept : from_(from) {
  }

  /// What has been read and not been passed.
  std::string_view bytes() const noexcept {
    return std::string_view{buffer_}.substr(passed_);
  }
  /// How many there are behind those, as far as the source knows.
  std::uint64_t bytes_beyond() const noexcept {
    const auto seen = offset_ + bytes().size();
    return from_.size() > seen ? from_.size() - seen : 0;
  }
  /// Makes more of the file visible; views become invalid. Nothing is left: false.
  base::result<bool> read_more();
  /// REQUIRES: there are so many bytes.
  void pass(std::size_t count) noexcept;

  /// Where bytes() begins.
  std::uint64_t offset() const noexcept {
    return offset_;
  }
  const byte_source& source() const noexcept {
    return from_;
  }
  /// Of all that was passed.
  std::uint64_t checksum() const noexcept {
    return checksum_;
  }

private:
  byte_source& from_;
  std::string buffer_;
  std::size_t passed_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t checksum_ = 0;
};

} // namespace thespis::persistence
