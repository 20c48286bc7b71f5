#include "types/geohash.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace thespis::types {

namespace {

constexpr double pole = 90;

/// Every bit moves to twice its place.
std::uint64_t spread_bits(std::uint64_t bits) noexcept {
  bits &= 0xffffffff;
  bits = (bits | bits << 16) & 0x0000ffff0000ffff;
  bits = (bits | bits << 8) & 0x00ff00ff00ff00ff;
  bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0f;
  bits = (bits | bits << 2) & 0x3333333333333333;
  return (bits | bits << 1) & 0x5555555555555555;
}

/// The reverse, of every second bit.
std::uint64_t gather_bits(std::uint64_t bits) noexcept {
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
  return spread_bits(index_of(place.latitude, latitude_max, step))
         | spread_bits(index_of(place.longitude, geo_longitude_max, step)) << 1;
}

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
  const geo_origin from{a};
  return from.distance(b, from.haversine(b));
}

// -- geo_origin -----------------------------------------------------------------------------------

geo_origin::geo_origin(geo_point place) noexcept
  : place_(place),
    longitude_(radians(place.longitude)),
    latitude_(radians(place.latitude)),
    cos_latitude_(std::cos(latitude_)) {
}

double geo_origin::haversine(geo_point to) const noexcept {
  const double latitude = radians(to.latitude);
  const double u = std::sin((latitude - latitude_) / 2);
  const double v = std::sin((radians(to.longitude) - longitude_) / 2);
  return u * u + cos_latitude_ * std::cos(latitude) * v * v;
}

double geo_origin::distance(geo_point to, double haversine) const noexcept {
  // Redis measures along a meridian without the sine, which shows in the last bits.
  if (radians(to.longitude) == longitude_)
    return earth_radius * std::abs(radians(to.latitude) - latitude_);
  return 2.0 * earth_radius * std::asin(std::sqrt(haversine));
}

double geo_origin::haversine_of(double distance) noexcept {
  const double half = distance / earth_radius / 2;
  if (!(half < std::numbers::pi / 2))
    return 1;
  return std::sin(half) * std::sin(half);
}

// -- geo_cell -------------------------------------------------------------------------------------

geo_cell geo_cell::at(geo_point place, unsigned step) noexcept {
  return {encode(place, geo_latitude_max, step), step};
}

geo_cell geo_cell::moved(int east, int north) const noexcept {
  const auto mask = (std::uint64_t{1} << step) - 1;
  // A place on the very border is in a cell behind the last one, and stays there along that border.
  const auto shifted = [&](std::uint64_t axis, int by) {
    const auto index = gather_bits(axis);
    return spread_bits(by == 0 ? index : (index + static_cast<std::uint64_t>(by)) & mask);
  };
  return {shifted(bits, north) | shifted(bits >> 1, east) << 1, step};
}

geo_point geo_cell::south_west() const noexcept {
  return {border_of(gather_bits(bits >> 1), geo_longitude_max, step),
          border_of(gather_bits(bits), geo_latitude_max, step)};
}

geo_point geo_cell::north_east() const noexcept {
  return {border_of(gather_bits(bits >> 1) + 1, geo_longitude_max, step),
          border_of(gather_bits(bits) + 1, geo_latitude_max, step)};
}

} // namespace thespis::types
