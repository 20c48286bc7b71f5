#include "base/dictionary.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

using thespis::base::describe;
using thespis::base::dictionary;
using thespis::base::random_bits;

namespace {

/// The least that a dictionary can hold.
struct named {
  std::string name;
  std::string_view key() const {
    return name;
  }
};

/// A dictionary with the items that it holds, and a plain map beside it.
struct fixture {
  explicit fixture(std::uint64_t seed) : table(seed) {
  }
  /// Whether it was new.
  bool add(const std::string& key) {
    auto at = table.find(key, table.hash(key));
    REQUIRE((at.item != nullptr) == (items.count(key) != 0));
    if (at.item != nullptr)
      return false;
    table.make_room(at.hash);
    auto& item = items[key];
    item = std::make_unique<named>(named{key});
    table.insert(at, item.get());
    return true;
  }
  bool remove(const std::string& key) {
    auto at = table.find(key, table.hash(key));
    REQUIRE((at.item != nullptr) == (items.count(key) != 0));
    if (at.item == nullptr)
      return false;
    table.erase(at);
    items.erase(key);
    return true;
  }
  void check_all() {
    REQUIRE(table.size() == items.size());
    for (const auto& [key, item] : items)
      REQUIRE(table.find(key, table.hash(key)).item == item.get());
    std::size_t seen = 0;
    table.for_each([&](named& each) {
      ++seen;
      REQUIRE(items.at(each.name).get() == &each);
    });
    REQUIRE(seen == items.size());
    const auto statistics = table.statistics();
    REQUIRE(statistics.items == items.size());
    std::size_t placed = 0;
    for (auto n : statistics.by_distance)
      placed += n;
    REQUIRE(placed == items.size());
  }

  dictionary<named> table;
  std::unordered_map<std::string, std::unique_ptr<named>> items;
};

std::string key_of(std::uint64_t n) {
  return "k" + std::to_string(n);
}

} // namespace

TEST_CASE("an empty dictionary owns no memory and finds nothing", "[dictionary]") {
  fixture f(1);
  CHECK(f.table.memory_bytes() == 0);
  CHECK(f.table.find("a", f.table.hash("a")).item == nullptr);
  CHECK(f.table.random(17) == nullptr);
  CHECK(f.table.scan(0, 10, [](named&) { FAIL("nothing to visit"); }) == 0);
  CHECK(f.table.scan(12345, 10, [](named&) { FAIL("nothing to visit"); }) == 0);
  f.table.prefetch_bucket(5);
  f.table.prefetch_item(5, 16);
  CHECK(describe(f.table.statistics()) == "No stats available for empty dictionaries\n");
}

TEST_CASE("a dictionary of every small size holds its items and gives all memory back",
          "[dictionary]") {
  for (std::size_t size :
       {1, 2, 6, 7, 8, 13, 14, 15, 48, 49, 63, 64, 65, 100, 391, 392, 393, 1000}) {
    fixture f(size);
    for (std::size_t i = 0; i < size; ++i)
      REQUIRE(f.add(key_of(i)));
    f.check_all();
    for (std::size_t i = 0; i < size; ++i)
      REQUIRE_FALSE(f.add(key_of(i)));
    CHECK_FALSE(f.remove("absent"));
    for (std::size_t i = 0; i < size; ++i) {
      REQUIRE(f.remove(key_of(i)));
      REQUIRE_FALSE(f.remove(key_of(i)));
    }
    CHECK(f.table.size() == 0);
    CHECK(f.table.memory_bytes() == 0);
  }
}

TEST_CASE("up to seven items take one bucket", "[dictionary]") {
  fixture f(3);
  for (std::uint64_t i = 0; i < 7; ++i)
    f.add(key_of(i));
  CHECK(f.table.statistics().buckets == 1);
  CHECK(f.table.memory_bytes() == 64 + 10);
}

TEST_CASE("a dictionary behaves like a map under random insertions and removals", "[dictionary]") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    INFO("seed " << seed);
    random_bits random(seed);
    fixture f(seed * 77);
    // Phases that mostly grow and mostly shrink, over ranges that cross segment and directory
    // sizes.
    for (int phase = 0; phase < 6; ++phase) {
      const auto range = 1 + random.below(phase % 2 == 0 ? 20000 : 3000);
      const auto odds_of_add = phase % 2 == 0 ? 80u : 25u;
      for (int i = 0; i < 8000; ++i) {
        const auto key = key_of(random.below(range));
        if (random.below(100) < odds_of_add)
          f.add(key);
        else
          f.remove(key);
      }
      f.check_all();
    }
  }
}

