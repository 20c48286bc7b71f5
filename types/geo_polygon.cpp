#include "types/geo_polygon.hpp"

#include <algorithm>
#include <cstddef>

namespace thespis::types {

geo_bounds geo_bounds::of(std::span<const geo_point> places) noexcept {
  geo_bounds all{places[0], places[0]};
  for (const auto& place : places) {
    all.south_west.longitude = std::min(all.south_west.longitude, place.longitude);
    all.south_west.latitude = std::min(all.south_west.latitude, place.latitude);
    all.north_east.longitude = std::max(all.north_east.longitude, place.longitude);
    all.north_east.latitude = std::max(all.north_east.latitude, place.latitude);
  }
  return all;
}

geo_point geo_polygon::middle() const noexcept {
  geo_point sum;
  for (const auto& vertex : vertices_) {
    sum.longitude += vertex.longitude;
    sum.latitude += vertex.latitude;
  }
  const auto count = static_cast<double>(vertices_.size());
  return {sum.longitude / count, sum.latitude / count};
}

bool geo_polygon::contains(geo_point place) const noexcept {
  if (!bounds_.contain(place))
    return false;
  bool inside = false;
  const auto* from = &vertices_.back();
  for (const auto& to : vertices_) {
    // Edges that the parallel of the place crosses, to the east of it.
    if ((to.latitude > place.latitude) != (from->latitude > place.latitude)) {
      const double along = (place.latitude - to.latitude) / (from->latitude - to.latitude);
      if (place.longitude < to.longitude + along * (from->longitude - to.longitude))
        inside = !inside;
    }
    from = &to;
  }
  return inside;
}

} // namespace thespis::types
