#include "protocol/key_finder.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <random>
#include <string>

using namespace thespis::protocol;

namespace {

constexpr std::uint16_t read_flags = key_ro | key_access;
constexpr std::uint16_t change_flags = key_rw | key_access | key_update;
constexpr std::uint16_t overwrite_flags = key_ow | key_update;

constexpr key_spec set_keys[] = {{.flags = change_flags | key_variable_flags, .position = 1}};
constexpr key_spec lcs_keys[] = {{.flags = read_flags, .position = 1, .last_key = 1}};
constexpr key_spec rename_keys[] = {{.flags = change_flags, .position = 1},
                                    {.flags = overwrite_flags, .position = 2}};
constexpr key_spec pfmerge_keys[] = {{.flags = change_flags, .position = 1},
                                     {.flags = read_flags, .position = 2, .last_key = -1}};
constexpr key_spec msetex_keys[] = {{.flags = overwrite_flags,
                                     .position = 1,
                                     .find_keys = key_spec::find::keynum,
                                     .step = 2,
                                     .key_count_index = 0,
                                     .first_key = 1}};
constexpr key_spec store_keys[] = {
  {.flags = overwrite_flags, .position = 1},
  {.flags = read_flags, .position = 2, .find_keys = key_spec::find::keynum}};
constexpr key_spec xread_keys[] = {{.flags = read_flags,
                                    .begin_search = key_spec::begin::keyword,
                                    .position = 1,
                                    .keyword = "STREAMS",
                                    .last_key = -1,
                                    .limit = 2}};
constexpr key_spec blpop_keys[] = {{.flags = change_flags, .position = 1, .last_key = -2}};
constexpr key_spec sort_keys[] = {
  {.flags = read_flags, .position = 1},
  {.begin_search = key_spec::begin::unknown, .find_keys = key_spec::find::unknown}};
constexpr key_spec migrate_keys[] = {{.flags = change_flags, .position = 3},
                                     {.flags = change_flags | key_incomplete,
                                      .begin_search = key_spec::begin::keyword,
                                      .position = -2,
                                      .keyword = "KEYS",
                                      .last_key = -1}};
constexpr key_spec georadius_keys[] = {{.flags = read_flags, .position = 1},
                                       {.flags = overwrite_flags,
                                        .begin_search = key_spec::begin::keyword,
                                        .position = 6,
                                        .keyword = "STORE"}};
constexpr key_spec channel_keys[] = {{.flags = key_not_key, .position = 1}};

constexpr command_spec get{.name = "get", .arity = 2, .keys = key_at<1, read_flags>};
constexpr command_spec mget{.name = "mget", .arity = -2, .keys = keys_from<1, 1, read_flags>};
constexpr command_spec mset{.name = "mset", .arity = -3, .keys = keys_from<1, 2, overwrite_flags>};
constexpr command_spec ping{.name = "ping", .arity = -1};
constexpr command_spec spublish{.name = "spublish", .arity = 3, .keys = channel_keys};
constexpr command_spec lcs{.name = "lcs", .arity = -3, .keys = lcs_keys};
constexpr command_spec pfmerge{.name = "pfmerge", .arity = -2, .keys = pfmerge_keys};
constexpr command_spec rename_it{.name = "rename", .arity = 3, .keys = rename_keys};
constexpr command_spec msetex{.name = "msetex", .arity = -4, .keys = msetex_keys};
constexpr command_spec zunionstore{.name = "zunionstore", .arity = -4, .keys = store_keys};
constexpr command_spec xread{.name = "xread", .arity = -4, .keys = xread_keys};
constexpr command_spec blpop{.name = "blpop", .arity = -3, .keys = blpop_keys};
constexpr command_spec set{
  .name = "set", .arity = -3, .keys = set_keys, .keys_rule = key_rule::set};
constexpr command_spec bitfield{
  .name = "bitfield", .arity = -2, .keys = set_keys, .keys_rule = key_rule::bitfield};
constexpr command_spec delex{
  .name = "delex", .arity = -2, .keys = set_keys, .keys_rule = key_rule::delex};
constexpr command_spec sort{
  .name = "sort", .arity = -2, .keys = sort_keys, .keys_rule = key_rule::sort};
constexpr command_spec migrate{
  .name = "migrate", .arity = -6, .keys = migrate_keys, .keys_rule = key_rule::migrate};
constexpr command_spec georadius{
  .name = "georadius", .arity = -6, .keys = georadius_keys, .keys_rule = key_rule::georadius};

using words = std::initializer_list<std::string_view>;

found_keys keys_of(const command_spec& spec, words request) {
  found_keys keys = {{99, 99}};
  const bool found = find_keys(spec, {request.begin(), request.size()}, keys);
  CHECK(found == !keys.empty());
  return keys;
}

found_keys flags_of(const command_spec& spec, words request) {
  found_keys keys = {{99, 99}};
  const bool found = find_keys_and_flags(spec, {request.begin(), request.size()}, keys);
  CHECK(found == !keys.empty());
  return keys;
}

std::string indexes_of(const command_spec& spec, words request) {
  std::string all;
  for (const found_key& key : keys_of(spec, request))
    all += std::to_string(key.index) + " ";
  return all;
}

} // namespace