TEST_CASE("memory follows the number of items down as well as up", "[dictionary]") {
  fixture f(9);
  constexpr std::uint64_t count = 200000;
  for (std::uint64_t i = 0; i < count; ++i)
    f.add(key_of(i));
  const auto full = f.table.memory_bytes();
  // 64 bytes for seven slots, at least 65 % of which are in use.
  CHECK(static_cast<double>(full) / count < 64 / (7 * 0.65));
  for (std::uint64_t left : {100000u, 10000u, 1000u, 100u, 10u}) {
    for (auto i = f.table.size(); i-- > left;)
      f.remove(key_of(i));
    REQUIRE(f.table.size() == left);
    CHECK(static_cast<double>(f.table.memory_bytes()) / static_cast<double>(left)
          < 64 / (7 * 0.28));
    f.check_all();
  }
}

TEST_CASE("a dictionary that must not shrink keeps its memory until it may", "[dictionary]") {
  std::atomic<bool> may_shrink{false};
  dictionary<named> table{9, &may_shrink};
  std::vector<named> items;
  for (std::uint64_t i = 0; i < 1000; ++i)
    items.push_back({key_of(i)});
  const auto add_all = [&] {
    for (auto& item : items) {
      auto at = table.find(item.name, table.hash(item.name));
      table.make_room(at.hash);
      table.insert(at, &item);
    }
  };
  const auto remove = [&](std::size_t from) {
    for (auto i = from; i < items.size(); ++i) {
      auto at = table.find(items[i].name, table.hash(items[i].name));
      REQUIRE(at.item == &items[i]);
      table.erase(at);
    }
  };
  add_all();
  const auto full = table.memory_bytes();
  remove(0);
  CHECK(table.size() == 0);
  CHECK(table.memory_bytes() == full);
  CHECK(table.random(17) == nullptr);
  CHECK(describe(table.statistics()) == "No stats available for empty dictionaries\n");
  add_all();
  CHECK(table.memory_bytes() == full);
  dictionary<named> moved{std::move(table)};
  CHECK(moved.may_shrink() == &may_shrink);
  moved.swap(table);
  may_shrink = true;
  remove(100);
  CHECK(table.memory_bytes() < full / 2);
}

TEST_CASE("churn at a constant size keeps items near their home", "[dictionary]") {
  fixture f(11);
  for (std::uint64_t i = 0; i < 20000; ++i)
    f.add(key_of(i));
  for (std::uint64_t i = 20000; i < 200000; ++i) {
    f.add(key_of(i));
    f.remove(key_of(i - 20000));
  }
  f.check_all();
  const auto statistics = f.table.statistics();
  CHECK(statistics.by_distance[0] > statistics.items * 8 / 10);
  CHECK(static_cast<double>(statistics.bytes) / static_cast<double>(statistics.items) < 24);
}

TEST_CASE("a full scan visits every item of a quiet dictionary exactly once",
          "[dictionary][scan]") {
  for (std::size_t size : {1, 7, 8, 50, 64, 392, 393, 5000, 120000})
    for (std::size_t count : {1, 10, 1000}) {
      if (size == 120000 && count == 1)
        continue;
      fixture f(size + count);
      for (std::size_t i = 0; i < size; ++i)
        f.add(key_of(i));
      std::unordered_map<std::string, int> visits;
      std::uint64_t cursor = 0;
      std::size_t calls = 0;
      do {
        std::size_t visited = 0;
        cursor = f.table.scan(cursor, count, [&](named& each) {
          ++visits[each.name];
          ++visited;
        });
        REQUIRE(cursor < std::uint64_t{1} << 32);
        // No more than one bucket's items above what was asked for.
        REQUIRE(visited < count + 64);
        ++calls;
      } while (cursor != 0);
      REQUIRE(visits.size() == size);
      for (const auto& [key, times] : visits)
        REQUIRE(times == 1);
      CHECK(calls <= size / count + 1 + size / 2);
    }
}

TEST_CASE("scan cursors of a small dictionary are small numbers", "[dictionary][scan]") {
  fixture f(5);
  for (std::uint64_t i = 0; i < 14 * 4; ++i)
    f.add(key_of(i));
  REQUIRE(f.table.statistics().buckets <= 64);
  std::uint64_t cursor = 0;
  do {
    cursor = f.table.scan(cursor, 1, [](named&) {});
    CHECK(cursor < std::uint64_t{1} << 32);
  } while (cursor != 0);
}

