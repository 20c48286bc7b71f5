#include "types/set.hpp"
#include "types/set_batch.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using thespis::base::random_bits;
using thespis::types::any_of_those;
using thespis::types::set;
using thespis::types::set_element;
using thespis::types::set_limits;

namespace {

std::string text_of(set_element element) {
  char digits[24];
  return std::string{element.text(digits)};
}

std::set<std::string> content(const set& all) {
  std::set<std::string> out;
  all.for_each([&](set_element member) { CHECK(out.insert(text_of(member)).second); });
  return out;
}

/// As redis.conf has them, but smaller, so that tests meet the borders.
constexpr set_limits small{{8, 12}, 16};

set numbers(int from, int to, const set_limits& limits = small) {
  set out;
  for (auto i = from; i < to; ++i)
    out.add(set_element{std::int64_t{i}}, limits);
  return out;
}

set words(int from, int to, const set_limits& limits = small) {
  set out;
  for (auto i = from; i < to; ++i)
    out.add("w" + std::to_string(i), limits);
  return out;
}

std::string random_member(random_bits& random) {
  switch (random.below(8)) {
    case 0:
      return std::to_string(random.below(40));
    case 1:
      return std::string(10 + random.below(10), static_cast<char>('a' + random.below(4)));
    case 2:
      return random.below(3) == 0 ? "" : "0" + std::to_string(random.below(3));
    default:
      return "m" + std::to_string(random.below(60));
  }
}

} // namespace

TEST_CASE("a set begins as integers, packed or as a table, whatever its first member suits",
          "[set]") {
  set one;
  CHECK(one.empty());
  CHECK(one.release() == nullptr);
  CHECK(one.add("12", small));
  CHECK(one.encoding_name() == "intset");
  CHECK_FALSE(one.add(set_element{std::int64_t{12}}, small));
  set two;
  CHECK(two.add("012", small));
  CHECK(two.encoding_name() == "listpack");
  CHECK_FALSE(two.contains("12"));
  set three;
  CHECK(three.add("a long member", small));
  CHECK(three.encoding_name() == "hashtable");
  set four;
  CHECK(four.add("12", set_limits{{8, 12}, 0}));
  CHECK(four.encoding_name() == "listpack");
  set five;
  CHECK(five.add("12", set_limits{{0, 12}, 0}));
  CHECK(five.encoding_name() == "hashtable");
}

TEST_CASE("a set of integers becomes a table beyond its limit", "[set]") {
  auto all = numbers(0, 16);
  CHECK(all.encoding_name() == "intset");
  CHECK_FALSE(all.add("15", small));
  CHECK(all.encoding_name() == "intset");
  CHECK(all.add("16", small));
  CHECK(all.encoding_name() == "hashtable");
  CHECK(content(all) == content(numbers(0, 17)));
  all.remove("16");
  CHECK(all.encoding_name() == "hashtable");
}

TEST_CASE("a set of integers is packed by another member, if all of it fits", "[set]") {
  auto few = numbers(0, 7);
  CHECK(few.add("x", small));
  CHECK(few.encoding_name() == "listpack");
  CHECK(few.contains(set_element{std::int64_t{3}}));
  CHECK(few.size() == 8);
  auto many = numbers(0, 8);
  CHECK(many.add("x", small));
  CHECK(many.encoding_name() == "hashtable");
  auto long_number = numbers(0, 2);
  long_number.add("-1234567890123", small);
  CHECK(long_number.encoding_name() == "intset");
  CHECK(long_number.add("x", small));
  CHECK(long_number.encoding_name() == "hashtable");
  auto long_member = numbers(0, 2);
  CHECK(long_member.add("a long member", small));
  CHECK(long_member.encoding_name() == "hashtable");
  CHECK(content(long_member) == std::set<std::string>{"0", "1", "a long member"});
}

TEST_CASE("a packed set becomes a table beyond its limits", "[set]") {
  auto many = words(0, 8);
  CHECK(many.encoding_name() == "listpack");
  CHECK_FALSE(many.add("w0", small));
  CHECK(many.encoding_name() == "listpack");
  CHECK(many.add("9", small));
  CHECK(many.encoding_name() == "hashtable");
  auto two = words(0, 2);
  CHECK(two.add("twelve bytes", small));
  CHECK(two.encoding_name() == "listpack");
  CHECK(two.add("thirteen byte", small));
  CHECK(two.encoding_name() == "hashtable");
}