TEST_CASE("one key at a fixed place is the short way", "[key_finder]") {
  CHECK(has_one_key(get));
  CHECK(has_one_key(set));
  CHECK_FALSE(has_one_key(mget));
  CHECK_FALSE(has_one_key(rename_it));
  CHECK_FALSE(has_one_key(ping));
  CHECK_FALSE(has_one_key(spublish));
  CHECK_FALSE(has_one_key(xread));
  CHECK(keys_of(get, {"get", "k"}) == found_keys{{1, read_flags}});
  CHECK(keys_of(get, {"get"}).empty());
}

TEST_CASE("ranges reach to the end, to before the end, and skip values", "[key_finder]") {
  CHECK(indexes_of(mget, {"mget", "a", "b", "c"}) == "1 2 3 ");
  CHECK(indexes_of(mset, {"mset", "a", "1", "b", "2"}) == "1 3 ");
  CHECK(indexes_of(mset, {"mset", "a", "1", "b"}) == "1 3 ");
  CHECK(indexes_of(blpop, {"blpop", "a", "b", "0"}) == "1 2 ");
  CHECK(indexes_of(lcs, {"lcs", "a", "b", "LEN"}) == "1 2 ");
  CHECK(indexes_of(mget, {"mget"}).empty());
  CHECK(indexes_of(lcs, {"lcs", "a"}).empty());
}

TEST_CASE("several specifications add up, each with its flags", "[key_finder]") {
  CHECK(keys_of(rename_it, {"rename", "a", "b"})
        == found_keys{{1, change_flags}, {2, overwrite_flags}});
}

TEST_CASE("a range to the end may have no keys behind other ones", "[key_finder]") {
  CHECK(keys_of(pfmerge, {"pfmerge", "d", "a", "b"})
        == found_keys{{1, change_flags}, {2, read_flags}, {3, read_flags}});
  CHECK(keys_of(pfmerge, {"pfmerge", "d"}) == found_keys{{1, change_flags}});
  CHECK(keys_of(pfmerge, {"pfmerge"}).empty());
}

TEST_CASE("a count of keys is believed only within the arguments", "[key_finder]") {
  CHECK(indexes_of(msetex, {"msetex", "2", "a", "1", "b", "2", "EX", "9"}) == "2 4 ");
  CHECK(indexes_of(zunionstore, {"zunionstore", "d", "2", "a", "b", "WEIGHTS"}) == "1 3 4 ");
  for (const std::string_view count :
       {"0", "-1", "9", "x", "", "1.0", "9223372036854775807", "-9223372036854775808",
        "4611686018427387904", "99999999999999999999"})
    CHECK(indexes_of(msetex, {"msetex", count, "a", "1", "b", "2"}).empty());
  CHECK(indexes_of(zunionstore, {"zunionstore", "d"}).empty());
}

