#include "types/hash.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using thespis::base::random_bits;
using thespis::types::element_alarm;
using thespis::types::hash;
using thespis::types::hash_item;
using thespis::types::hash_table;
using thespis::types::packed_limits;

namespace {

constexpr std::int64_t start_ms = 1'700'000'000'000;
constexpr packed_limits usual{128, 64};

struct expected {
  std::string value;
  std::int64_t expire_at_ms = hash_item::never;

  friend bool operator==(const expected&, const expected&) = default;
};
using model = std::map<std::string, expected>;

model content(const hash& from) {
  model all;
  from.for_each([&](const hash_item& each) {
    const auto is_new
      = all.emplace(each.field, expected{std::string(each.value), each.expire_at_ms}).second;
    CHECK(is_new);
  });
  return all;
}

std::int64_t first_expiry(const model& of) {
  auto first = hash_item::never;
  for (const auto& [field, what] : of)
    first = std::min(first, what.expire_at_ms);
  return first;
}

std::size_t expiring(const model& of) {
  return static_cast<std::size_t>(std::count_if(of.begin(), of.end(), [](const auto& each) {
    return each.second.expire_at_ms != hash_item::never;
  }));
}

/// Takes all that is due, in slices, and returns the fields.
std::set<std::string> expire_all(hash& in, std::int64_t now_ms, std::size_t budget) {
  std::set<std::string> gone;
  while (in.may_hold_expired(now_ms)) {
    const auto count = in.expire_due(now_ms, budget, [&](const auto& field) {
      CHECK(field.expire_at_ms() <= now_ms);
      gone.emplace(field.key());
    });
    CHECK(count <= budget);
  }
  return gone;
}

} // namespace

TEST_CASE("a hash without fields owns nothing", "[hash]") {
  hash h;
  CHECK(h.size() == 0);
  CHECK(h.encoding_name() == "listpack");
  CHECK(h.memory_bytes() == 0);
  CHECK_FALSE(h.find("f"));
  CHECK_FALSE(h.erase("f"));
  CHECK(h.alarm() == nullptr);
  h.set("f", "v", usual);
  CHECK(h.erase("f"));
  CHECK(h.release() == nullptr);
}

TEST_CASE("a hash becomes a table where its limits end, and stays one", "[hash]") {
  const packed_limits limits{3, 5};
  SECTION("by the number of fields") {
    hash h;
    for (const auto* field : {"a", "b", "c"})
      CHECK(h.set(field, "1", limits));
    CHECK_FALSE(h.set("c", "2", limits));
    CHECK(h.encoding_name() == "listpack");
    CHECK(h.set("d", "1", limits));
    CHECK(h.encoding_name() == "hashtable");
    CHECK(h.size() == 4);
    for (const auto* field : {"a", "b", "c", "d"})
      CHECK(h.erase(field));
    CHECK(h.size() == 0);
    CHECK(h.encoding_name() == "hashtable");
  }
  SECTION("by a long field") {
    hash h;
    h.set("12345", "12345", limits);
    CHECK(h.encoding_name() == "listpack");
    h.set("123456", "", limits);
    CHECK(h.encoding_name() == "hashtable");
  }
  SECTION("by a long value") {
    hash h;
    h.set("f", "12345", limits);
    h.set("f", "123456", limits);
    CHECK(h.encoding_name() == "hashtable");
    h.set("f", "1", limits);
    CHECK(h.encoding_name() == "hashtable");
    CHECK(content(h) == model{{"f", {"1"}}});
  }
}

TEST_CASE("a hash whose fields expire is a table under another name within its limits", "[hash]") {
  const packed_limits limits{3, 5};
  hash h;
  h.set("a", "1", limits);
  CHECK_FALSE(h.set_expiry("b", start_ms, start_ms));
  CHECK(h.encoding_name() == "listpack");
  CHECK(h.set_expiry("a", start_ms, start_ms));
  CHECK(h.encoding_name() == "listpackex");
  CHECK(h.clear_expiry("a"));
  CHECK_FALSE(h.clear_expiry("a"));
  CHECK(h.encoding_name() == "listpackex");
  SECTION("by the number of fields") {
    for (const auto* field : {"b", "c", "d"})
      h.set(field, "1", limits);
  }
  SECTION("by a long value") {
    h.set("b", "123456", limits);
  }
  CHECK(h.encoding_name() == "hashtable");
}

