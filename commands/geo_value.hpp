#pragma once

/// What the geo commands share: places, units and distances in requests and replies. A geo value is
/// a sorted set whose scores are geohashes.

#include "protocol/argument_reader.hpp"
#include "protocol/reply_writer.hpp"
#include "types/geohash.hpp"

namespace thespis::commands {

/// Two arguments, longitude and latitude. Errors: float, off the map.
types::geo_point read_place(protocol::argument_reader& in);
/// One argument: how many metres a unit has. Errors: no such unit.
double read_unit(protocol::argument_reader& in);

/// The place of a member with that score.
types::geo_point place_of(double score) noexcept;

/// Longitude and latitude, in an array.
void reply_place(protocol::reply_writer& reply, types::geo_point place);
/// A bulk string, four digits behind the point.
void reply_distance(protocol::reply_writer& reply, double distance);

} // namespace thespis::commands