TEST_CASE("a scan visits all that stays while the dictionary grows and shrinks",
          "[dictionary][scan]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    random_bits random(seed);
    fixture f(seed);
    const auto stay = 1 + random.below(seed % 2 == 0 ? 3000 : 60);
    for (std::uint64_t i = 0; i < stay; ++i)
      f.add("stay" + std::to_string(i));
    std::uint64_t extra = 0;
    const auto extra_max = 1 + random.below(20000);
    if (random.below(2) == 0)
      for (; extra < extra_max; ++extra)
        f.add(key_of(extra));
    bool growing = extra == 0;
    std::set<std::string> seen;
    std::uint64_t cursor = 0;
    do {
      cursor = f.table.scan(cursor, 1 + random.below(30),
                            [&](named& each) { seen.insert(each.name); });
      const auto step = random.below(400);
      for (std::uint64_t i = 0; i < step; ++i) {
        if (growing)
          f.add(key_of(extra++));
        else if (extra > 0)
          f.remove(key_of(--extra));
      }
      if (extra >= extra_max)
        growing = false;
      else if (extra == 0)
        growing = random.below(2) == 0;
    } while (cursor != 0);
    for (std::uint64_t i = 0; i < stay; ++i)
      REQUIRE(seen.count("stay" + std::to_string(i)) == 1);
  }
}

TEST_CASE("any number is accepted as a scan cursor", "[dictionary][scan]") {
  random_bits random(3);
  fixture f(3);
  for (std::uint64_t i = 0; i < 1000; ++i)
    f.add(key_of(i));
  for (int i = 0; i < 1000; ++i)
    f.table.scan(random.next() >> random.below(64), 1 + random.below(20), [](named&) {});
  f.table.scan(~std::uint64_t{0}, 10, [](named&) {});
  SUCCEED("no crash");
}

TEST_CASE("a zero count still makes progress", "[dictionary][scan]") {
  fixture f(4);
  for (std::uint64_t i = 0; i < 100; ++i)
    f.add(key_of(i));
  std::uint64_t cursor = 0;
  std::size_t seen = 0;
  std::size_t calls = 0;
  do {
    cursor = f.table.scan(cursor, 0, [&](named&) { ++seen; });
    REQUIRE(++calls < 1000);
  } while (cursor != 0);
  CHECK(seen == 100);
}

TEST_CASE("random picks are fair", "[dictionary]") {
  for (std::uint64_t size : {1, 5, 7, 30, 300, 700, 3000}) {
    INFO("size " << size);
    fixture f(size);
    for (std::uint64_t i = 0; i < size; ++i)
      f.add(key_of(i));
    random_bits random(size);
    std::unordered_map<std::string, std::uint64_t> picks;
    constexpr std::uint64_t per_item = 200;
    for (std::uint64_t i = 0; i < size * per_item; ++i)
      ++picks[f.table.random(random.next())->name];
    double chi_square = 0;
    for (const auto& [key, item] : f.items) {
      const auto off = static_cast<double>(picks[key]) - per_item;
      chi_square += off * off / per_item;
    }
    // Mean size - 1, variance 2 (size - 1): six standard deviations.
    const auto freedom = static_cast<double>(size - 1);
    CHECK(chi_square <= freedom + 6 * std::sqrt(2 * freedom) + 1e-9);
  }
}

TEST_CASE("random finds the last items of a dictionary that was large", "[dictionary]") {
  fixture f(21);
  for (std::uint64_t i = 0; i < 50000; ++i)
    f.add(key_of(i));
  for (std::uint64_t i = 3; i < 50000; ++i)
    f.remove(key_of(i));
  random_bits random(1);
  std::set<std::string> picked;
  for (int i = 0; i < 500; ++i) {
    auto* item = f.table.random(random.next());
    REQUIRE(item != nullptr);
    picked.insert(item->name);
  }
  CHECK(picked.size() == 3);
}

TEST_CASE("a replaced item is found instead of the old one", "[dictionary]") {
  fixture f(8);
  for (std::uint64_t i = 0; i < 100; ++i)
    f.add(key_of(i));
  named other{"k42"};
  auto at = f.table.find("k42", f.table.hash("k42"));
  f.table.replace(at, &other);
  CHECK(f.table.find("k42", f.table.hash("k42")).item == &other);
  CHECK(f.table.size() == 100);
}

TEST_CASE("dictionaries swap content and seed", "[dictionary]") {
  fixture a(1);
  fixture b(2);
  a.add("x");
  b.add("y");
  b.add("z");
  a.table.swap(b.table);
  std::swap(a.items, b.items);
  a.check_all();
  b.check_all();
  CHECK(a.table.size() == 2);
}
