#include "base/expiry_wheel.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <map>
#include <unordered_set>
#include <vector>

using thespis::base::expiry_wheel;
using thespis::base::random_bits;

namespace {

/// A hash whose upper bits number the record.
std::uint64_t hash_of(std::uint64_t n) {
  return n << 28;
}

/// Takes all that is due and returns the numbers, in calls of `steps` steps.
std::vector<std::uint64_t> take(expiry_wheel& wheel, std::int64_t now_ms,
                                std::size_t steps = 1000) {
  std::vector<std::uint64_t> taken;
  while (wheel.more_due(now_ms)) {
    auto left = steps;
    const auto due = wheel.due(now_ms, left);
    for (auto i = due.size(); i > 0; --i) {
      taken.push_back(due[i - 1].hash() >> 28);
      wheel.pop_due();
    }
  }
  std::size_t any = 10;
  REQUIRE(wheel.due(now_ms, any).empty());
  return taken;
}

/// How much too early a record may come that was added when the wheel stood at `cursor_ms`.
std::int64_t slack_ms(std::int64_t at_ms, std::int64_t cursor_ms) {
  const auto ahead = static_cast<std::uint64_t>(at_ms ^ cursor_ms);
  const auto bits = 64 - (ahead == 0 ? 64 : __builtin_clzll(ahead));
  return bits <= 30 ? 0 : std::int64_t{1} << (bits - 24);
}

} // namespace

TEST_CASE("an empty wheel has nothing due ever", "[expiry_wheel]") {
  expiry_wheel wheel;
  CHECK(wheel.next_due_ms() == expiry_wheel::never);
  CHECK(take(wheel, 1'700'000'000'000).empty());
  CHECK(wheel.cursor_ms() == 1'700'000'000'000);
  CHECK(wheel.memory_bytes() == 0);
}

TEST_CASE("a record comes at its millisecond and not before", "[expiry_wheel]") {
  for (std::int64_t ahead :
       {0, 1, 63, 64, 65, 4095, 4096, 262'143, 262'144, 20'000'000, 1'073'000'000}) {
    expiry_wheel wheel;
    const std::int64_t start = 1'700'000'000'000;
    take(wheel, start);
    wheel.add(hash_of(7), 3, start + ahead);
    INFO("ahead " << ahead);
    CHECK(wheel.next_due_ms() <= start + ahead);
    CHECK(wheel.next_due_ms() >= start);
    if (ahead > 0)
      REQUIRE(take(wheel, start + ahead - 1).empty());
    REQUIRE(take(wheel, start + ahead) == std::vector<std::uint64_t>{7});
    CHECK(wheel.records() == 0);
  }
}

TEST_CASE("records of the past are due at once", "[expiry_wheel]") {
  expiry_wheel wheel;
  take(wheel, 1000);
  wheel.add(hash_of(1), 0, 999);
  wheel.add(hash_of(2), 0, 0);
  wheel.add(hash_of(3), 0, -5);
  wheel.add(hash_of(4), 0, std::numeric_limits<std::int64_t>::min());
  CHECK(wheel.next_due_ms() <= 1000);
  CHECK(take(wheel, 1000).size() == 4);
}

TEST_CASE("a clock that goes back takes nothing and loses nothing", "[expiry_wheel]") {
  expiry_wheel wheel;
  take(wheel, 5000);
  wheel.add(hash_of(1), 0, 6000);
  CHECK(take(wheel, 10).empty());
  CHECK(wheel.cursor_ms() == 5000);
  CHECK(take(wheel, 6000).size() == 1);
}

TEST_CASE("the far future is far", "[expiry_wheel]") {
  expiry_wheel wheel;
  const std::int64_t end = std::numeric_limits<std::int64_t>::max() - 1;
  wheel.add(hash_of(1), 0, std::int64_t{1} << 62);
  wheel.add(hash_of(2), 0, end);
  CHECK(take(wheel, 1'700'000'000'000).empty());
  CHECK(take(wheel, (std::int64_t{1} << 62) - (std::int64_t{1} << 42)).empty());
  CHECK(take(wheel, std::int64_t{1} << 62) == std::vector<std::uint64_t>{1});
  CHECK(take(wheel, end) == std::vector<std::uint64_t>{2});
}

TEST_CASE("a record keeps hash bits and generation through all levels", "[expiry_wheel]") {
  expiry_wheel wheel;
  const std::uint64_t hash = 0xfedc'ba98'7654'3210u;
  wheel.add(hash, 13, 1'700'000'000'000);
  std::size_t steps = 100;
  const auto due = wheel.due(1'700'000'000'000, steps);
  REQUIRE(due.size() == 1);
  CHECK(due[0].is_of(hash));
  CHECK_FALSE(due[0].is_of(hash + (1u << 28)));
  CHECK(due[0].generation() == 13);
}

TEST_CASE("the wheel agrees with an ordered map", "[expiry_wheel]") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    INFO("seed " << seed);
    random_bits random(seed);
    expiry_wheel wheel;
    std::int64_t now = seed % 3 == 0
                         ? 0
                         : 1'700'000'000'000 + static_cast<std::int64_t>(random.below(1u << 30));
    if (seed % 2 == 0)
      take(wheel, now);
    struct expected {
      std::int64_t at_ms;
      std::int64_t slack_ms;
    };
    std::map<std::uint64_t, expected> model;
    std::uint64_t next = 1;
    for (int round = 0; round < 300; ++round) {
      const auto adds = random.below(40);
      for (std::uint64_t i = 0; i < adds; ++i) {
        const auto at = now + static_cast<std::int64_t>(random.next() >> (24 + random.below(40)))
                        - 5;
        model[next] = {at, slack_ms(std::max<std::int64_t>(at, 0), wheel.cursor_ms())};
        wheel.add(hash_of(next++), 0, at);
      }
      REQUIRE(wheel.records() == model.size());
      now += static_cast<std::int64_t>(random.next() >> (30 + random.below(34)));
      for (auto number : take(wheel, now, 1 + random.below(50))) {
        const auto found = model.find(number);
        REQUIRE(found != model.end());
        REQUIRE(found->second.at_ms - found->second.slack_ms <= now);
        model.erase(found);
      }
      for (const auto& [number, when] : model)
        REQUIRE(when.at_ms > now);
      REQUIRE(wheel.next_due_ms() > now);
      for (const auto& [number, when] : model)
        REQUIRE(when.at_ms >= wheel.next_due_ms());
    }
    CHECK(wheel.records() == model.size());
  }
}

