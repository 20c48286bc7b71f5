#include "types/geo_shape.hpp"

#include <algorithm>
#include <cmath>

namespace thespis::types {

namespace {

/// More than all rounding on the way to a haversine or to a distance.
constexpr double tolerance = 1 + 1e-9;
/// More than the rounding of an angle, in degrees; about 0.0001 mm.
constexpr double angle_slack = 1e-12;

double degrees(double radians) noexcept {
  return radians / radians_per_degree;
}

double haversine_limit(double distance) noexcept {
  const double limit = geo_origin::haversine_of(distance);
  // Where a haversine hardly grows with the distance it tells nothing.
  return limit > 0.99 ? 2 : limit * tolerance;
}

double length_along_meridian(double latitude_a, double latitude_b) noexcept {
  return earth_radius * std::abs(radians(latitude_a) - radians(latitude_b));
}

/// The most degrees that a way along a meridian may have.
double latitude_limit(double distance) noexcept {
  return degrees(distance / earth_radius) * tolerance + angle_slack;
}

/// How far an angle is from a range, at least.
double gap(double low, double high, double value) noexcept {
  return std::max({0.0, low - value - angle_slack, value - high - angle_slack});
}

/// The same for longitudes, around the earth.
double longitude_gap(double low, double high, double value) noexcept {
  if (value >= low && value <= high)
    return 0;
  const auto apart = [value](double other) {
    const double straight = std::abs(value - other);
    return std::min(straight, 360 - straight);
  };
  return std::max(0.0, std::min(apart(low), apart(high)) - angle_slack);
}

geo_bounds bounds_on_map(const geo_cell& cell) noexcept {
  const auto clamped = [](geo_point place) -> geo_point {
    return {std::clamp(place.longitude, -geo_longitude_max, geo_longitude_max),
            std::clamp(place.latitude, -geo_latitude_max, geo_latitude_max)};
  };
  return {clamped(cell.south_west()), clamped(cell.north_east())};
}

double sine_squared_of_half(double angle) noexcept {
  const double sine = std::sin(radians(angle) / 2);
  return sine * sine;
}

} // namespace

geo_shape geo_shape::circle(geo_point center, double radius) noexcept {
  geo_shape made{kind::circle, center};
  made.reach_ = made.half_width_ = made.half_height_ = radius;
  made.narrow(radius);
  return made;
}

geo_shape geo_shape::box(geo_point center, double width, double height) noexcept {
  geo_shape made{kind::box, center};
  made.half_width_ = width / 2;
  made.half_height_ = height / 2;
  made.reach_ = std::sqrt(made.half_width_ * made.half_width_
                          + made.half_height_ * made.half_height_);
  made.latitude_gap_max_ = latitude_limit(made.half_height_);
  made.haversine_max_ = 2;
  made.width_haversine_max_ = haversine_limit(made.half_width_);
  return made;
}

geo_shape geo_shape::polygon(geo_point center, const geo_polygon& area) noexcept {
  geo_shape made{kind::polygon, center};
  made.area_ = area;
  made.latitude_gap_max_ = 180;
  made.haversine_max_ = 2;
  return made;
}

geo_bounds geo_shape::bounds() const noexcept {
  if (what_ == kind::polygon)
    return area_.bounds();
  const auto middle = center();
  const double north = degrees(half_height_ / earth_radius);
  // A degree of longitude is shortest where the shape is nearest to a pole.
  const double narrowest = middle.latitude < 0 ? middle.latitude - north : middle.latitude + north;
  const double east = degrees(half_width_ / earth_radius / std::cos(radians(narrowest)));
  return {{middle.longitude - east, middle.latitude - north},
          {middle.longitude + east, middle.latitude + north}};
}

void geo_shape::narrow(double distance) noexcept {
  haversine_max_ = haversine_limit(distance);
  if (what_ == kind::circle)
    latitude_gap_max_ = latitude_limit(distance);
}

// -- places ---------------------------------------------------------------------------------------

std::optional<double> geo_shape::distance_within(geo_point place) const noexcept {
  if (what_ == kind::circle) [[likely]]
    return distance_in_circle(place);
  if (what_ == kind::box)
    return distance_in_box(place);
  if (!area_.contains(place))
    return std::nullopt;
  const double haversine = origin_.haversine(place);
  if (haversine > haversine_max_)
    return std::nullopt;
  return origin_.distance(place, haversine);
}

std::optional<double> geo_shape::distance_in_circle(geo_point place) const noexcept {
  if (std::abs(place.latitude - center().latitude) > latitude_gap_max_)
    return std::nullopt;
  const double haversine = origin_.haversine(place);
  if (haversine > haversine_max_)
    return std::nullopt;
  const double distance = origin_.distance(place, haversine);
  if (distance > half_width_)
    return std::nullopt;
  return distance;
}

std::optional<double> geo_shape::distance_in_box(geo_point place) const noexcept {
  if (std::abs(place.latitude - center().latitude) > latitude_gap_max_)
    return std::nullopt;
  const double haversine = origin_.haversine(place);
  if (haversine > haversine_max_
      || length_along_meridian(place.latitude, center().latitude) > half_height_)
    return std::nullopt;
  const geo_origin from{place};
  const geo_point across{center().longitude, place.latitude};
  const double along_parallel = from.haversine(across);
  if (along_parallel > width_haversine_max_ || from.distance(across, along_parallel) > half_width_)
    return std::nullopt;
  return origin_.distance(place, haversine);
}

// -- cells ----------------------------------------------------------------------------------------

bool geo_shape::misses(const geo_cell& cell) const noexcept {
  const auto here = bounds_on_map(cell);
  if (what_ == kind::polygon && !area_.bounds().touch(here))
    return true;
  const auto middle = center();
  const double latitude = gap(here.south_west.latitude, here.north_east.latitude, middle.latitude);
  if (latitude > latitude_gap_max_)
    return true;
  const double longitude = longitude_gap(here.south_west.longitude, here.north_east.longitude,
                                         middle.longitude);
  const double across = sine_squared_of_half(longitude);
  // Parallels are shortest in the cell where it is farthest from the equator.
  const double narrowest = std::cos(
    radians(std::max(std::abs(here.south_west.latitude), std::abs(here.north_east.latitude))));
  if (what_ == kind::box && narrowest * narrowest * across > width_haversine_max_)
    return true;
  const double least = sine_squared_of_half(latitude)
                       + std::cos(radians(middle.latitude)) * narrowest * across;
  return least > haversine_max_ * tolerance;
}

} // namespace thespis::types
