#include "types/geohash.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace thespis::types {

namespace {

constexpr double earth_radius = 6372797.560856;
/// Half the length of the equator on the map, about.
constexpr double mercator_max = 20037726.37;
constexpr double radians_per_degree = std::numbers::pi / 180.0;
constexpr double pole = 90;

double radians(double degrees) noexcept {
  return degrees * radians_per_degree;
}

double degrees(double radians) noexcept {
  return radians / radians_per_degree;
}

/// Every bit moves to twice its place.
std::uint64_t spread(std::uint64_t bits) noexcept {
  bits &= 0xffffffff;
  bits = (bits | bits << 16) & 0x0000ffff0000ffff;
  bits = (bits | bits << 8) & 0x00ff00ff00ff00ff;
  bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0f;
  bits = (bits | bits << 2) & 0x3333333333333333;
  return (bits | bits << 1) & 0x5555555555555555;
}

/// The reverse, of every second bit.
std::uint64_t gather(std::uint64_t bits) noexcept {
  bits &= 0x5555555555555555;
  bits = (bits | bits >> 1) & 0x3333333333333333;
  bits = (bits | bits >> 2) & 0x0f0f0f0f0f0f0f0f;
  bits = (bits | bits >> 4) & 0x00ff00ff00ff00ff;
  bits = (bits | bits >> 8) & 0x0000ffff0000ffff;
  return (bits | bits >> 16) & 0xffffffff;
}

/// The number of the cell along one axis that goes from -max to max.
std::uint64_t index_of(double degrees, double max, unsigned step) noexcept {
  const auto cells = static_cast<double>(std::uint64_t{1} << step);
  return static_cast<std::uint64_t>((degrees + max) / (max + max) * cells);
}

/// Where a cell begins.
double border_of(std::uint64_t index, double max, unsigned step) noexcept {
  const auto cells = static_cast<double>(std::uint64_t{1} << step);
  return -max + static_cast<double>(index) / cells * (max + max);
}

std::uint64_t encode(geo_point place, double latitude_max, unsigned step) noexcept {
  return spread(index_of(place.latitude, latitude_max, step))
         | spread(index_of(place.longitude, geo_longitude_max, step)) << 1;
}

double latitude_distance(double a, double b) noexcept {
  return earth_radius * std::abs(radians(b) - radians(a));
}

// -- areas ----------------------------------------------------------------------------------------

/// A rectangle of the map that has all of a shape in it.
struct bounds {
  geo_point south_west;
  geo_point north_east;
};

bounds bounds_of(const geo_shape& shape) noexcept {
  const auto& center = shape.center;
  const double north = degrees(shape.height / 2 / earth_radius);
  // A degree of longitude is shortest where the shape is nearest to a pole.
  const double narrowest = center.latitude < 0 ? center.latitude - north : center.latitude + north;
  const double east = degrees(shape.width / 2 / earth_radius / std::cos(radians(narrowest)));
  return {{center.longitude - east, center.latitude - north},
          {center.longitude + east, center.latitude + north}};
}

/// The largest step at which nine cells are likely to cover the radius.
unsigned step_for(double radius, double latitude) noexcept {
  if (radius == 0)
    return geo_step_max;
  int step = 1;
  for (; radius < mercator_max; radius *= 2)
    ++step;
  // Two less, so that the radius is covered from everywhere in the cell.
  step -= 2;
  // Towards the poles cells cover less of the earth.
  if (std::abs(latitude) > 66)
    --step;
  if (std::abs(latitude) > 80)
    --step;
  return static_cast<unsigned>(std::clamp(step, 1, static_cast<int>(geo_step_max)));
}

/// Whether the cells beside the middle one reach to the bounds.
bool reaches(geo_cell middle, const bounds& wanted) noexcept {
  return middle.moved(0, 1).north_east().latitude >= wanted.north_east.latitude
         && middle.moved(0, -1).south_west().latitude <= wanted.south_west.latitude
         && middle.moved(1, 0).north_east().longitude >= wanted.north_east.longitude
         && middle.moved(-1, 0).south_west().longitude <= wanted.south_west.longitude;
}

struct direction {
  int east;
  int north;
};

constexpr direction directions[] = {{0, 1}, {0, -1}, {1, 0},  {-1, 0},
                                    {1, 1}, {-1, 1}, {1, -1}, {-1, -1}};

} // namespace

bool is_on_map(geo_point place) noexcept {
  return std::abs(place.longitude) <= geo_longitude_max
         && std::abs(place.latitude) <= geo_latitude_max;
}

std::uint64_t geohash_encode(geo_point place) noexcept {
  return geo_cell::at(place, geo_step_max).bits;
}