TEST_CASE("many records of one millisecond are taken in slices of bounded work", "[expiry_wheel]") {
  expiry_wheel wheel;
  constexpr std::uint64_t count = 300'000;
  for (std::uint64_t i = 0; i < count; ++i)
    wheel.add(hash_of(i), 0, 1'700'000'000'000);
  std::vector<bool> seen(count);
  std::uint64_t taken = 0;
  std::uint64_t calls = 0;
  while (wheel.more_due(1'700'000'000'000)) {
    std::size_t steps = 100;
    const auto due = wheel.due(1'700'000'000'000, steps);
    REQUIRE(due.size() <= 32);
    for (auto i = due.size(); i > 0; --i) {
      const auto number = due[i - 1].hash() >> 28;
      REQUIRE_FALSE(seen[number]);
      seen[number] = true;
      ++taken;
      wheel.pop_due();
    }
    ++calls;
  }
  CHECK(taken == count);
  // Each record changes its level at most ten times.
  CHECK(calls < count / 30 + 10 * count / 100 + 100);
}

TEST_CASE("a sweep drops what is stale and keeps the rest, whatever happens meanwhile",
          "[expiry_wheel]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    random_bits random(seed);
    expiry_wheel wheel;
    std::int64_t now = 1'700'000'000'000;
    if (seed % 2 == 0)
      take(wheel, now);
    std::map<std::uint64_t, std::int64_t> live;
    std::unordered_set<std::uint64_t> stale;
    std::uint64_t next = 1;
    for (int round = 0; round < 400; ++round) {
      for (auto i = random.below(60); i > 0; --i) {
        const auto at = now + static_cast<std::int64_t>(random.below(1u << (1 + random.below(24))));
        wheel.add(hash_of(next), 0, at);
        if (random.below(2) == 0)
          stale.insert(next);
        else
          live[next] = at;
        ++next;
      }
      for (auto i = random.below(12); i > 0; --i)
        wheel.sweep([&](expiry_wheel::record record, std::int64_t earliest_ms) {
          const auto number = record.hash() >> 28;
          if (stale.erase(number) != 0)
            return false;
          REQUIRE(live.count(number) == 1);
          REQUIRE(earliest_ms <= live[number]);
          return true;
        });
      REQUIRE(wheel.records() == live.size() + stale.size());
      now += static_cast<std::int64_t>(random.below(1u << (1 + random.below(16))));
      for (auto number : take(wheel, now)) {
        if (stale.erase(number) == 0)
          REQUIRE(live.erase(number) == 1);
      }
      for (const auto& [number, at] : live)
        REQUIRE(at > now);
    }
    // Enough sweeps see every record.
    for (int i = 0; i < 5000; ++i)
      wheel.sweep([&](expiry_wheel::record record, std::int64_t) {
        return stale.erase(record.hash() >> 28) == 0;
      });
    CHECK(stale.empty());
    CHECK(wheel.records() == live.size());
    CHECK(take(wheel, now + (1 << 26)).size() == live.size());
    CHECK(wheel.records() == 0);
  }
}

TEST_CASE("a cleared wheel is as new, and a swapped one has the other's records",
          "[expiry_wheel]") {
  expiry_wheel a;
  expiry_wheel b;
  for (std::uint64_t i = 0; i < 1000; ++i)
    a.add(hash_of(i), 0, static_cast<std::int64_t>(i * i));
  a.swap(b);
  CHECK(a.records() == 0);
  CHECK(b.records() == 1000);
  b.clear();
  CHECK(b.records() == 0);
  CHECK(b.memory_bytes() == 0);
  CHECK(b.next_due_ms() == expiry_wheel::never);
  b.add(hash_of(1), 0, 5);
  CHECK(take(b, 5).size() == 1);
}
