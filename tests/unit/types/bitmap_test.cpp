#include "types/bitmap.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace thespis::types;
using thespis::base::random_bits;

namespace {

using bits = std::vector<bool>;

bits bits_of(std::string_view bytes) {
  bits all;
  for (const auto byte : bytes)
    for (int shift = 7; shift >= 0; --shift)
      all.push_back((static_cast<unsigned char>(byte) >> shift & 1) != 0);
  return all;
}

std::string random_bytes(random_bits& random, std::size_t size) {
  std::string bytes(size, '\0');
  // Long stretches of the same bit as well as noise.
  const auto kind = random.next() % 4;
  for (auto& byte : bytes)
    byte = static_cast<char>(kind == 0                              ? 0
                             : kind == 1                            ? 0xff
                             : kind == 2 && random.next() % 40 != 0 ? 0
                                                                    : random.next() & 0xff);
  return bytes;
}

std::optional<std::uint64_t> find_in(const bits& model, bool wanted, std::uint64_t first,
                                     std::uint64_t last) {
  for (auto i = first; i <= last; ++i)
    if (model[i] == wanted)
      return i;
  return std::nullopt;
}

bool combined(bit_operation operation, const bits& column) {
  const auto set = std::count(column.begin(), column.end(), true);
  const bool x = column.front();
  const bool any = set > (x ? 1 : 0);
  switch (operation) {
    case bit_operation::conjunction:
      return set == static_cast<std::ptrdiff_t>(column.size());
    case bit_operation::disjunction:
      return set != 0;
    case bit_operation::exclusive:
      return set % 2 != 0;
    case bit_operation::complement:
      return !x;
    case bit_operation::only_first:
      return x && !any;
    case bit_operation::not_first:
      return !x && any;
    case bit_operation::first_and_any:
      return x && any;
    case bit_operation::exactly_one:
      return set == 1;
  }
  return false;
}

} // namespace

TEST_CASE("bits are numbered from the highest of the first byte", "[bitmap]") {
  std::string bytes(2, '\0');
  CHECK_FALSE(set_bit(bytes, 7, true));
  CHECK(bytes == std::string("\x01\0", 2));
  CHECK_FALSE(set_bit(bytes, 8, true));
  CHECK(bytes == "\x01\x80");
  CHECK(set_bit(bytes, 7, false));
  CHECK(bytes == std::string("\0\x80", 2));
  CHECK(bit_at(bytes, 8));
  CHECK_FALSE(bit_at(bytes, 9));
  CHECK_FALSE(bit_at(bytes, 16));
  CHECK_FALSE(bit_at(bytes, ~std::uint64_t{0}));
}

TEST_CASE("a string without bytes has no bits", "[bitmap]") {
  CHECK(count_bits({}) == 0);
}

TEST_CASE("bits are counted and found as one by one", "[bitmap]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 400; ++round) {
    const auto bytes = random_bytes(random, 1 + random.next() % 700);
    const auto model = bits_of(bytes);
    REQUIRE(count_bits(bytes)
            == static_cast<std::uint64_t>(std::count(model.begin(), model.end(), true)));
    for (int range = 0; range < 20; ++range) {
      auto first = random.next() % model.size();
      auto last = random.next() % model.size();
      if (first > last)
        std::swap(first, last);
      CAPTURE(first, last);
      REQUIRE(count_bits(bytes, first, last)
              == static_cast<std::uint64_t>(
                std::count(model.begin() + static_cast<std::ptrdiff_t>(first),
                           model.begin() + static_cast<std::ptrdiff_t>(last) + 1, true)));
      REQUIRE(find_bit(bytes, true, first, last) == find_in(model, true, first, last));
      REQUIRE(find_bit(bytes, false, first, last) == find_in(model, false, first, last));
    }
  }
}

TEST_CASE("bits are combined as one by one", "[bitmap]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 100; ++round) {
    std::vector<std::string> strings;
    for (auto left = 1 + random.next() % 5; left > 0; --left)
      strings.push_back(random_bytes(random, random.next() % (round % 10 == 0 ? 5000 : 90)));
    const auto operation = static_cast<bit_operation>(random.next() % 8);
    std::size_t size = 0;
    std::vector<std::string_view> sources;
    for (const auto& each : strings) {
      size = std::max(size, each.size());
      sources.push_back(each);
    }
    std::string out(size, 'x');
    combine_bits(operation, sources, out);
    for (std::size_t i = 0; i < size * 8; ++i) {
      bits column;
      for (const auto& each : strings)
        column.push_back(bit_at(each, i));
      if (bit_at(out, i) != combined(operation, column))
        FAIL("bit " << i << " of operation " << static_cast<int>(operation));
    }
  }
}

TEST_CASE("bits are combined in the memory of a source", "[bitmap]") {
  std::string longest(5000, '\x0f');
  const std::string other(3000, '\x3c');
  for (std::size_t place = 0; place < 3; ++place) {
    std::string out = longest;
    std::vector<std::string_view> sources(3, other);
    sources[place] = out;
    combine_bits(bit_operation::exclusive, sources, out);
    CHECK(out == longest);
  }
}
