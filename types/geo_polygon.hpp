#pragma once

/// A polygon on the map as a plane of degrees: its edges are straight lines of longitude and
/// latitude, and none crosses the meridian of 180 degrees. It may intersect itself: a place is
/// inside if a ray from it crosses an odd number of edges (Jordan; Shimrat, "Position of point
/// relative to polygon", 1962).

#include "types/geohash.hpp"

#include <span>

namespace thespis::types {

/// A rectangle of the map.
struct geo_bounds {
  geo_point south_west{};
  geo_point north_east{};

  /// REQUIRES: there is a place.
  static geo_bounds of(std::span<const geo_point> places) noexcept;

  bool contain(geo_point place) const noexcept {
    return place.longitude >= south_west.longitude && place.longitude <= north_east.longitude
           && place.latitude >= south_west.latitude && place.latitude <= north_east.latitude;
  }
  bool touch(const geo_bounds& other) const noexcept {
    return other.north_east.longitude >= south_west.longitude
           && other.south_west.longitude <= north_east.longitude
           && other.north_east.latitude >= south_west.latitude
           && other.south_west.latitude <= north_east.latitude;
  }
};

/// Views the vertices, which outlive it.
class geo_polygon {
public:
  static constexpr std::size_t vertices_min = 3;

  geo_polygon() noexcept = default;
  /// REQUIRES: vertices_min of them at least.
  explicit geo_polygon(std::span<const geo_point> vertices) noexcept
    : vertices_(vertices), bounds_(geo_bounds::of(vertices)) {
  }

  const geo_bounds& bounds() const noexcept {
    return bounds_;
  }
  /// The mean of the vertices. Cost (as of contains): O(vertices).
  geo_point middle() const noexcept;
  /// Edges in the south and in the west belong to it, the others do not.
  bool contains(geo_point place) const noexcept;

private:
  std::span<const geo_point> vertices_{};
  geo_bounds bounds_{};
};

} // namespace thespis::types