TEST_CASE("a set that is told what to expect starts in the form for that", "[set]") {
  const auto form_for = [](std::string_view first, std::size_t count) {
    set out;
    out.expect(first, count, set_limits{{8, 12}, 4});
    out.add(first, set_limits{{8, 12}, 4});
    return std::string{out.encoding_name()};
  };
  CHECK(form_for("1", 4) == "intset");
  CHECK(form_for("1", 5) == "listpack");
  CHECK(form_for("a", 8) == "listpack");
  CHECK(form_for("1", 9) == "hashtable");
  CHECK(form_for("a", 9) == "hashtable");
  auto integers = numbers(0, 2);
  integers.expect("x", 16, small);
  CHECK(integers.encoding_name() == "intset");
  integers.expect("x", 17, small);
  CHECK(integers.encoding_name() == "hashtable");
  auto packed = words(0, 2);
  packed.expect("x", 8, small);
  CHECK(packed.encoding_name() == "listpack");
  packed.expect("x", 9, small);
  CHECK(packed.encoding_name() == "hashtable");
  CHECK(content(packed) == content(words(0, 2)));
}

TEST_CASE("a set becomes integers again where it can", "[set]") {
  auto all = set::packed_from_start();
  CHECK(all.empty());
  all.add("3", small);
  all.add("-1", small);
  CHECK(all.encoding_name() == "listpack");
  all.to_integers(set_limits{{8, 12}, 1});
  CHECK(all.encoding_name() == "listpack");
  all.to_integers(small);
  CHECK(all.encoding_name() == "intset");
  CHECK(content(all) == std::set<std::string>{"-1", "3"});
  auto other = words(0, 3);
  other.to_integers(small);
  CHECK(other.encoding_name() == "listpack");
}

TEST_CASE("a set does what a std::set does, whatever its form", "[set]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 60; ++round) {
    set all;
    std::set<std::string> model;
    const auto remove_percent = 20 + random.below(50);
    const set_limits limits{{random.below(20), random.below(30)}, random.below(40)};
    for (int step = 0; step < 300; ++step) {
      const auto member = random_member(random);
      if (random.below(100) < remove_percent)
        REQUIRE(all.remove(std::string_view{member}) == (model.erase(member) == 1));
      else
        REQUIRE(all.add(std::string_view{member}, limits) == model.insert(member).second);
      REQUIRE(all.contains(std::string_view{member}) == model.contains(member));
      REQUIRE(all.size() == model.size());
      REQUIRE(all.empty() == model.empty());
      REQUIRE((all.memory_bytes() == 0) == model.empty());
    }
    REQUIRE(content(all) == model);
    const auto copy = all.copy();
    auto again = set::adopt(all.release());
    REQUIRE(content(copy) == model);
    REQUIRE(copy.encoding_name() == again.encoding_name());
    REQUIRE(again.memory_bytes() >= model.size());
    for (const auto& member : model)
      REQUIRE(again.remove(std::string_view{member}));
    REQUIRE(again.release() == nullptr);
  }
}

TEST_CASE("a scan of a growing and shrinking set meets all who stay", "[set]") {
  auto all = words(0, 500);
  std::set<std::string> met;
  std::uint64_t cursor = 0;
  auto next = 500;
  do {
    cursor = all.scan(cursor, 10, [&](set_element member) { met.insert(text_of(member)); });
    for (int i = 0; i < 40; ++i, ++next) {
      all.add("w" + std::to_string(next), small);
      if (next % 3 != 0)
        all.remove("w" + std::to_string(next - 20));
    }
  } while (cursor != 0);
  for (int i = 0; i < 480; ++i)
    if (all.contains("w" + std::to_string(i)))
      REQUIRE(met.contains("w" + std::to_string(i)));
}

TEST_CASE("small sets are scanned at one go", "[set]") {
  for (const auto& all : {numbers(0, 16), words(0, 8)}) {
    std::size_t met = 0;
    CHECK(all.scan(0, 1, [&](set_element) { ++met; }) == 0);
    CHECK(met == all.size());
  }
}

TEST_CASE("a walk over a set ends where the visitor wants", "[set]") {
  for (const auto& all : {numbers(0, 12), words(0, 8), words(0, 1000)}) {
    const auto stop = all.size() / 2;
    std::size_t met = 0;
    CHECK(all.any_of([&](set_element) { return ++met == stop; }));
    CHECK(met == stop);
  }
}

