#pragma once

/// The cells that hold all places of a shape, in the order in which Redis looks through them, which
/// is the order of an unsorted reply: for circles and boxes a middle one and those of its eight
/// neighbours that the shape may reach into, north, south, east, west, then the corners; for a
/// polygon the whole map.

#include "types/geo_shape.hpp"
#include "types/geohash.hpp"

#include <array>
#include <cstddef>

namespace thespis::types {

class geo_cover {
public:
  explicit geo_cover(const geo_shape& shape) noexcept;

  const geo_cell* begin() const noexcept {
    return cells_.data();
  }
  const geo_cell* end() const noexcept {
    return cells_.data() + size_;
  }
  std::size_t size() const noexcept {
    return size_;
  }

private:
  void take_map() noexcept;
  void take_around(const geo_shape& shape) noexcept;
  void add(geo_cell cell) noexcept {
    cells_[size_++] = cell;
  }

  std::array<geo_cell, 9> cells_;
  std::size_t size_ = 0;
};

} // namespace thespis::types
