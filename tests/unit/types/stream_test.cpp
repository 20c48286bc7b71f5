#include "types/stream.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace thespis::types;
using thespis::base::random_bits;

namespace {

using stream_words = std::vector<std::string>;
using stream_model = std::map<stream_id, stream_words>;

void add(stream& to, const stream_id& id, const stream_words& words,
         const stream_limits& limits = {}) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  to.append(id, views, limits);
}

stream_words words_of(const stream_entry& entry) {
  stream_words words;
  entry.for_each([&](std::string_view field, std::string_view value) {
    words.emplace_back(field);
    words.emplace_back(value);
  });
  return words;
}

void compare_entries(const stream& value, const stream_model& model) {
  REQUIRE(value.size() == model.size());
  auto at = value.first();
  for (const auto& [id, words] : model) {
    REQUIRE(at);
    REQUIRE((*at).id == id);
    REQUIRE(words_of(*at) == words);
    ++at;
  }
  REQUIRE_FALSE(at);
  at = value.last();
  for (auto each = model.rbegin(); each != model.rend(); ++each) {
    REQUIRE(at);
    REQUIRE(at.id() == each->first);
    --at;
  }
  REQUIRE_FALSE(at);
  REQUIRE(value.first_id() == (model.empty() ? stream_id{} : model.begin()->first));
}

stream_words some_fields(random_bits& random) {
  static const stream_words usual[] = {{"a", "1", "b", "2"}, {"a", "x", "b", ""}, {"", ""}};
  if (random.next() % 4 != 0)
    return usual[random.next() % 3];
  stream_words words;
  const auto count = random.next() % 20 == 0 ? 200 : 1 + random.next() % 4;
  for (std::size_t i = 0; i < count * 2; ++i)
    words.emplace_back(random.next() % 10 == 0 ? random.next() % 600 : random.next() % 5,
                       static_cast<char>('a' + random.next() % 3));
  return words;
}

} // namespace

TEST_CASE("an ID is read as strictly as Redis reads it", "[stream]") {
  const auto read = [](std::string_view text) { return parse_stream_id(text, 7); };
  CHECK(read("5")->id == stream_id{5, 7});
  CHECK(read("5-3")->id == stream_id{5, 3});
  CHECK(read("18446744073709551615-18446744073709551615")->id == last_possible_id);
  CHECK(read(" 5-+3")->id == stream_id{5, 3});
  CHECK(read("005-03")->id == stream_id{5, 3});
  CHECK(read(std::string_view{"5\0x", 3})->id == stream_id{5, 7});
  for (const auto* text :
       {"", "-", "5-", "-5", "5--3", "a", "5-a", "5-*", "5-3-1", "18446744073709551616", "5 "})
    CHECK_FALSE(read(text));
  CHECK_FALSE(read(std::string(128, '1')));
  CHECK(parse_stream_id("5-*", 0, true)->open_sequence);
  CHECK_FALSE(parse_stream_id("5-3", 0, true)->open_sequence);
  CHECK(std::string_view{stream_id_text{last_possible_id}}
        == "18446744073709551615-18446744073709551615");
}

TEST_CASE("an ID has a next and a previous one but at the ends", "[stream]") {
  CHECK(stream_id{1, 2}.next() == stream_id{1, 3});
  CHECK(stream_id{1, stream_id::field_max}.next() == stream_id{2, 0});
  CHECK_FALSE(last_possible_id.next());
  CHECK(stream_id{2, 0}.previous() == stream_id{1, stream_id::field_max});
  CHECK_FALSE(stream_id{}.previous());
}

TEST_CASE("a stream without entries has no word until one is made", "[stream]") {
  stream value;
  CHECK(value.size() == 0);
  CHECK(value.last_id().is_zero());
  CHECK_FALSE(value.first());
  CHECK_FALSE(value.erase({1, 1}));
  CHECK(value.trim({.length = 0}) == 0);
  CHECK(value.find_group("g") == nullptr);
  CHECK(value.release() == nullptr);
  value.make();
  CHECK(value.memory_bytes() > 0);
}

