#pragma once

/// What GEOSEARCH, GEORADIUS and their sisters ask for: where from, which shape, how many, in which
/// order, and what to do with it.

#include "keyspace/command_context.hpp"
#include "protocol/arguments.hpp"
#include "types/geo_shape.hpp"
#include "types/sorted_set.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace thespis::commands {

/// How a request says it.
enum class geo_grammar : std::uint8_t {
  /// key longitude latitude radius unit, then options
  georadius,
  /// key member radius unit, then options
  georadius_by_member,
  /// key, then options
  geosearch,
  /// destination key, then options
  geosearchstore,
};

enum class geo_order : std::uint8_t { none, ascending, descending };

struct geo_query {
  geo_query() = default;
  geo_query(geo_query&&) = default;
  geo_query& operator=(geo_query&&) = default;

  /// Nothing if the source key does not exist: then nothing is there to search.
  std::optional<types::geo_shape> shape;
  /// What the shape of a polygon views.
  std::vector<types::geo_point> vertices;
  double metres_per_unit = 1;
  bool with_distance = false;
  bool with_hash = false;
  bool with_coordinates = false;
  geo_order order = geo_order::none;
  /// 0: all.
  std::size_t count = 0;
  /// The first ones that are found, instead of the nearest ones.
  bool any = false;
  /// Where to store the result.
  std::optional<std::string_view> target;
  /// Distances become the scores.
  bool stores_distance = false;
};

struct geo_query_form {
  geo_grammar grammar;
  /// Whether GEORADIUS may have STORE and STOREDIST.
  bool may_store = true;
};

/// Nothing: an error has been replied. `source`: null if the key does not exist.
std::optional<geo_query> read_geo_query(keyspace::command_context& ctx, protocol::arguments args,
                                        const geo_query_form& form,
                                        const types::sorted_set* source);

} // namespace thespis::commands