TEST_CASE("a new value takes the expiry of its field, unless it is to stay", "[hash]") {
  hash h;
  h.set("a", "1", usual);
  h.set_expiry("a", start_ms + 5, start_ms);
  h.set("a", "a value of some length, so that the field moves", usual, true);
  CHECK(h.find("a")->expire_at_ms == start_ms + 5);
  CHECK(h.expiring() == 1);
  h.set("a", "2", usual);
  CHECK_FALSE(h.find("a")->expires());
  CHECK(h.find("a")->value == "2");
  CHECK(h.expiring() == 0);
  CHECK(h.alarm()->due_ms == element_alarm::never);
}

TEST_CASE("a field may have any length", "[hash]") {
  for (const std::size_t field : {0, 1, 255, 256, 70000})
    for (const std::size_t value : {0, 1, 255, 256, 70000}) {
      hash h;
      h.unpack();
      const std::string name(field, 'f');
      h.set(name, std::string(value, 'v'), usual);
      h.set_expiry(name, start_ms, start_ms);
      CHECK(content(h) == model{{name, {std::string(value, 'v'), start_ms}}});
      for (const std::size_t again : {value + 1, std::size_t{0}, value}) {
        h.set(name, std::string(again, 'w'), usual, true);
        CHECK(content(h) == model{{name, {std::string(again, 'w'), start_ms}}});
      }
    }
}

TEST_CASE("a field of 12 bytes with a value of 12 bytes is a block of 32", "[hash]") {
  hash h;
  h.unpack();
  const auto empty = h.memory_bytes();
  h.set("field:000001", "value:000001", usual);
  const auto one = h.memory_bytes();
  h.set("field:000002", "value:000002", usual);
  CHECK(h.memory_bytes() - one == 32);
  CHECK(one > empty);
}

