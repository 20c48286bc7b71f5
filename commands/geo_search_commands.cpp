/// The commands that look for members by place. They differ in what geo_query.hpp reads for them.

#include "commands/geo_query.hpp"
#include "commands/geo_results.hpp"
#include "commands/rows.hpp"
#include "commands/zset_value.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
using types::sorted_set;

namespace {

/// Makes the matches the value of the query's target. Returns how many.
std::size_t store_matches(command_context& ctx, const std::vector<types::geo_match>& matches,
                          const geo_query& query, std::string_view event) {
  const auto limits = zset_limits_at(ctx, *query.target);
  sorted_set result;
  for (const auto& match : matches)
    result.insert(match.member,
                  query.stores_distance ? match.distance / query.metres_per_unit : match.score,
                  limits);
  return store_collection(ctx, *query.target, std::move(result), keyspace::event_class::zset, event,
                          matches.size());
}

void search(command_context& ctx, arguments args, const geo_query_form& form) {
  const bool stores = form.grammar == geo_grammar::geosearchstore;
  const auto key = args[stores ? 2 : 1];
  const auto at = ctx.find_to_read(key);
  if (at && is_not<sorted_set>(ctx, at))
    return;
  const zset_to_read source{at};
  auto query = read_geo_query(ctx, args, form, at ? &*source : nullptr);
  if (!query)
    return;
  const auto matches = at ? find_matches(*source, *query) : std::vector<types::geo_match>{};
  if (!query->target)
    return reply_matches(ctx.reply, matches, *query);
  const auto size = store_matches(ctx, matches, *query,
                                  stores ? "geosearchstore" : "georadiusstore");
  ctx.reply.integer(static_cast<std::int64_t>(size));
}

} // namespace

/// GEOSEARCH key FROMMEMBER member | FROMLONLAT longitude latitude
///   BYRADIUS radius unit | BYBOX width height unit | BYPOLYGON count longitude latitude …
///   [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]
///   -> array of members, or of [member, distance, hash, [longitude, latitude]]
/// Errors: many, see geo_query.cpp; WRONGTYPE. Cost: see find_matches, as of all of these.
void cmd_geosearch(command_context& ctx, arguments args) {
  search(ctx, args, {geo_grammar::geosearch});
}

/// GEOSEARCHSTORE destination source … [STOREDIST] -> members stored. As GEOSEARCH otherwise.
void cmd_geosearchstore(command_context& ctx, arguments args) {
  search(ctx, args, {geo_grammar::geosearchstore});
}

/// GEORADIUS key longitude latitude radius unit [ASC | DESC] [COUNT count [ANY]] [WITHCOORD]
///   [WITHDIST] [WITHHASH] [STORE key | STOREDIST key]
///   -> as GEOSEARCH, or as GEOSEARCHSTORE
void cmd_georadius(command_context& ctx, arguments args) {
  search(ctx, args, {geo_grammar::georadius});
}

/// GEORADIUS_RO -> as GEORADIUS, but never stores.
void cmd_georadius_ro(command_context& ctx, arguments args) {
  search(ctx, args, {geo_grammar::georadius, false});
}

/// GEORADIUSBYMEMBER key member radius unit … -> as GEORADIUS around a member.
void cmd_georadiusbymember(command_context& ctx, arguments args) {
  search(ctx, args, {geo_grammar::georadius_by_member});
}

