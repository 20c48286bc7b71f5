#include "commands/geo_value.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "protocol/errors.hpp"
#include "types/geo_search.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

namespace thespis::commands {

using protocol::argument_reader;
namespace errors = protocol::errors;

types::geo_point read_place(argument_reader& in) {
  types::geo_point place;
  place.longitude = in.number();
  place.latitude = in.number();
  if (!in.failed() && !types::is_on_map(place))
    in.fail(errors::invalid_coordinates(place.longitude, place.latitude));
  return place;
}

double read_unit(argument_reader& in) {
  struct unit {
    std::string_view name;
    double metres;
  };
  constexpr unit units[] = {{"m", 1}, {"km", 1000}, {"ft", 0.3048}, {"mi", 1609.34}};
  const auto name = in.next();
  for (const auto& each : units)
    if (base::equals_nocase(name, each.name))
      return each.metres;
  in.fail(errors::geo_unit);
  return 1;
}

types::geo_point place_of(double score) noexcept {
  return types::geohash_decode(types::geohash_bits(score));
}

void reply_place(protocol::reply_writer& reply, types::geo_point place) {
  reply.array(2);
  reply.human_dbl(static_cast<long double>(place.longitude));
  reply.human_dbl(static_cast<long double>(place.latitude));
}

void reply_distance(protocol::reply_writer& reply, double distance) {
  constexpr std::size_t decimals = 4;
  // As 7.2 rounds; a distance is at most half the way around the earth.
  char buffer[24];
  const auto digits = base::format_int64(std::llrint(distance * 1e4), buffer);
  char text[32] = "00000";
  const auto zeros = digits.size() > decimals ? 0 : decimals + 1 - digits.size();
  const auto whole = zeros + digits.size() - decimals;
  std::copy(digits.begin(), digits.end(), text + zeros);
  std::memmove(text + whole + 1, text + whole, decimals);
  text[whole] = '.';
  reply.bulk({text, whole + 1 + decimals});
}

} // namespace thespis::commands
