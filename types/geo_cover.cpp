#include "types/geo_cover.hpp"

#include <algorithm>
#include <cmath>

namespace thespis::types {

namespace {

/// Half the length of the equator on the map, about.
constexpr double mercator_max = 20037726.37;

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
bool reaches(geo_cell middle, const geo_bounds& wanted) noexcept {
  const auto falls_short = [&] {
    return middle.moved(0, 1).north_east().latitude < wanted.north_east.latitude
           || middle.moved(0, -1).south_west().latitude > wanted.south_west.latitude
           || middle.moved(1, 0).north_east().longitude < wanted.north_east.longitude
           || middle.moved(-1, 0).south_west().longitude > wanted.south_west.longitude;
  };
  return !falls_short();
}

struct direction {
  int east;
  int north;
};

constexpr direction directions[] = {{0, 1}, {0, -1}, {1, 0},  {-1, 0},
                                    {1, 1}, {-1, 1}, {1, -1}, {-1, -1}};

} // namespace

geo_cover::geo_cover(const geo_shape& shape) noexcept {
  if (shape.what() == geo_shape::kind::polygon)
    take_map();
  else
    take_around(shape);
}

void geo_cover::take_map() noexcept {
  // Places on the very border in the north and in the east are in cells behind the only one.
  for (std::uint64_t bits = 0; bits < 4; ++bits)
    add({bits, 0});
}

void geo_cover::take_around(const geo_shape& shape) noexcept {
  const auto wanted = shape.bounds();
  const auto center = shape.center();
  auto middle = geo_cell::at(center, step_for(shape.reach(), center.latitude));
  if (middle.step > 1 && !reaches(middle, wanted))
    middle = geo_cell::at(center, middle.step - 1);
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

} // namespace thespis::types
