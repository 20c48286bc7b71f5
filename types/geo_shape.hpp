#pragma once

/// What a search covers: a circle, a box or a polygon, and from where distances count.
///
/// A place is within a circle by its distance, and within a box if neither the way along its
/// meridian nor that along its parallel is too long. Both compare haversines where these are far
/// enough from the limit that rounding cannot matter, and distances, rounded as Redis rounds them,
/// only near it.

#include "types/geo_polygon.hpp"
#include "types/geohash.hpp"

#include <cstdint>
#include <optional>

namespace thespis::types {

class geo_shape {
public:
  enum class kind : std::uint8_t { circle, box, polygon };

  /// Lengths in metres, not negative; they may be infinite.
  static geo_shape circle(geo_point center, double radius) noexcept;
  static geo_shape box(geo_point center, double width, double height) noexcept;
  /// Views the polygon's vertices.
  static geo_shape polygon(geo_point center, const geo_polygon& area) noexcept;

  kind what() const noexcept {
    return what_;
  }
  geo_point center() const noexcept {
    return origin_.place();
  }
  /// From the middle of a circle or box to its farthest places, about.
  double reach() const noexcept {
    return reach_;
  }
  /// A rectangle that has the shape in it. Of circles and boxes it is Redis' one, which near a pole
  /// or across the meridian of 180 degrees is not all of the shape.
  geo_bounds bounds() const noexcept;

  /// The distance of a place from the center if the shape covers the place.
  std::optional<double> distance_within(geo_point place) const noexcept;
  /// Whether it covers no place of the cell. False may mean that it is not known. Cost: 50 ns.
  bool misses(const geo_cell& cell) const noexcept;
  /// From now on no place beyond this distance from the center counts.
  void narrow(double distance) noexcept;

private:
  geo_shape(kind what, geo_point center) noexcept : what_(what), origin_(center) {
  }

  std::optional<double> distance_in_circle(geo_point place) const noexcept;
  std::optional<double> distance_in_box(geo_point place) const noexcept;

  kind what_;
  geo_origin origin_;
  double reach_ = 0;
  /// Half the width and the height of a box; both are the radius of a circle.
  double half_width_ = 0;
  double half_height_ = 0;
  double latitude_gap_max_ = 0;
  /// Haversines beyond which nothing is within, by distance and by the width of a box.
  double haversine_max_ = 1;
  double width_haversine_max_ = 1;
  geo_polygon area_{};
};

} // namespace thespis::types
