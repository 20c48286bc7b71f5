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
/// An area is covered by one cell and its eight neighbours, of the largest step at which these do
/// cover it; whoever searches looks at each place in the ranges with `distance_within`.
///
/// The arithmetic is in doubles and in Redis' order, so that the numbers, their texts and the
/// borders of a search are the same to the last bit.
///
/// Source: Niemeyer's geohash; Sinnott, "Virtues of the haversine" (1984).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace thespis::types {

/// In degrees.
struct geo_point {
  double longitude = 0;
  double latitude = 0;
};

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

/// What a search covers, in metres.
struct geo_shape {
  enum class kind : std::uint8_t { circle, box };

  static geo_shape circle(geo_point center, double radius) noexcept {
    return {kind::circle, center, radius, 2 * radius, 2 * radius};
  }
  static geo_shape box(geo_point center, double width, double height) noexcept;

  kind what = kind::circle;
  geo_point center{};
  /// Of a box: from its middle to its corners.
  double radius = 0;
  double width = 0;
  double height = 0;

  /// The distance of a place from the center if the shape covers the place.
  std::optional<double> distance_within(geo_point place) const noexcept;
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

  bool operator==(const geo_cell&) const noexcept = default;
};

/// 52-bit numbers from `first` to before `end`.
struct geo_range {
  std::uint64_t first;
  std::uint64_t end;
};

/// The ranges that hold all places of a shape, in the order in which Redis looks through them: the
/// middle, north, south, east, west, then the corners.
class geo_ranges {
public:
  explicit geo_ranges(const geo_shape& shape) noexcept;

  const geo_range* begin() const noexcept {
    return ranges_.data();
  }
  const geo_range* end() const noexcept {
    return ranges_.data() + size_;
  }
  std::size_t size() const noexcept {
    return size_;
  }

private:
  void add(geo_cell cell) noexcept;

  std::array<geo_range, 9> ranges_;
  std::size_t size_ = 0;
};

} // namespace thespis::types
