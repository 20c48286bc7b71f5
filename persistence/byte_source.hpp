#pragma once

/// Where the bytes of a file come from. The library reads files through this alone, so that tests
/// make them up.

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace thespis::persistence {

class byte_source {
public:
  virtual ~byte_source() = default;
  /// Fills the beginning of `into` and returns how much of it; 0: it ends here. The fault says what
  /// failed.
  virtual base::result<std::size_t> read(std::span<char> into) = 0;
  /// For messages: a path.
  virtual std::string_view name() const noexcept = 0;
  /// How many bytes there are in all, or the largest number if that cannot be known. Whoever
  /// reads it may rely on that there are no more.
  virtual std::uint64_t size() const noexcept = 0;
};

} // namespace thespis::persistence