/// GEORADIUSBYMEMBER_RO -> as GEORADIUSBYMEMBER, but never stores.
void cmd_georadiusbymember_ro(command_context& ctx, arguments args) {
  search(ctx, args, {geo_grammar::georadius_by_member, false});
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec georadius_keys[] = {
  {.flags = key_ro | key_access, .position = 1},
  {.flags = key_ow | key_update, .begin_search = key_spec::begin::keyword, .position = 6,
   .keyword = "STORE"},
  {.flags = key_ow | key_update, .begin_search = key_spec::begin::keyword, .position = 6,
   .keyword = "STOREDIST"},
};

constexpr key_spec georadiusbymember_keys[] = {
  {.flags = key_ro | key_access, .position = 1},
  {.flags = key_ow | key_update, .begin_search = key_spec::begin::keyword, .position = 5,
   .keyword = "STORE"},
  {.flags = key_ow | key_update, .begin_search = key_spec::begin::keyword, .position = 5,
   .keyword = "STOREDIST"},
};

constexpr key_spec geosearchstore_keys[] = {
  {.flags = key_ow | key_update, .position = 1},
  {.flags = key_ro | key_access, .position = 2},
};

constexpr command_spec geo_search_table[] = {
  {.name = "georadius", .arity = -6, .flags = write | denyoom, .acl = acl_geo,
   .keys = georadius_keys, .keys_rule = key_rule::georadius, .route = way::borrow,
   .run = cmd_georadius,
   .group = command_group::geo, .since = "3.2.0",
   .complexity =
     "O(N+log(M)) where N is the number of elements inside the bounding box of the circular "
     "area delimited by center and radius and M is the number of items inside the index.",
   .summary = "Looks for members near a place; replies with them or stores them.",
   .syntax =
     "key longitude:double latitude:double radius:double unit('m'|'km'|'ft'|'mi') [WITHCOORD] "
     "[WITHDIST] [WITHHASH] [count-block{<COUNT count:integer> [ANY@6.2.0]}] "
     "[order(ASC|DESC)] [store(STORE storekey#1|STOREDIST storedistkey#2)]",
   .deprecated_since = "6.2.0",
   .replaced_by =
     "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument"},
  {.name = "georadius_ro", .arity = -6, .flags = readonly, .acl = acl_geo,
   .keys = key_at<1, key_ro | key_access>, .route = way::single,
   .run = cmd_georadius_ro,
   .group = command_group::geo, .since = "3.2.10",
   .complexity =
     "O(N+log(M)) where N is the number of elements inside the bounding box of the circular "
     "area delimited by center and radius and M is the number of items inside the index.",
   .summary = "Looks for members near a place.",
   .syntax =
     "key longitude:double latitude:double radius:double unit('m'|'km'|'ft'|'mi') [WITHCOORD] "
     "[WITHDIST] [WITHHASH] [count-block{<COUNT count:integer> [ANY@6.2.0]}] [order(ASC|DESC)]",
   .deprecated_since = "6.2.0",
   .replaced_by =
     "`GEOSEARCH` with the `BYRADIUS` argument"},
  {.name = "georadiusbymember", .arity = -5, .flags = write | denyoom, .acl = acl_geo,
   .keys = georadiusbymember_keys, .keys_rule = key_rule::georadius, .route = way::borrow,
   .run = cmd_georadiusbymember,
   .group = command_group::geo, .since = "3.2.0",
   .complexity =
     "O(N+log(M)) where N is the number of elements inside the bounding box of the circular "
     "area delimited by center and radius and M is the number of items inside the index.",
   .summary = "Looks for members near another one; replies with them or stores them.",
   .syntax =
     "key member radius:double unit('m'|'km'|'ft'|'mi') [WITHCOORD] [WITHDIST] [WITHHASH] "
     "[count-block{<COUNT count:integer> [ANY]}] [order(ASC|DESC)] [store(STORE "
     "storekey#1|STOREDIST storedistkey#2)]",
   .deprecated_since = "6.2.0",
   .replaced_by =
     "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments"},
  {.name = "georadiusbymember_ro", .arity = -5, .flags = readonly, .acl = acl_geo,
   .keys = key_at<1, key_ro | key_access>, .route = way::single,
   .run = cmd_georadiusbymember_ro,
   .group = command_group::geo, .since = "3.2.10",
   .complexity =
     "O(N+log(M)) where N is the number of elements inside the bounding box of the circular "
     "area delimited by center and radius and M is the number of items inside the index.",
   .summary = "Looks for members near another one.",
   .syntax =
     "key member radius:double unit('m'|'km'|'ft'|'mi') [WITHCOORD] [WITHDIST] [WITHHASH] "
     "[count-block{<COUNT count:integer> [ANY]}] [order(ASC|DESC)]",
   .deprecated_since = "6.2.0",
   .replaced_by =
     "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments"},
  {.name = "geosearch", .arity = -7, .flags = readonly, .acl = acl_geo,
   .keys = key_at<1, key_ro | key_access>, .route = way::single,
   .run = cmd_geosearch,
   .group = command_group::geo, .since = "6.2.0",
   .complexity =
     "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area "
     "around the shape provided as the filter and M is the number of items inside the shape",
   .summary = "Looks for members within a circle, a box or a polygon.",
   .syntax =
     "key from(FROMMEMBER member|FROMLONLAT fromlonlat{longitude:double latitude:double}) "
     "by(circle{<BYRADIUS radius:double> unit('m'|'km'|'ft'|'mi')}|box{<BYBOX width:double> "
     "height:double unit('m'|'km'|'ft'|'mi')}|polygon{<BYPOLYGON num-vertices:integer> "
     "vertex{longitude:double latitude:double}...}) [order(ASC|DESC)] [count-block{<COUNT "
     "count:integer> [ANY]}] [WITHCOORD] [WITHDIST] [WITHHASH]"},
  {.name = "geosearchstore", .arity = -8, .flags = write | denyoom, .acl = acl_geo,
   .keys = geosearchstore_keys, .route = way::borrow,
   .run = cmd_geosearchstore,
   .group = command_group::geo, .since = "6.2.0",
   .complexity =
     "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area "
     "around the shape provided as the filter and M is the number of items inside the shape",
   .summary = "Stores the members within a circle, a box or a polygon under another key.",
   .syntax =
     "destination#0 source#1 from(FROMMEMBER member|FROMLONLAT fromlonlat{longitude:double "
     "latitude:double}) by(circle{<BYRADIUS radius:double> "
     "unit('m'|'km'|'ft'|'mi')}|box{<BYBOX width:double> height:double "
     "unit('m'|'km'|'ft'|'mi')}|polygon{<BYPOLYGON num-vertices:integer> "
     "vertex{longitude:double latitude:double}...}) [order(ASC|DESC)] [count-block{<COUNT "
     "count:integer> [ANY]}] [STOREDIST]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> geo_search_rows() noexcept {
  return geo_search_table;
}

} // namespace thespis::commands