TEST_CASE("a keyword in any case begins the keys", "[key_finder]") {
  CHECK(indexes_of(xread, {"xread", "COUNT", "2", "streams", "a", "b", "0", "0"}) == "4 5 ");
  CHECK(indexes_of(xread, {"xread", "COUNT", "2", "x"}).empty());
  CHECK(indexes_of(xread, {"xread", "COUNT", "2", "STREAMS"}).empty());
}

TEST_CASE("commands without keys have none", "[key_finder]") {
  CHECK(keys_of(ping, {"ping", "x"}).empty());
  CHECK(keys_of(spublish, {"spublish", "channel", "x"}).empty());
  CHECK_FALSE(may_have_keys(ping));
  CHECK_FALSE(may_have_keys(spublish));
  CHECK(may_have_keys(get));
  CHECK(may_have_keys(sort));
}

TEST_CASE("what SET does to its key depends on GET", "[key_finder]") {
  CHECK(flags_of(set, {"set", "a", "b"}) == found_keys{{1, overwrite_flags}});
  CHECK(flags_of(set, {"set", "a", "b", "EX", "1", "get"}) == found_keys{{1, change_flags}});
  CHECK(flags_of(set, {"set", "get", "get"}) == found_keys{{1, overwrite_flags}});
  CHECK(flags_of(set, {"set", "a"}).empty());
  CHECK(keys_of(set, {"set", "a", "b"}) == found_keys{{1, change_flags | key_variable_flags}});
}

TEST_CASE("BITFIELD that only gets only reads", "[key_finder]") {
  CHECK(flags_of(bitfield, {"bitfield", "k"}) == found_keys{{1, read_flags}});
  CHECK(flags_of(bitfield, {"bitfield", "k", "GET", "u8", "0"}) == found_keys{{1, read_flags}});
  CHECK(flags_of(bitfield, {"bitfield", "k", "overflow", "sat"}) == found_keys{{1, read_flags}});
  CHECK(flags_of(bitfield, {"bitfield", "k", "get", "u8"}) == found_keys{{1, change_flags}});
  CHECK(flags_of(bitfield, {"bitfield", "k", "get", "u8", "0", "set", "u8", "0", "1"})
        == found_keys{{1, change_flags}});
}

TEST_CASE("DELEX without a condition does not look at the value", "[key_finder]") {
  CHECK(flags_of(delex, {"delex", "k"}) == found_keys{{1, key_rm | key_delete}});
  CHECK(flags_of(delex, {"delex", "k", "IFEQ", "v"}) == found_keys{{1, key_rw | key_delete}});
}

TEST_CASE("SORT stores under the last STORE that is not another option's word", "[key_finder]") {
  CHECK(keys_of(sort, {"sort", "k"}) == found_keys{{1, read_flags}});
  CHECK(indexes_of(sort, {"sort", "k", "BY", "store", "LIMIT", "store", "2", "GET", "store"})
        == "1 ");
  CHECK(indexes_of(sort, {"sort", "k", "store", "a", "STORE", "b"}) == "1 5 ");
  CHECK(indexes_of(sort, {"sort", "k", "by", "x", "store"}) == "1 ");
}

TEST_CASE("SORT reads unnamed keys if BY or GET has a star", "[key_finder]") {
  const auto reads = [](std::vector<std::string_view> request) {
    return reads_unnamed_keys(sort, request);
  };
  CHECK(reads({"sort", "k", "BY", "w_*"}));
  CHECK(reads({"sort", "k", "GET", "#", "get", "*"}));
  CHECK_FALSE(reads({"sort", "k", "BY", "nosort", "GET", "#"}));
  CHECK_FALSE(reads({"sort", "*", "STORE", "*"}));
  CHECK_FALSE(reads({"sort", "k", "LIMIT", "BY", "*"}));
  CHECK_FALSE(reads({"sort", "k", "BY", std::string_view{"\0*", 2}}));
  CHECK_FALSE(reads({"sort", "k", "BY"}));
  CHECK_FALSE(reads_unnamed_keys(get, std::vector<std::string_view>{"get", "k", "BY", "*"}));
}