TEST_CASE("a hash does what a map does", "[hash]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  // Never packed, on the border, packed for long; with times of which a walk or the wheel knows.
  for (const std::size_t limit : {0, 20, 128, 400})
    for (const std::size_t names : {15, 60, 300}) {
      hash h;
      model all;
      auto now = start_ms;
      const bool with_times = random.next() % 3 != 0;
      for (int step = 0; step < 4000; ++step) {
        const auto field = "field" + std::to_string(random.below(names));
        switch (random.below(with_times ? 8 : 4)) {
          case 0:
          case 1:
          case 2: {
            const auto keep = random.below(2) == 0;
            const std::string value(random.below(50) == 0 ? 300 : random.below(40),
                                    static_cast<char>('a' + random.below(26)));
            REQUIRE(h.set(field, value, {limit, 64}, keep) == !all.contains(field));
            auto& what = all[field];
            what = {value, keep ? what.expire_at_ms : hash_item::never};
            break;
          }
          case 3:
            REQUIRE(h.erase(field) == (all.erase(field) != 0));
            break;
          case 4:
          case 5: {
            static constexpr std::uint64_t spans[] = {3, 100, 5000, 1'000'000, 5'000'000'000};
            const auto at_ms = now
                               + static_cast<std::int64_t>(random.below(spans[random.below(5)]));
            REQUIRE(h.set_expiry(field, at_ms, now) == all.contains(field));
            if (all.contains(field))
              all[field].expire_at_ms = at_ms;
            break;
          }
          case 6: {
            const auto at = all.find(field);
            const auto had = at != all.end() && at->second.expire_at_ms != hash_item::never;
            REQUIRE(h.clear_expiry(field) == had);
            if (had)
              at->second.expire_at_ms = hash_item::never;
            break;
          }
          default: {
            now += static_cast<std::int64_t>(random.below(random.below(20) == 0 ? 100'000 : 20));
            std::set<std::string> due;
            for (const auto& [name, what] : all)
              if (what.expire_at_ms <= now)
                due.insert(name);
            REQUIRE(expire_all(h, now, 1 + random.below(30)) == due);
            for (const auto& name : due)
              all.erase(name);
            break;
          }
        }
        REQUIRE(h.size() == all.size());
        REQUIRE(h.expiring() == expiring(all));
        if (h.alarm() != nullptr) {
          REQUIRE(h.alarm()->due_ms <= first_expiry(all));
          if (expiring(all) == 0)
            REQUIRE(h.alarm()->due_ms == element_alarm::never);
        }
        const auto found = h.find(field);
        REQUIRE(found.has_value() == all.contains(field));
        if (found) {
          REQUIRE(found->field == field);
          REQUIRE(expected{std::string(found->value), found->expire_at_ms} == all[field]);
        }
        if (step % 100 == 0) {
          REQUIRE(content(h) == all);
          REQUIRE(content(h.copy()) == all);
          h = hash::adopt(h.release());
        }
      }
    }
}

TEST_CASE("stale records of a hash's times stay few", "[hash]") {
  hash h;
  h.unpack();
  for (int i = 0; i < 1000; ++i) {
    h.set(std::to_string(i), "value", usual);
    h.set_expiry(std::to_string(i), start_ms + 1'000'000, start_ms);
  }
  const auto before = h.memory_bytes();
  for (int i = 0; i < 300'000; ++i) {
    const auto field = std::to_string(i % 1000);
    h.set(field, "value", usual);
    h.set_expiry(field, start_ms + 1'000'000 + i, start_ms);
  }
  CHECK(h.memory_bytes() < before + 65536);
  CHECK(expire_all(h, start_ms + 2'000'000, 100).size() == 1000);
  CHECK(h.size() == 0);
}

TEST_CASE("a copy of a hash keeps times but nobody's record of them", "[hash]") {
  hash h;
  h.set("a", "1", usual);
  h.set_expiry("a", start_ms + 9, start_ms);
  h.alarm()->announced_ms = start_ms;
  const auto copy = h.copy();
  CHECK(copy.encoding_name() == "listpackex");
  CHECK(content(copy) == content(h));
  CHECK(copy.alarm()->due_ms == start_ms + 9);
  CHECK(copy.alarm()->announced_ms == element_alarm::never);
}

TEST_CASE("a walk through a growing hash misses no field that stays", "[hash]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  hash h;
  for (int i = 0; i < 1000; ++i)
    h.set("stays" + std::to_string(i), "v", usual);
  std::set<std::string> seen;
  std::uint64_t cursor = 0;
  int added = 0;
  do {
    cursor = h.scan(cursor, 10, [&](const hash_item& each) { seen.emplace(each.field); });
    for (auto i = random.below(40); i > 0 && added < 50'000; --i)
      h.set("new" + std::to_string(added++), "v", usual);
    if (added > 100)
      h.erase("new" + std::to_string(random.below(static_cast<std::uint64_t>(added))));
  } while (cursor != 0);
  for (int i = 0; i < 1000; ++i)
    REQUIRE(seen.contains("stays" + std::to_string(i)));
}

TEST_CASE("every field of a hash is picked about as often", "[hash]") {
  random_bits random(Catch::rngSeed());
  for (const int fields : {10, 500}) {
    hash h;
    for (int i = 0; i < fields; ++i)
      h.set(std::to_string(i), "v", usual);
    std::map<std::string, int> picks;
    for (int i = 0; i < fields * 200; ++i)
      ++picks[std::string(h.random(random).field)];
    REQUIRE(picks.size() == static_cast<std::size_t>(fields));
    for (const auto& [field, count] : picks)
      CHECK((count > 110 && count < 310));
  }
}