TEST_CASE("elements of one set are met with one another's sets in batches", "[set]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<set> sets(4);
    std::vector<std::set<std::string>> models(4);
    for (std::size_t i = 0; i < sets.size(); ++i) {
      const set_limits limits{{random.below(100), 64}, random.below(200)};
      const auto count = random.below(150);
      const auto letter = random.below(3) == 0 ? "x" : "";
      for (std::uint64_t n = 0; n < count; ++n) {
        const auto member = letter + std::to_string(random.below(200));
        sets[i].add(std::string_view{member}, limits);
        models[i].insert(member);
      }
    }
    std::set<std::string> expected;
    for (const auto& member : models[0])
      if (models[1].contains(member) && !models[2].contains(member) && !models[3].contains(member))
        expected.insert(member);
    std::set<std::string> found;
    const set* const with[] = {&sets[1]};
    const set* const without[] = {&sets[2], &sets[3]};
    CHECK_FALSE(any_of_those(sets[0], with, without, [&](set_element member) {
      CHECK(found.insert(text_of(member)).second);
      return false;
    }));
    REQUIRE(found == expected);
  }
}

// -- chance --------------------------------------------------------------------------------------

namespace {

/// Pearson's statistic for equal shares.
double chi_square(const std::map<std::string, int>& seen, std::size_t kinds, int total) {
  const auto share = static_cast<double>(total) / static_cast<double>(kinds);
  auto sum = static_cast<double>(kinds - seen.size()) * share;
  for (const auto& [member, count] : seen)
    sum += (count - share) * (count - share) / share;
  return sum;
}

/// What the statistic exceeds once in 10,000 runs: Wilson and Hilferty's approximation.
double chi_square_max(std::size_t kinds) {
  const auto freedom = static_cast<double>(kinds - 1);
  const auto spread = 2.0 / (9.0 * freedom);
  const auto root = 1.0 - spread + 3.719 * std::sqrt(spread);
  return freedom * root * root * root;
}

} // namespace

TEST_CASE("each member of a set is picked with the same probability", "[set]") {
  random_bits random(20261122);
  for (const auto& all :
       {numbers(0, 16), words(0, 8), words(0, 9), words(0, 300), words(0, 2000)}) {
    std::map<std::string, int> seen;
    const auto total = static_cast<int>(all.size()) * 100;
    for (int i = 0; i < total; ++i)
      ++seen[text_of(all.pick(random))];
    CAPTURE(all.size());
    CHECK(chi_square(seen, all.size(), total) < chi_square_max(all.size()));
  }
}

TEST_CASE("each member of a table that lost most of its members is picked as often", "[set]") {
  random_bits random(7);
  auto all = words(0, 5000);
  for (int i = 0; i < 5000; ++i)
    if (i % 50 != 0)
      all.remove("w" + std::to_string(i));
  std::map<std::string, int> seen;
  for (int i = 0; i < 20000; ++i)
    ++seen[text_of(all.pick(random))];
  CHECK(chi_square(seen, 100, 20000) < chi_square_max(100));
}

TEST_CASE("each member of a set is in a sample with the same probability", "[set]") {
  random_bits random(4711);
  for (const auto& all : {numbers(0, 16), words(0, 8), words(0, 60)}) {
    for (const auto part : {1u, 5u, 7u}) {
      std::map<std::string, int> seen;
      const auto count = all.size() * part / 8;
      const int rounds = 3000;
      for (int i = 0; i < rounds; ++i) {
        const auto sample = all.sample(count, random);
        std::set<std::string> different;
        for (const auto element : sample)
          different.insert(text_of(element));
        REQUIRE(different.size() == count);
        for (const auto& member : different)
          ++seen[member];
      }
      CAPTURE(all.size(), count);
      // Without replacement shares vary less, so the border is on the safe side.
      CHECK(chi_square(seen, all.size(), static_cast<int>(count) * rounds)
            < chi_square_max(all.size()));
    }
  }
}

TEST_CASE("all pairs are drawn with the same probability", "[set]") {
  random_bits random(99);
  for (const auto& all : {numbers(0, 10), words(0, 8), words(0, 12)}) {
    std::map<std::string, int> seen;
    const int rounds = 20000;
    for (int i = 0; i < rounds; ++i) {
      const auto sample = all.sample(2, random);
      ++seen[std::min(text_of(sample[0]), text_of(sample[1])) + ' '
             + std::max(text_of(sample[0]), text_of(sample[1]))];
    }
    const auto pairs = all.size() * (all.size() - 1) / 2;
    CAPTURE(all.size());
    CHECK(chi_square(seen, pairs, rounds) < chi_square_max(pairs));
  }
}

TEST_CASE("a sample may be nothing or everything", "[set]") {
  random_bits random(1);
  for (const auto& all : {numbers(0, 16), words(0, 8), words(0, 60)}) {
    CHECK(all.sample(0, random).empty());
    CHECK(all.sample(all.size(), random).size() == all.size());
  }
}