TEST_CASE("MIGRATE takes its keys from KEYS if the key is empty", "[key_finder]") {
  CHECK(indexes_of(migrate, {"migrate", "h", "1", "k", "0", "9", "COPY"}) == "3 ");
  CHECK(indexes_of(migrate, {"migrate", "h", "1", "", "0", "9", "KEYS", "a", "b"}) == "7 8 ");
  CHECK(indexes_of(migrate, {"migrate", "h", "1", "", "0", "9", "AUTH", "KEYS", "KEYS", "a"})
        == "9 ");
  CHECK(indexes_of(migrate, {"migrate", "h", "1", "k", "0", "9", "KEYS", "a"}).empty());
  CHECK(indexes_of(migrate, {"migrate", "h"}).empty());
}

TEST_CASE("GEORADIUS stores only if it says so", "[key_finder]") {
  CHECK(indexes_of(georadius, {"georadius", "k", "1", "2", "3", "km"}) == "1 ");
  CHECK(indexes_of(georadius, {"georadius", "k", "1", "2", "3", "km", "ASC", "store", "d"})
        == "1 8 ");
  // The last one counts, and a key may be called like an option.
  CHECK(indexes_of(georadius, {"georadius", "k", "1", "2", "3", "km", "STORE", "a", "STORE", "b"})
        == "1 9 ");
  CHECK(indexes_of(georadius,
                   {"georadius", "k", "1", "2", "3", "km", "STORE", "STOREDIST", "STORE", "b"})
        == "1 9 ");
}

TEST_CASE("random requests give indexes within the request", "[key_finder]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  const std::string_view pool[] = {"a",  "",      "0",    "1",     "2",    "-1",    "get",    "set",
                                   "by", "store", "keys", "limit", "auth", "auth2", "streams"};
  const command_spec* const specs[] = {&get,      &mget,        &mset,  &lcs,     &rename_it,
                                       &msetex,   &zunionstore, &xread, &blpop,   &set,
                                       &bitfield, &delex,       &sort,  &migrate, &georadius};
  found_keys keys;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::string_view> request(1 + random() % 10);
    for (std::string_view& word : request)
      word = pool[random() % std::size(pool)];
    const command_spec& spec = *specs[random() % std::size(specs)];
    CAPTURE(spec.name);
    find_keys_and_flags(spec, request, keys);
    for (const found_key& key : keys)
      REQUIRE((key.index > 0 && key.index < request.size()));
    find_keys(spec, request, keys);
    for (const found_key& key : keys)
      REQUIRE((key.index > 0 && key.index < request.size()));
  }
}

TEST_CASE("simple ranges are told to clients that know no specifications", "[key_finder]") {
  CHECK(simple_key_range(get) == key_range{1, 1, 1});
  CHECK(simple_key_range(mget) == key_range{1, -1, 1});
  CHECK(simple_key_range(mset) == key_range{1, -1, 2});
  CHECK(simple_key_range(rename_it) == key_range{1, 2, 1});
  CHECK(simple_key_range(zunionstore) == key_range{1, 1, 1});
  CHECK(simple_key_range(msetex) == key_range{0, 0, 0});
  CHECK(simple_key_range(ping) == key_range{0, 0, 0});
  CHECK(simple_key_range(blpop) == key_range{1, -2, 1});
}

TEST_CASE("keys that a range does not tell are movable", "[key_finder]") {
  for (const command_spec* const spec : {&get, &mget, &mset, &lcs, &rename_it, &ping, &blpop})
    CHECK_FALSE(has_movable_keys(*spec));
  for (const command_spec* const spec : {&msetex, &zunionstore, &xread, &sort, &migrate})
    CHECK(has_movable_keys(*spec));
}