geo_point geohash_decode(std::uint64_t bits) noexcept {
  const geo_cell cell{bits, geo_step_max};
  const auto low = cell.south_west();
  const auto high = cell.north_east();
  const auto middle = [](double from, double to, double max) {
    return std::clamp((from + to) / 2, -max, max);
  };
  return {middle(low.longitude, high.longitude, geo_longitude_max),
          middle(low.latitude, high.latitude, geo_latitude_max)};
}

std::array<char, 11> geohash_text(std::uint64_t bits) noexcept {
  constexpr std::string_view alphabet = "0123456789bcdefghjkmnpqrstuvwxyz";
  constexpr unsigned digit_bits = 5;
  const auto standard = encode(geohash_decode(bits), pole, geo_step_max);
  std::array<char, 11> text;
  unsigned shift = 2 * geo_step_max;
  for (auto& digit : text) {
    // 52 bits are ten digits and two bits more, which are not shown.
    const bool shown = shift >= digit_bits;
    shift -= shown ? digit_bits : 0;
    digit = alphabet[shown ? standard >> shift & 31 : 0];
  }
  return text;
}

double geo_distance(geo_point a, geo_point b) noexcept {
  const double v = std::sin((radians(b.longitude) - radians(a.longitude)) / 2);
  if (v == 0.0)
    return latitude_distance(a.latitude, b.latitude);
  const double latitude_a = radians(a.latitude);
  const double latitude_b = radians(b.latitude);
  const double u = std::sin((latitude_b - latitude_a) / 2);
  return 2.0 * earth_radius
         * std::asin(std::sqrt(u * u + std::cos(latitude_a) * std::cos(latitude_b) * v * v));
}

// -- geo_shape ------------------------------------------------------------------------------------

geo_shape geo_shape::box(geo_point center, double width, double height) noexcept {
  return {kind::box, center, std::sqrt(width / 2 * (width / 2) + height / 2 * (height / 2)), width,
          height};
}

std::optional<double> geo_shape::distance_within(geo_point place) const noexcept {
  if (what == kind::box
      && (latitude_distance(place.latitude, center.latitude) > height / 2
          || geo_distance(place, {center.longitude, place.latitude}) > width / 2))
    return std::nullopt;
  const auto distance = geo_distance(center, place);
  if (what == kind::circle && distance > radius)
    return std::nullopt;
  return distance;
}

// -- geo_cell -------------------------------------------------------------------------------------

geo_cell geo_cell::at(geo_point place, unsigned step) noexcept {
  return {encode(place, geo_latitude_max, step), step};
}

geo_cell geo_cell::moved(int east, int north) const noexcept {
  const auto mask = (std::uint64_t{1} << step) - 1;
  // A place on the very border is in a cell behind the last one, and stays there along that border.
  const auto shifted = [&](std::uint64_t axis, int by) {
    const auto index = gather(axis);
    return spread(by == 0 ? index : (index + static_cast<std::uint64_t>(by)) & mask);
  };
  return {shifted(bits, north) | shifted(bits >> 1, east) << 1, step};
}

geo_point geo_cell::south_west() const noexcept {
  return {border_of(gather(bits >> 1), geo_longitude_max, step),
          border_of(gather(bits), geo_latitude_max, step)};
}

geo_point geo_cell::north_east() const noexcept {
  return {border_of(gather(bits >> 1) + 1, geo_longitude_max, step),
          border_of(gather(bits) + 1, geo_latitude_max, step)};
}

// -- geo_ranges -----------------------------------------------------------------------------------

geo_ranges::geo_ranges(const geo_shape& shape) noexcept {
  const auto wanted = bounds_of(shape);
  auto middle = geo_cell::at(shape.center, step_for(shape.radius, shape.center.latitude));
  if (middle.step > 1 && !reaches(middle, wanted))
    middle = geo_cell::at(shape.center, middle.step - 1);
  const auto low = middle.south_west();
  const auto high = middle.north_east();
  // Whether the shape may reach beyond the middle cell on that side.
  const auto needed = [&](const direction& to) {
    return middle.step < 2
           || !((to.north < 0 && low.latitude < wanted.south_west.latitude)
                || (to.north > 0 && high.latitude > wanted.north_east.latitude)
                || (to.east < 0 && low.longitude < wanted.south_west.longitude)
                || (to.east > 0 && high.longitude > wanted.north_east.longitude));
  };
  add(middle);
  geo_cell last;
  for (const auto& to : directions) {
    const auto cell = middle.moved(to.east, to.north);
    // On a map of four cells the neighbour in the east is that in the west.
    if (!needed(to) || cell == last)
      continue;
    add(cell);
    last = cell;
  }
}

void geo_ranges::add(geo_cell cell) noexcept {
  const auto shift = 2 * (geo_step_max - cell.step);
  ranges_[size_++] = {cell.bits << shift, (cell.bits + 1) << shift};
}

} // namespace thespis::types
