/// The commands that name places and members: GEOADD, and those that ask where members are.

#include "base/ascii.hpp"
#include "commands/geo_value.hpp"
#include "commands/rows.hpp"
#include "commands/zset_add.hpp"
#include "commands/zset_value.hpp"
#include "protocol/argument_reader.hpp"
#include "types/geo_search.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::argument_reader;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

zadd_options read_geoadd_options(argument_reader& in) {
  zadd_options out;
  for (;; in.skip(1)) {
    const auto word = in.peek();
    if (equals_nocase(word, "nx"))
      out.nx = true;
    else if (equals_nocase(word, "xx"))
      out.xx = true;
    else if (equals_nocase(word, "ch"))
      out.ch = true;
    else
      return out;
  }
}

} // namespace

/// GEOADD key [NX | XX] [CH] longitude latitude member [longitude latitude member …]
///   -> members added (CH: or changed)
/// Errors: syntax, float, off the map, WRONGTYPE. Cost: O(log n) each.
void cmd_geoadd(command_context& ctx, arguments args) {
  constexpr std::size_t group_size = 3;
  argument_reader in{args, 2};
  const auto options = read_geoadd_options(in);
  if (in.left() == 0 || in.left() % group_size != 0 || (options.nx && options.xx))
    return ctx.reply.error(errors::syntax);
  const member_groups members{in.rest(), group_size};
  std::array<double, 16> few;
  std::vector<double> many(members.size() > few.size() ? members.size() : 0);
  auto* const scores = many.empty() ? few.data() : many.data();
  for (std::size_t i = 0; i < members.size() && in.more(); ++i) {
    const auto place = read_place(in);
    if (!in.failed())
      scores[i] = static_cast<double>(types::geohash_encode(place));
    in.skip(1);
  }
  if (in.failed())
    return ctx.reply.error(in.error());
  add_members(ctx, args[1], members, scores, options);
}

/// GEODIST key member member [M | KM | FT | MI] -> distance with four decimals, as text | null
/// Errors: unit, syntax, WRONGTYPE. Cost: O(1).
void cmd_geodist(command_context& ctx, arguments args) {
  argument_reader in{args, 4};
  const double unit = args.size() == 5 ? read_unit(in) : 1;
  in.finish();
  if (in.failed())
    return ctx.reply.error(in.error());
  const auto value = read_zset(ctx, args[1]);
  if (!value)
    return;
  const auto from = (*value)->score(args[2]);
  const auto to = (*value)->score(args[3]);
  if (from && to)
    reply_distance(ctx.reply, types::geo_distance(place_of(*from), place_of(*to)) / unit);
  else
    ctx.reply.null();
}

/// GEOHASH key [member …] -> array of geohashes of eleven characters and nulls
/// Errors: WRONGTYPE. Cost: O(1) each.
void cmd_geohash(command_context& ctx, arguments args) {
  const auto value = read_zset(ctx, args[1]);
  if (!value)
    return;
  ctx.reply.array(args.size() - 2);
  for (const auto member : args.subspan(2))
    if (const auto score = (*value)->score(member)) {
      const auto text = types::geohash_text(types::geohash_bits(*score));
      ctx.reply.bulk({text.data(), text.size()});
    } else {
      ctx.reply.null();
    }
}

/// GEOPOS key [member …] -> array of [longitude, latitude] and nulls
/// Errors: WRONGTYPE. Cost: O(1) each.
void cmd_geopos(command_context& ctx, arguments args) {
  const auto value = read_zset(ctx, args[1]);
  if (!value)
    return;
  ctx.reply.array(args.size() - 2);
  for (const auto member : args.subspan(2))
    if (const auto score = (*value)->score(member))
      reply_place(ctx.reply, place_of(*score));
    else
      ctx.reply.null_array();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec geo_table[] = {
  {.name = "geoadd", .arity = -5, .flags = write | denyoom, .acl = acl_geo,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_geoadd,
   .group = command_group::geo, .since = "3.2.0",
   .complexity =
     "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
   .summary = "Adds members with their longitudes and latitudes to a geo index, or moves them.",
   .syntax =
     "key [condition(NX|XX)@6.2.0] [CH change:token@6.2.0] data{longitude:double latitude:double "
     "member}..."},
  {.name = "geodist", .arity = -4, .flags = readonly, .acl = acl_geo,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_geodist,
   .group = command_group::geo, .since = "3.2.0",
   .complexity = "O(1)",
   .summary = "Replies with the distance between two members of a geo index.",
   .syntax = "key member1 member2 [unit('m'|'km'|'ft'|'mi')]"},
  {.name = "geohash", .arity = -2, .flags = readonly, .acl = acl_geo,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_geohash,
   .group = command_group::geo, .since = "3.2.0",
   .complexity = "O(1) for each member requested.",
   .summary = "Replies with the places of members as standard geohash texts.",
   .syntax = "key [member...]"},
  {.name = "geopos", .arity = -2, .flags = readonly, .acl = acl_geo,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_geopos,
   .group = command_group::geo, .since = "3.2.0",
   .complexity = "O(1) for each member requested.",
   .summary = "Replies with the longitudes and latitudes of members.",
   .syntax = "key [member...]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> geo_rows() noexcept {
  return geo_table;
}

} // namespace thespis::commands
