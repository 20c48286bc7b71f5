#pragma once

/// A file for the tests of what reads files: in memory, and as slow as they want it.

#include "persistence/byte_source.hpp"
#include "persistence/input_window.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace thespis::persistence::tests {

class made_up_file final : public byte_source {
public:
  static constexpr std::size_t all = ~std::size_t{0};

  /// `at_once`: so many bytes come with one read.
  explicit made_up_file(std::string bytes, std::size_t at_once = all)
    : bytes_(std::move(bytes)), at_once_(at_once) {
  }
  base::result<std::size_t> read(std::span<char> into) override {
    if (given_ >= fails_at)
      return base::fault{"cannot read: the disk is broken"};
    const auto count = std::min({into.size(), at_once_, bytes_.size() - given_});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(given_), count, into.begin());
    given_ += count;
    return count;
  }
  std::string_view name() const noexcept override {
    return "made.rdb";
  }
  std::uint64_t size() const noexcept override {
    return bytes_.size();
  }
  std::size_t given() const noexcept {
    return given_;
  }

  /// From there on reads fail.
  std::size_t fails_at = all;

private:
  std::string bytes_;
  std::size_t at_once_;
  std::size_t given_ = 0;
};

} // namespace thespis::persistence::tests
