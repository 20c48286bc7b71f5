/// Values of every type, made by chance with what the types offer, are the same when they have been
/// written and read, in every version of the format.

#include "base/random.hpp"
#include "tests/unit/persistence/packed_blocks.hpp"
#include "tests/unit/persistence/value_content.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <string>

using namespace thespis;
using namespace thespis::persistence;
using namespace thespis::persistence::tests;
using base::random_bits;
using types::hash_item;
using types::stream_id;

namespace {

/// A text that LZF makes shorter, or one that it does not.
std::string some_text(random_bits& random, std::size_t size) {
  return random.below(2) == 0 ? noise(random, size)
                              : std::string(size, static_cast<char>('a' + random.below(26)));
}

// -- values ---------------------------------------------------------------------------------------

restored_value some_string(random_bits& random) {
  constexpr std::size_t sizes[] = {0, 11, 12, 20, 21, 63, 64, 1024, 1025, 16383, 16384, 70'000};
  if (random.below(3) == 0)
    return some_element(random);
  return some_text(random, sizes[random.below(std::size(sizes))]);
}

restored_value some_list(random_bits& random, const keyspace::access_settings& settings) {
  const types::listpack_limit limit{settings.list_packed_size.load()};
  types::list made;
  const auto count_max = random.below(2) == 0 ? 20 : 1500;
  for (auto left = 1 + random.below(count_max); left > 0; --left) {
    const auto element = random.below(100) == 0 ? some_text(random, 8000 + random.below(30'000))
                                                : some_element(random);
    made.growing(limit, element.size(), 1);
    if (random.below(2) == 0)
      made.push_back(element);
    else
      made.push_front(element);
  }
  return made;
}

restored_value some_set(random_bits& random, const types::set_limits& limits) {
  types::set made;
  const bool integers = random.below(2) == 0;
  const auto bits = random.below(64);
  const auto count_max = random.below(2) == 0 ? 20 : 1000;
  for (auto left = 1 + random.below(count_max); left > 0; --left)
    made.add(integers ? std::to_string(static_cast<std::int64_t>(random.next()) >> bits)
                      : some_element(random),
             limits);
  return made;
}

double some_score(random_bits& random) {
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  constexpr double special[] = {0,
                                1,
                                -1,
                                0.1,
                                1e300,
                                -1e-300,
                                5e-324,
                                1e17,
                                1e308,
                                infinity,
                                -infinity,
                                3.5,
                                123456789012345678.0};
  if (random.below(2) == 0)
    return special[random.below(std::size(special))];
  const auto score = std::bit_cast<double>(random.next());
  return std::isnan(score) ? 0 : score;
}

restored_value some_zset(random_bits& random, const types::packed_limits& limits) {
  types::sorted_set made;
  const auto count_max = random.below(2) == 0 ? 20 : 1000;
  for (auto left = 1 + random.below(count_max); left > 0; --left) {
    const auto member = some_element(random);
    auto at = made.find(member);
    if (!at)
      made.insert(at, member, some_score(random), limits);
  }
  return made;
}

restored_value some_hash(random_bits& random, const types::packed_limits& limits) {
  constexpr std::int64_t times[] = {1,          now_ms - 1,       now_ms,
                                    now_ms + 1, now_ms + 100'000, hash_item::never - 1};
  types::hash made;
  const bool expire = random.below(2) == 0;
  const auto count_max = random.below(2) == 0 ? 20 : 500;
  for (auto left = 1 + random.below(count_max); left > 0; --left) {
    const auto field = some_element(random);
    made.set(field, some_element(random), limits);
    if (expire && random.below(2) == 0)
      made.set_expiry(field, times[random.below(std::size(times))], now_ms);
  }
  return made;
}

void add_group(types::stream& to, random_bits& random) {
  const auto name = some_element(random);
  if (!to.add_group(name, {random.next(), random.next()},
                    static_cast<std::int64_t>(random.next() >> 1) - 1))
    return;
  auto& group = *to.find_group(name);
  std::vector<types::stream_consumer*> owners{nullptr};
  for (auto left = random.below(4); left > 0; --left) {
    const auto consumer = some_element(random);
    if (group.find_consumer(consumer) != nullptr)
      continue;
    owners.push_back(&group.add_consumer(consumer, 1 + static_cast<std::int64_t>(random.below(9))));
    owners.back()->active_ms = static_cast<std::int64_t>(random.below(9)) - 1;
  }
  for (auto left = random.below(100); left > 0; --left) {
    auto& entry = group.assign({random.below(50), random.next()},
                               owners[random.below(owners.size())]);
    entry.delivered_ms = static_cast<std::int64_t>(random.below(2) * now_ms);
    entry.deliveries = static_cast<std::int64_t>(random.next() >> (1 + random.below(63)));
  }
}

restored_value some_stream(random_bits& random, const types::stream_limits& limits) {
  types::stream made;
  made.make();
  const auto usual = some_elements(random, 5);
  stream_id id;
  std::vector<stream_id> ids;
  for (auto left = random.below(400); left > 0; --left) {
    id.seq += 1 + random.next() % 3;
    id.ms += random.below(2) == 0 ? random.below(1000) : 0;
    elements words;
    for (const auto& name : usual) {
      words.push_back(random.below(30) == 0 ? some_element(random) : name);
      words.push_back(some_element(random));
    }
    words.resize(std::max<std::size_t>(2, words.size()), "x");
    made.append(id, std::vector<std::string_view>(words.begin(), words.end()), limits);
    ids.push_back(id);
  }
  for (const auto& each : ids)
    if (random.below(5) == 0)
      made.erase(each);
  if (random.below(2) == 0)
    made.set_last_id(types::last_possible_id);
  made.set_entries_added(made.entries_added() + (random.next() >> random.below(64)));
  for (auto left = random.below(4); left > 0; --left)
    add_group(made, random);
  return made;
}

// -- there and back -------------------------------------------------------------------------------

/// Returns the type as which it is written in that version.
rdb_type check_format(kept_value& value, const value_format& how,
                      const keyspace::access_settings& settings) {
  const auto type = written_type(value.entry(), how);
  CAPTURE(static_cast<int>(type), how.version, how.compress);
  const auto with_activity = type != rdb_type::stream_2;
  const auto bytes = written(value.entry(), how);
  rdb_reader in{bytes};
  auto read = read_value(in, type, {settings, now_ms});
  REQUIRE(read);
  REQUIRE(in.at_end());
  kept_value again{std::move(*read)};
  REQUIRE((content_reader::of(again.entry(), with_activity)
           == content_reader::of(value.entry(), with_activity)));
  REQUIRE(version_needed(type) <= std::max(how.version, rdb_version_field_expiry));
  // No beginning of it is a value.
  for (int i = 0; i < 20; ++i) {
    const auto size = bytes.size() * static_cast<std::size_t>(i) / 20;
    REQUIRE_FALSE(read_with(settings, type, std::string_view{bytes}.substr(0, size)));
  }
  return type;
}

template <class Make>
void check_many(int rounds, Make&& make) {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  const keyspace::access_settings settings;
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    kept_value value{make(random, settings)};
    for (const auto version : {std::uint16_t{10}, std::uint16_t{11}, std::uint16_t{12}})
      for (const bool compress : {false, true})
        check_format(value, {.version = version, .compress = compress}, settings);
  }
}

} // namespace

TEST_CASE("strings are read as they were written", "[value]") {
  check_many(300, [](auto& random, const auto&) { return some_string(random); });
}

TEST_CASE("lists are read as they were written", "[value]") {
  check_many(15, some_list);
}

TEST_CASE("lists are read whatever the size of their nodes is", "[value]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  const keyspace::access_settings settings;
  for (const int size : {-5, -4, -3, -2, -1, 0, 1, 2, 100, 100'000}) {
    kept_value value{some_list(random, settings)};
    check_format(value, {.list_packed_size = size}, settings);
  }
}

TEST_CASE("sets are read as they were written", "[value]") {
  check_many(30, [](auto& random, const auto& settings) {
    return some_set(random, {settings.set_packed.get(), settings.set_intset_entries.load()});
  });
}

TEST_CASE("sorted sets are read as they were written", "[value]") {
  check_many(30, [](auto& random, const auto& settings) {
    return some_zset(random, settings.zset_packed.get());
  });
}

TEST_CASE("a score of -0 is kept where the set keeps it", "[value]") {
  keyspace::access_settings settings;
  settings.zset_packed.entries = 0;
  types::sorted_set made;
  made.insert("member", -0.0, settings.zset_packed.get());
  kept_value value{std::move(made)};
  CHECK(check_format(value, {}, settings) == rdb_type::zset_binary_scores);
}

TEST_CASE("hashes are read as they were written", "[value]") {
  check_many(30, [](auto& random, const auto& settings) {
    return some_hash(random, settings.hash_packed.get());
  });
}

TEST_CASE("streams are read as they were written", "[value]") {
  check_many(30, [](auto& random, const auto&) {
    return some_stream(random, {.bytes = random.below(2) == 0 ? 4096u : 0u,
                                .entries = random.below(2) == 0 ? 100u : random.below(5)});
  });
}

TEST_CASE("the blocks of a stream begin where they did", "[value]") {
  const keyspace::access_settings settings;
  types::stream made;
  const std::string_view fields[] = {"field", "value"};
  for (std::uint64_t ms = 1; ms <= 350; ++ms)
    made.append({ms, 0}, fields, {.entries = ms <= 10 ? 3u : 100u});
  const auto blocks = made.blocks();
  kept_value value{std::move(made)};
  auto read = read_with(settings, rdb_type::stream_3, written(value.entry(), {.version = 11}));
  REQUIRE(read);
  kept_value again{std::move(*read)};
  CHECK(again.look<types::stream>()->blocks() == blocks);
}

TEST_CASE("values are written in the form that the version has for them", "[value]") {
  const keyspace::access_settings settings;
  const types::packed_limits packed;
  const types::packed_limits none{.entries = 0};
  const auto type_of = [&](restored_value&& made, std::uint16_t version) {
    kept_value value{std::move(made)};
    return check_format(value, {.version = version}, settings);
  };
  const auto set_of = [](types::set_element member, const types::set_limits& limits) {
    types::set made;
    made.add(member, limits);
    return made;
  };
  const auto hash_of = [&](const types::packed_limits& limits, bool expires) {
    types::hash made;
    made.set("field", "value", limits);
    if (expires)
      made.set_expiry("field", now_ms + 1, now_ms);
    return made;
  };
  const auto zset_of = [](const types::packed_limits& limits) {
    types::sorted_set made;
    made.insert("member", 1.5, limits);
    return made;
  };
  CHECK(type_of(std::string{"text"}, 10) == rdb_type::string);
  CHECK(type_of(set_of("1", {}), 10) == rdb_type::set_intset);
  CHECK(type_of(set_of("a", {}), 10) == rdb_type::set);
  CHECK(type_of(set_of("a", {}), 11) == rdb_type::set_listpack);
  CHECK(type_of(set_of("a", {none, 0}), 11) == rdb_type::set);
  CHECK(type_of(zset_of(packed), 10) == rdb_type::zset_listpack);
  CHECK(type_of(zset_of(none), 10) == rdb_type::zset_binary_scores);
  CHECK(type_of(hash_of(packed, false), 10) == rdb_type::hash_listpack);
  CHECK(type_of(hash_of(none, false), 10) == rdb_type::hash);
  CHECK(type_of(hash_of(packed, true), 10) == rdb_type::hash_expiry);
  CHECK(version_needed(rdb_type::hash_expiry) == 12);
  CHECK(version_needed(rdb_type::set_listpack) == 11);
  CHECK(version_needed(rdb_type::set) == 10);
}