TEST_CASE("a stream does what a map does", "[stream]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (const stream_limits limits :
       {stream_limits{}, stream_limits{200, 3}, stream_limits{0, 0}, stream_limits{1, 1}}) {
    stream value;
    stream_model model;
    stream_id top{1, 1};
    std::uint64_t added = 0;
    for (int step = 0; step < 3000; ++step) {
      const auto pick = [&] {
        const auto ms = random.next() % (top.ms + 2);
        auto at = model.lower_bound({ms, random.next() % 3});
        return at == model.end() || random.next() % 4 == 0 ? stream_id{ms, 0} : at->first;
      };
      switch (random.next() % 12) {
        case 0:
        case 1: {
          const auto id = pick();
          REQUIRE(value.erase(id) == (model.erase(id) != 0));
          break;
        }
        case 2: {
          const auto length = model.size()
                              - std::min<std::size_t>(model.size(), random.next() % 20);
          REQUIRE(value.trim({.length = length}) == model.size() - length);
          while (model.size() > length)
            model.erase(model.begin());
          break;
        }
        case 3: {
          if (random.next() % 10 != 0)
            break;
          const auto id = pick();
          const auto old = model.size();
          model.erase(model.begin(), model.lower_bound(id));
          REQUIRE(value.trim({.min_id = id}) == old - model.size());
          break;
        }
        default: {
          static constexpr std::uint64_t leaps[] = {0, 0, 1, 1, 100, 40'000};
          const auto leap = leaps[random.next() % 6];
          top = leap == 0 ? stream_id{top.ms, top.seq + 1 + random.next() % 200}
                          : stream_id{top.ms + leap, random.next() % 300};
          const auto words = some_fields(random);
          add(value, top, words, limits);
          model.emplace(top, words);
          ++added;
        }
      }
      const auto id = pick();
      const auto low = model.lower_bound(id);
      const auto at = value.at_least(id);
      REQUIRE(bool{at} == (low != model.end()));
      if (at)
        REQUIRE(words_of(*at) == low->second);
      REQUIRE(value.contains(id) == model.contains(id));
      const auto below = value.at_most(id);
      auto high = model.upper_bound(id);
      REQUIRE(bool{below} == (high != model.begin()));
      if (below)
        REQUIRE(below.id() == (--high)->first);
      if (step % 50 == 0)
        compare_entries(value, model);
    }
    compare_entries(value, model);
    REQUIRE(value.entries_added() == added);
    REQUIRE(value.last_id() == top);
    const auto copy = value.copy();
    compare_entries(copy, model);
    auto again = stream::adopt(value.release());
    CHECK(value.size() == 0);
    compare_entries(again, model);
    CHECK(copy.memory_bytes() <= again.memory_bytes());
  }
}

TEST_CASE("IDs that are far apart are in blocks of their own", "[stream]") {
  stream value;
  add(value, {1, 1}, {"a", "1"});
  add(value, {std::uint64_t{1} << 63, 5}, {"a", "2"});
  add(value, last_possible_id, {"a", "3"});
  CHECK(value.contains({std::uint64_t{1} << 63, 5}));
  CHECK(value.contains(last_possible_id));
  CHECK(value.blocks() == 3);
}

TEST_CASE("an approximate trim takes whole blocks and heeds its limit", "[stream]") {
  stream value;
  for (std::uint64_t i = 1; i <= 35; ++i)
    add(value, {i, 0}, {"a", "1"}, {4096, 10});
  CHECK(value.blocks() == 4);
  CHECK(value.trim({.length = 26, .approximate = true}) == 0);
  CHECK(value.trim({.length = 0, .approximate = true, .limit = 15}) == 10);
  CHECK(value.trim({.min_id = {25, 0}, .approximate = true}) == 10);
  CHECK(value.first_id() == stream_id{21, 0});
  CHECK(value.trim({.length = 0}) == 15);
  CHECK(value.blocks() == 0);
  CHECK(value.max_deleted_id().is_zero());
}

TEST_CASE("deleted entries count for the border of a block", "[stream]") {
  stream value;
  for (std::uint64_t i = 1; i <= 10; ++i) {
    add(value, {i, 0}, {"a", "1"}, {4096, 10});
    if (i % 2 == 0)
      value.erase({i, 0});
  }
  add(value, {11, 0}, {"a", "1"}, {4096, 10});
  CHECK(value.blocks() == 2);
  CHECK(value.max_deleted_id() == stream_id{10, 0});
}

