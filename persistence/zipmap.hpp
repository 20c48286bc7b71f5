#pragma once

/// Redis' zipmap, which held small hashes before version 2.6:
///
///     | pairs, 1 | length field length free value (unused bytes) | … | 255 |
///
/// 254 pairs and more must be counted. A length is one byte up to 253, or 254 and four bytes,
/// little endian. `free`: how many bytes behind the value are unused.

#include "persistence/packed_reader.hpp"

#include <cstddef>
#include <string_view>

namespace thespis::persistence {

/// Fields and values in turn.
class zipmap_reader final : public packed_reader {
public:
  /// `block` outlives it.
  explicit zipmap_reader(std::string_view block) noexcept;
  std::optional<std::string_view> next(digits& scratch) override;

private:
  std::optional<std::size_t> length() noexcept;
  std::optional<std::string_view> field() noexcept;
  std::optional<std::string_view> value() noexcept;

  block_rest rest_;
  std::size_t count_ = 0;
  std::size_t seen_ = 0;
  bool open_ = false;
};

} // namespace thespis::persistence
