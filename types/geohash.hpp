#pragma once

/// Places on the earth as numbers that a sorted set can hold, and areas as ranges of such numbers.
///
/// The rectangle of all longitudes and of the latitudes that a Mercator map shows is halved again
/// and again, in turn by longitude and by latitude: 26 times each gives the 52 bits of a place, a
/// cell of less than a metre. They are exact in a double, hence in a score. The cells of `step`
/// halvings are ranges of 52-bit numbers, because what they have in common are the high bits:
///
///     bit  51   50   49   48        1    0
///          lon0 lat0 lon1 lat1  …  lon25 lat25       lon0: the eastern half, lat0: the northern
///          one
///
/// A cell has four cells of the next step in it, whose numbers ascend: south-west, north-west,
/// south-east, north-east.
///
/// The arithmetic is in doubles and in Redis' order, so that the numbers, their texts and the
/// distances are the same to the last bit.
///
/// Source: Niemeyer's geohash; Sinnott, "Virtues of the haversine" (1984).

#include <array>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace thespis::types {

/// In degrees.
struct geo_point {
  double longitude = 0;
  double latitude = 0;
};

/// Of the sphere that the earth is taken for, in metres.
inline constexpr double earth_radius = 6372797.560856;
inline constexpr double radians_per_degree = std::numbers::pi / 180.0;
constexpr double radians(double degrees) noexcept {
  return degrees * radians_per_degree;
}
inline constexpr double geo_longitude_max = 180;
/// Where a square Mercator map ends.
inline constexpr double geo_latitude_max = 85.05112878;
inline constexpr unsigned geo_step_max = 26;

/// Whether the place may be stored. False for NaN.
bool is_on_map(geo_point place) noexcept;

/// The 52 bits of a place; one or two more for the northern and the eastern border themselves, of
/// which a score then loses the lowest.
/// REQUIRES: is_on_map().
std::uint64_t geohash_encode(geo_point place) noexcept;
/// The middle of the cell of 52 bits. Any bits are some place on the map.
geo_point geohash_decode(std::uint64_t bits) noexcept;
/// The standard geohash of a cell of 52 bits: base 32, over all latitudes, the last character "0".
std::array<char, 11> geohash_text(std::uint64_t bits) noexcept;

/// In metres, on a sphere. Cost: about 50 ns.
double geo_distance(geo_point a, geo_point b) noexcept;

/// A place from which many distances are measured: what depends on it alone is computed once.
class geo_origin {
public:
  geo_origin() noexcept : geo_origin(geo_point{}) {
  }
  explicit geo_origin(geo_point place) noexcept;

  geo_point place() const noexcept {
    return place_;
  }
  /// A number from 0 to 1 that grows with the distance, and is cheaper to have.
  double haversine(geo_point to) const noexcept;
  /// The same as geo_distance. REQUIRES: `haversine` is that of the place.
  double distance(geo_point to, double haversine) const noexcept;
  /// The haversine of a distance in metres; 1 if it reaches around the earth.
  static double haversine_of(double distance) noexcept;

private:
  geo_point place_;
  double longitude_;
  double latitude_;
  double cos_latitude_;
};

/// 52-bit numbers from `first` to before `end`.
struct geo_range {
  std::uint64_t first;
  std::uint64_t end;
};

/// A cell of the map: all places whose first `2 * step` bits are these.
struct geo_cell {
  std::uint64_t bits = 0;
  unsigned step = 0;

  /// REQUIRES: is_on_map(), 1 <= step <= geo_step_max.
  static geo_cell at(geo_point place, unsigned step) noexcept;
  /// The cell so many cells to the east (negative: west) and north, around the map's borders.
  geo_cell moved(int east, int north) const noexcept;
  geo_point south_west() const noexcept;
  geo_point north_east() const noexcept;
  /// The numbers of its places. REQUIRES: step <= geo_step_max.
  geo_range range() const noexcept {
    const auto shift = 2 * (geo_step_max - step);
    return {bits << shift, (bits + 1) << shift};
  }

  bool operator==(const geo_cell&) const noexcept = default;
};

} // namespace thespis::types