TEST_CASE("pending entries are found by ID in the group and by consumer", "[stream]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  consumer_group group{{0, 0}, 0};
  stream_consumer* consumers[] = {&group.add_consumer("a", 1), &group.add_consumer("b", 2),
                                  &group.add_consumer("c", 3), nullptr};
  std::map<stream_id, stream_consumer*> model;
  for (int step = 0; step < 20'000; ++step) {
    const stream_id id{random.next() % 500, 0};
    if (random.next() % 2 == 0) {
      auto* const owner = consumers[random.next() % 4];
      group.assign(id, owner).deliveries = 1;
      model[id] = owner;
    } else {
      REQUIRE(group.acknowledge(id) == (model.erase(id) != 0));
    }
  }
  const auto check = [&](const consumer_group& one) {
    REQUIRE(one.pending().size() == model.size());
    for (const auto& [id, owner] : model) {
      const auto* const found = one.pending().find(id);
      REQUIRE(found != nullptr);
      REQUIRE((found->owner == nullptr) == (owner == nullptr));
      if (owner != nullptr) {
        REQUIRE(found->owner->name == owner->name);
        REQUIRE(found->owner->pending.find(id) == found);
      }
    }
    std::size_t owned = 0;
    for (const auto& [name, each] : one.consumers())
      owned += each->pending.size();
    const auto none = std::count_if(model.begin(), model.end(),
                                    [](const auto& each) { return each.second == nullptr; });
    REQUIRE(owned + static_cast<std::size_t>(none) == model.size());
  };
  check(group);
  check(*group.copy());
  const auto size = consumers[0]->pending.size();
  const auto before = group.pending().size();
  CHECK(group.erase_consumer(*consumers[0]) == size);
  CHECK(group.pending().size() == before - size);
  CHECK(group.find_consumer("a") == nullptr);
}

TEST_CASE("entries are counted by blocks, and no further than anybody wants to know", "[stream]") {
  stream value;
  CHECK(value.count_about({}, last_possible_id, 100) == 0);
  for (std::uint64_t i = 1; i <= 95; ++i)
    add(value, {i * 10, 0}, {"a", "1"}, {4096, 10});
  CHECK(value.count_about({}, last_possible_id, 1000) == 95);
  CHECK(value.count_about({}, last_possible_id, 25) == 30);
  CHECK(value.count_about({500, 0}, {500, 0}, 1000) == 10);
  CHECK(value.count_about({500, 0}, {520, 0}, 1000) == 20);
  CHECK(value.count_about({945, 0}, last_possible_id, 1000) == 5);
  CHECK(value.count_about({}, {5, 0}, 1000) == 0);
  CHECK(value.trim_about({.length = 90}, 1000) == 5);
  CHECK(value.trim_about({.length = 95}, 1000) == 0);
  CHECK(value.trim_about({.min_id = {215, 0}}, 1000) == 30);
  CHECK(value.trim_about({.length = 5, .approximate = true, .limit = 20}, 1000) == 20);
}

TEST_CASE("the counts of a group wrap around, as its clients may set them", "[stream]") {
  stream value;
  add(value, {1, 1}, {"a", "1"});
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  CHECK(value.add_group("g", {}, most));
  auto& group = *value.find_group("g");
  CHECK(value.lag_of(group) == 1 - most);
  value.advance(group, {1, 1});
  CHECK(group.entries_read == std::numeric_limits<std::int64_t>::min());
  CHECK(value.lag_of(group) == std::numeric_limits<std::int64_t>::min() + 1);
}

TEST_CASE("what groups have not acknowledged is respected, or forgotten", "[stream]") {
  stream value;
  for (std::uint64_t i = 1; i <= 30; ++i)
    add(value, {i, 0}, {"a", "1"}, {4096, 10});
  CHECK_FALSE(value.is_referenced({5, 0}));
  CHECK(value.add_group("g", {20, 0}, 20));
  CHECK_FALSE(value.add_group("g", {}, 0));
  auto& group = *value.find_group("g");
  auto& alice = group.add_consumer("alice", 0);
  group.assign({2, 0}, &alice);
  group.assign({12, 0}, &alice);
  CHECK(value.is_referenced({2, 0}));
  CHECK(value.is_referenced({21, 0}));
  CHECK_FALSE(value.is_referenced({3, 0}));
  const auto respect = stream_references::respect;
  CHECK(value.trim({.length = 0, .references = respect}) == 18);
  CHECK(value.first_id() == stream_id{2, 0});
  CHECK(value.size() == 12);
  CHECK(value.trim({.length = 11, .references = stream_references::remove}) == 1);
  CHECK(group.pending().size() == 1);
  CHECK(alice.pending.size() == 1);
  CHECK(value.forget_references({12, 0}));
  CHECK_FALSE(value.forget_references({12, 0}));
  const auto copy = value.copy();
  CHECK(copy.find_group("g")->last_id == stream_id{20, 0});
  // The state, blocks and their index; a group and its consumer.
  CHECK(copy.effort() == 1 + copy.blocks() + copy.nodes() + 1 + 3);
  CHECK(value.erase_group("g"));
  CHECK_FALSE(value.erase_group("g"));
}
