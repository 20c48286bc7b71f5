#pragma once

/// A file that is read from its beginning to its end.

#include "actors/owned_fd.hpp"
#include "base/result.hpp"
#include "persistence/byte_source.hpp"

#include <string>

namespace thespis::actors {

class input_file final : public persistence::byte_source {
public:
  /// The fault says what failed on which file.
  static base::result<input_file> open(const std::string& path);

  base::result<std::size_t> read(std::span<char> into) override;
  std::string_view name() const noexcept override {
    return path_;
  }
  std::uint64_t size() const noexcept override {
    return size_;
  }

private:
  input_file(std::string path, owned_fd file, std::uint64_t size) noexcept;

  std::string path_;
  owned_fd file_;
  std::uint64_t size_;
};

} // namespace thespis::actors
